"""Makes a raw middle fit for the editor: cut where it leaves the place it is for. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from jupyter_qwen.assistant.completion.block import cut_block, cut_comments, cut_paragraph, indent
from jupyter_qwen.prompt.fim.cursor import code_only, open_brackets, place_of, plain_quotes

_REPEAT = 3
_OPENERS, _CLOSERS = "([{", ")]}"
_PAIR = {")": "(", "]": "[", "}": "{"}
# up to a semicolon outside of a literal, or up to Python's quotes or another magic
_STATEMENT = re.compile(r"(?:(?!\"\"\"|'''|\n%%)(?:[^';]|'[^']*'?))*;?")
_RESTATED, _RESTATED_WITHIN = 3, 40  # so many lines of the next so many in a row are no chance
_LONG_OVERLAP = 4  # characters; a shorter overlap with the text that follows may be chance
_SAID_OVERLAP = 6  # so much of it in the middle of the text is none either


@dataclass(frozen=True)
class Trimmed:
    """What may be shown, and why the rest was cut: "" when nothing was, so that more text may still come."""

    text: str
    reason: str = ""


def trim(raw: str, prefix: str, suffix: str, *, block: bool, asked: bool = False, language: str = "python") -> Trimmed:
    """`raw` up to the first place where it leaves its line, its block or its text, repeats itself, or says what follows.

    `asked` is a block that the user asked for by key: it may end several blocks, but not the function that it stands in.
    """
    text, reason = _until_fence(raw)
    steps = [
        partial(_cut_line, block=block),
        partial(cut_repeats, prefix=prefix),
        partial(cut_comments, prefix=prefix),
        partial(cut_block, prefix=prefix, asked=asked, language=language),
        partial(cut_paragraph, prefix=prefix, suffix=suffix),
        partial(cut_string, prefix=prefix, suffix=suffix, language=language),
        partial(cut_brackets, prefix=prefix, suffix=suffix, language=language),
        partial(cut_at_suffix, prefix=prefix, suffix=suffix),
    ]
    names = ("line", "repeat", "repeat", "block", "block", "string", "bracket", "suffix")
    for name, step in zip(names, steps, strict=True):
        shorter = step(text)
        if len(shorter) < len(text) and text[len(shorter) :].strip():
            reason = reason or name
        text = shorter
    return Trimmed(text, reason)


def tidy(raw: str, prefix: str, suffix: str, *, block: bool, asked: bool = False, language: str = "python") -> str:
    """The suggestion for a raw middle; "" when nothing worth showing is left."""
    text = trim(raw, prefix, suffix, block=block, asked=asked, language=language).text
    if not text.strip():
        return ""
    return text if suffix.split("\n", 1)[0].strip() else text.rstrip()


def cut_at_suffix(text: str, suffix: str, prefix: str = "") -> str:
    """`text` up to where it begins to say what already follows the cursor."""
    same_line, _, below = suffix.partition("\n")
    rest = same_line.rstrip()
    whole_line = bool(rest) and rest[0] in " \t" and prefix.endswith("\n")
    if whole_line:
        # the cursor stands before a line of code: new lines go above it, the last one ends with a line break
        below = suffix
    elif rest.strip():
        lines = text.split("\n")
        for number, line in enumerate(lines):
            if len(rest.strip()) >= _LONG_OVERLAP and rest.strip(_CLOSERS) and line.rstrip().endswith(rest):
                return "\n".join([*lines[:number], line.rstrip()[: -len(rest)]])
        begin = rest[:_SAID_OVERLAP]
        # a name may well be said twice; what begins with a sign is no chance
        sign = re.match(r"\s*[^\w\s]", begin) is not None and begin.strip(_CLOSERS + " ") != ""
        if sign and len(begin.strip()) >= _LONG_OVERLAP and begin in lines[0]:
            return text[: text.index(begin)]
        for length in range(min(len(rest), len(text)), 0, -1):
            overlap = rest[:length]
            if (length == len(rest) or length >= _LONG_OVERLAP) and overlap.strip() and text.endswith(overlap):
                # a closing bracket may be the text's own: those are weighed by `cut_brackets`
                return text if not overlap.strip(_CLOSERS + " ") else text[:-length]
        return text
    following = [line.rstrip() for line in below.split("\n") if len(line.strip()) > 1][:2]
    if not following:
        return text
    lines = text.split("\n")
    if (prefix.rsplit("\n", 1)[-1] + text).strip("\n").rstrip() == following[0]:
        return ""
    restated = _restated(lines, below)
    for number, line in enumerate(lines):
        agrees = line.rstrip() == following[0] and _agree(lines[number + 1 :], following[1:])
        if number and (agrees or number == restated):
            return "\n".join(lines[:number]).rstrip("\n") + ("\n" if whole_line else "")
    return text


def _restated(lines: Sequence[str], below: str) -> int | None:
    """The number of the first line from which several lines are those of the text below, wherever they stand in it."""
    said = [line.rstrip() for line in lines]
    follows = {
        tuple(window)
        for window in _windows([line.rstrip() for line in below.split("\n")[:_RESTATED_WITHIN] if line.strip()])
    }
    return next((number for number, window in enumerate(_windows(said)) if number and tuple(window) in follows), None)


def _windows(lines: Sequence[str]) -> list[Sequence[str]]:
    return [lines[start : start + _RESTATED] for start in range(len(lines) - _RESTATED + 1)]


def _agree(said: Sequence[str], following: Sequence[str]) -> bool:
    """Whether what is said next is what follows next, as far as both are known."""
    told = next((line.rstrip() for line in said if line.strip()), "")
    return not told or not following or following[0].startswith(told)


def cut_repeats(text: str, prefix: str = "") -> str:
    """`text` up to the point where a line comes back for the third time in a row."""
    lines = text.split("\n")
    # the first line's indentation stands in the prefix
    whole = [indent(prefix) + lines[0], *lines[1:]]
    for number in range(len(lines) - _REPEAT + 1):
        window = whole[number : number + _REPEAT]
        if window[0].strip() and all(line == window[0] for line in window):
            return "\n".join(lines[: number + 1])
    return text


def cut_string(text: str, prefix: str, suffix: str, language: str = "python") -> str:
    """`text` up to the end of the string that the cursor stands in, when the quote that closes it follows already.

    In a cell or file of SQL, up to the statement's end, or where it ends as in the Python cells above.
    """
    place = place_of(prefix, language)
    if place.kind == "sql" and not place.quote:
        statement = _STATEMENT.match(text)
        return statement.group().rstrip() if statement and statement.end() < len(text) else text
    if not place.quote or not suffix.lstrip().startswith(place.quote):
        return text
    found = re.match(rf"(?:\\.|(?!{place.quote}).)*", text, re.DOTALL)
    return found.group() if found else text


def cut_brackets(text: str, prefix: str, suffix: str, language: str = "python") -> str:
    """`text` up to the first closing bracket that nothing needs: none of its own, nor of the prefix that the suffix leaves."""
    text, original = plain_quotes(text, language), text
    prefix, suffix = plain_quotes(prefix, language), plain_quotes(suffix, language)
    quote = place_of(prefix, language).quote
    after = suffix.split(quote, 1)[-1] if quote and quote in suffix else suffix
    needed = len(open_brackets(prefix[-4000:])) - _closed_at_once(after)
    if _balanced(prefix[-4000:] + text + suffix[:2000]):
        return original
    depth = 0
    blank = code_only(prefix[-4000:] + text)[-len(text) :] if text else ""
    for place, character in enumerate(blank):
        if character in _OPENERS:
            depth += 1
        elif character in _CLOSERS:
            if depth:
                depth -= 1
            elif needed > 0:
                needed -= 1
            else:
                return original[:place].rstrip() if text[:place].strip() else ""
    return original


def _balanced(text: str) -> bool:
    """Whether every closing bracket has its opening one; what is still open does not matter."""
    opened: list[str] = []
    for character in code_only(text):
        if character in _OPENERS:
            opened.append(character)
        elif character in _CLOSERS and (not opened or opened.pop() != _PAIR[character]):
            return False
    return True


def _closed_at_once(suffix: str) -> int:
    """How many brackets are closed right behind the cursor: those that the editor closed when they were opened."""
    found = re.match(r"[)\]}\s]*", suffix)
    return sum(character in _CLOSERS for character in found.group()) if found else 0


def _until_fence(raw: str) -> tuple[str, str]:
    """`raw` up to a Markdown fence: what follows it talks about the code."""
    text = raw.split("```", 1)[0]
    return text, "fence" if len(text) < len(raw) else ""


def _cut_line(text: str, *, block: bool) -> str:
    """The first line; of a block, all up to two empty lines, behind which something else begins."""
    if not block:
        return text.split("\n", 1)[0]
    gap = re.search(r"\S[ \t]*\n[ \t]*\n[ \t]*\n", text)
    return text[: gap.start() + 1] if gap else text
