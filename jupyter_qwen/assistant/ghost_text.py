"""Makes a raw middle fit for the editor: cut where it leaves the place it is for. Pure."""

from __future__ import annotations

import re

_REPEAT = 3


def wants_block(prefix: str, suffix: str) -> bool:
    """Whether more than one line may be shown: where a block begins, or on an empty line with nothing right below it."""
    lines = prefix.split("\n")
    current = lines[-1]
    if current.strip() or suffix.split("\n", 1)[0].strip():
        return False
    before = next((line for line in reversed(lines[:-1]) if line.strip()), "")
    return before.rstrip().endswith((":", "{", "(", "[")) or not suffix.strip()


def cut_at_suffix(text: str, suffix: str) -> str:
    """`text` up to where it begins to say what already follows the cursor."""
    same_line, _, below = suffix.partition("\n")
    rest = same_line.rstrip()
    if rest.strip():
        # brackets and quotes that the editor closed already: df["a|"] must not become df["ab"]"]
        for length in range(min(len(rest), len(text)), 0, -1):
            if text.endswith(rest[:length]) and not text[:-length].endswith("\\"):
                return text[:-length]
        return text
    following = next((line for line in below.split("\n") if len(line.strip()) > 1), "")
    if following:
        lines = text.split("\n")
        for number, line in enumerate(lines):
            if number and line.strip() == following.strip():
                return "\n".join(lines[:number]).rstrip("\n")
        if text.strip() == following.strip():
            return ""
    return text


def cut_repeats(text: str, prefix: str = "") -> str:
    """`text` up to the point where a line comes back for the third time in a row."""
    lines = text.split("\n")
    # the first line's indentation stands in the prefix
    whole = [_indent(prefix) + lines[0], *lines[1:]]
    for number in range(len(lines) - _REPEAT + 1):
        window = whole[number : number + _REPEAT]
        if window[0].strip() and all(line == window[0] for line in window):
            return "\n".join(lines[: number + 1])
    return text


def cut_block(text: str, prefix: str) -> str:
    """`text` up to the end of the block that it begins in: the first line that is indented less than the cursor's line."""
    depth = len(_indent(prefix))
    lines = text.split("\n")
    for number, line in enumerate(lines[1:], 1):
        if line.strip() and len(line) - len(line.lstrip()) < depth:
            return "\n".join(lines[:number]).rstrip()
    return text


def _indent(prefix: str) -> str:
    """The white space that the cursor's line begins with."""
    found = re.match(r"[ \t]*", prefix.rsplit("\n", 1)[-1])
    return found.group() if found else ""


def tidy(raw: str, prefix: str, suffix: str, *, block: bool) -> str:
    """The suggestion for a raw middle; "" when nothing worth showing is left."""
    text = raw.split("```", 1)[0]
    if not block:
        text = text.split("\n", 1)[0]
    text = cut_block(cut_repeats(text, prefix), prefix)
    text = cut_at_suffix(text, suffix)
    return text.rstrip() if not suffix.split("\n", 1)[0].strip() else text if text.strip() else ""
