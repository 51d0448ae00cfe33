"""Where a block begins at the cursor, and where it ends in a middle: by indentation, by closing line, by paragraph. Pure."""

from __future__ import annotations

import re

_HEADER = re.compile(
    r"[ \t]*(?:async\s+)?(?:if|elif|else|for|while|def|class|with|try|except|finally|match|case)\b[^#\n]*:[ \t]*\Z"
)
# Languages whose blocks end with a line of their own: the text that opens one at a line's end, and the line that closes it.
_OPENS = {
    "julia": re.compile(
        r"[ \t]*(?:(?:function|macro|module|struct|mutable struct|for|while|if|elseif|let)\b.*\S"
        r"|.*\b(?:begin|do|try|else)\b[^()\n]*)[ \t]*\Z"
    ),
    "": re.compile(r".*\{[ \t]*\Z"),
}
_CLOSES = re.compile(r"[ \t]*(?:[})\]]|end\b)")
_GOES_ON = re.compile(r"[ \t]*(?:\}[ \t]*)?(?:else|elseif|catch|finally)\b")
_DEFINITION = re.compile(r"([ \t]*)(?:async\s+def|def|class)\b")
_INDENTED_LANGUAGES = frozenset({"python", "ipython", "sql", "markdown", "text", "yaml"})


def wants_block(prefix: str, suffix: str, language: str = "python") -> bool:
    """Whether more than one line may be shown: where a block begins, or on an empty line with nothing right below it.

    A block begins behind the colon (or the brace, or the words) that opens it as well as on the line below.
    """
    lines = prefix.split("\n")
    current = lines[-1]
    if suffix.split("\n", 1)[0].strip():
        return False
    if current.strip():
        return opens_block(current, language)
    before = next((line for line in reversed(lines[:-1]) if line.strip()), "")
    return before.rstrip().endswith((":", "{", "(", "[")) or opens_block(before, language) or not suffix.strip()


def opens_block(line: str, language: str) -> bool:
    """Whether a block is to follow behind `line`."""
    if language in _INDENTED_LANGUAGES:
        return _HEADER.match(line) is not None
    return _OPENS.get(language, _OPENS[""]).match(line) is not None


def cut_block(text: str, prefix: str, *, asked: bool = False, language: str = "python") -> str:
    """`text` up to the end of the block that it begins in: the first line that is indented less than the cursor's line, or the
    line that closes the block which the cursor's line opens.

    When it was asked for, up to the end of the function that the cursor stands in.
    """
    opened = opens_block(prefix.rsplit("\n", 1)[-1], language)
    if opened and language not in _INDENTED_LANGUAGES:
        return _until_closed(text, len(indent(prefix)))
    depth = _inside_definition(prefix) if asked else len(indent(prefix))
    if not asked and opened:
        depth += 1
    lines = text.split("\n")
    for number, line in enumerate(lines[1:], 1):
        if line.strip() and len(line) - len(line.lstrip()) < depth:
            return "\n".join(lines[:number]).rstrip()
    return text


def cut_paragraph(text: str, prefix: str, suffix: str) -> str:
    """`text` up to the first empty line with a line of the top level behind it, when nothing holds the cursor together with it.

    In a cell's last lines the next paragraph is the next thought: models go on with any number of them.
    """
    if indent(prefix) or suffix.strip() or _inside_definition(prefix):
        return text
    gap = re.search(r"\S[ \t]*\n(?:[ \t]*\n)+(?=[^\s)}\]])", text)
    return text[: gap.start() + 1] if gap else text


def cut_comments(text: str, prefix: str) -> str:
    """`text` up to a run of three lines of comment; nothing when it repeats the comment above the cursor.

    A small model that was asked for code below a comment may write comments without end.
    """
    lines = text.split("\n")
    above = prefix.rstrip().rsplit("\n", 1)[-1].strip()
    first = next((line.strip() for line in lines if line.strip()), "")
    if not prefix.rsplit("\n", 1)[-1].strip() and _is_comment(above) and _is_comment(first):
        return "" if first.split()[:2] == above.split()[:2] else text
    for number in range(len(lines) - 2):
        if all(_is_comment(line.strip()) for line in lines[number : number + 3]):
            return "\n".join(lines[:number]).rstrip()
    return text


def indent(prefix: str) -> str:
    """The white space that the cursor's line begins with."""
    found = re.match(r"[ \t]*", prefix.rsplit("\n", 1)[-1])
    return found.group() if found else ""


def _until_closed(text: str, depth: int) -> str:
    lines = text.split("\n")
    for number, line in enumerate(lines[1:], 1):
        if line.strip() and len(line) - len(line.lstrip()) <= depth and not _GOES_ON.match(line):
            return "\n".join(lines[: number + (_CLOSES.match(line) is not None)]).rstrip()
    return text


def _is_comment(line: str) -> bool:
    return line.startswith(("#", "--", "//"))


def _inside_definition(prefix: str) -> int:
    """The least indentation inside the function that the cursor stands in; 0 at the top level."""
    lines = prefix.split("\n")
    depth = len(indent(prefix)) if lines[-1].strip() else 10**6
    for line in reversed(lines[:-1]):
        definition = _DEFINITION.match(line)
        if definition and len(definition[1]) < depth:
            return len(definition[1]) + 1
        if line.strip():
            depth = min(depth, len(line) - len(line.lstrip()))
    return 0
