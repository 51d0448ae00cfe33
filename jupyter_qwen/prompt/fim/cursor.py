"""Where the cursor stands: in code, in a comment, in a string, in SQL. One forward scan that unfinished code cannot upset."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from jupyter_qwen.schema.notebook import SQL_MAGICS, SQL_METHODS, SQL_READERS

PlaceKind = Literal["code", "comment", "string", "sql"]
_OPENER = re.compile(r"#|\"\"\"|'''|\"|'")
_CLOSER = {
    quote: re.compile(rf"(?:\\.|[^\\{'' if len(quote) == 3 else chr(92) + 'n'}])*?{quote}", re.DOTALL)
    for quote in ('"""', "'''", '"', "'")
}
_SQL_CALL = re.compile(
    rf"(?:([A-Za-z_]\w*)\s*\.\s*)?(?:{'|'.join((*SQL_METHODS, *SQL_READERS))})\s*\(\s*([A-Za-z]{{0,2}})\Z"
)
_STRING_LETTERS = re.compile(r"(?<![A-Za-z0-9_])([rbfuRBFU]{1,2})\Z")
_STATEMENT = re.compile(
    r"\s*(?:SELECT\b|WITH\s+\w+\s+AS\b|FROM\s+\w+\s|INSERT\s+INTO\b|CREATE\s+(?:OR\s+REPLACE\s+)?(?:TEMP\s+)?(?:TABLE|VIEW)\b)",
    re.IGNORECASE,
)
_SQL_MAGIC = re.compile(rf"\s*%%(?:{'|'.join(SQL_MAGICS)})\b[^\n]*\n")
_TRANSPOSED = re.compile(r"(?<=[\w)\]'])'(?!')")
_CLOSING = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True)
class Region:
    """A string's inside or a comment: ``[start, end)`` of the text. `end` is the text's length when it is still open."""

    kind: PlaceKind
    start: int
    end: int
    quote: str = ""
    open: bool = False
    owner: str = ""
    formatted: bool = False


@dataclass(frozen=True)
class Place:
    """Where the text ends. `start` is where that string, comment or SQL begins (0 for code); `quote` closes it.

    `owner` is the variable whose method takes the SQL (``con`` in ``con.sql(…)``), "" when that is not known. `formatted`
    says that it is an f-string, whose SQL is not known before it runs.
    """

    kind: PlaceKind
    start: int = 0
    quote: str = ""
    owner: str = ""
    formatted: bool = False


def place_of(prefix: str, language: str = "python") -> Place:
    """The place of a cursor behind `prefix`."""
    if language == "sql":
        return Place("sql")
    magic = _SQL_MAGIC.match(prefix)
    if magic:
        return Place("sql", magic.end())
    last = (regions(plain_quotes(prefix, language)) or (None,))[-1]
    if last is None or not last.open:
        return Place("code")
    return Place(last.kind, last.start, last.quote, last.owner, last.formatted)


def plain_quotes(text: str, language: str) -> str:
    """`text` with the quotes that open no string (Julia's transposed matrices) made another character; same length."""
    return _TRANSPOSED.sub("\u02b9", text) if language == "julia" else text


@lru_cache(maxsize=64)
def regions(text: str) -> tuple[Region, ...]:
    """The strings and comments of Python-like text, in order. A one-line string that is never closed ends with its line."""
    return tuple(_scan(text))


def _scan(text: str) -> Iterator[Region]:
    position = 0
    while True:
        opener = _OPENER.search(text, position)
        if opener is None:
            return
        mark, start = opener.group(), opener.end()
        if mark == "#":
            end = text.find("\n", start)
            yield Region("comment", start, len(text) if end < 0 else end, open=end < 0)
            if end < 0:
                return
            position = end
            continue
        kind, owner, formatted = _string_kind(text, opener.start(), start)
        closed = _CLOSER[mark].match(text, start)
        if closed:
            yield Region(kind, start, closed.end() - len(mark), mark, False, owner, formatted)
            position = closed.end()
            continue
        end = text.find("\n", start) if len(mark) == 1 else -1
        yield Region(kind, start, len(text) if end < 0 else end, mark, end < 0, owner, formatted)
        if end < 0:
            return
        position = end


def _string_kind(text: str, quote_at: int, start: int) -> tuple[PlaceKind, str, bool]:
    before = text[max(0, quote_at - 120) : quote_at]
    call = _SQL_CALL.search(before)
    if call:
        return "sql", call[1] or "", "f" in call[2].lower()
    letters = _STRING_LETTERS.search(before)
    formatted = bool(letters) and "f" in letters[1].lower() if letters else False
    return ("sql" if _STATEMENT.match(text, start) else "string"), "", formatted


def code_only(text: str) -> str:
    """`text` with the insides of strings and comments blanked, same length, so that brackets and names can be looked for."""
    pieces: list[str] = []
    position = 0
    for region in regions(text):
        pieces.append(text[position : region.start])
        pieces.append(re.sub(r"[^\n]", " ", text[region.start : region.end]))
        position = region.end
    pieces.append(text[position:])
    return "".join(pieces)


def open_brackets(text: str) -> tuple[str, ...]:
    """The closing brackets that `text` still needs, innermost last."""
    needed: list[str] = []
    for character in code_only(text):
        if character in _CLOSING:
            needed.append(_CLOSING[character])
        elif needed and character == needed[-1]:
            needed.pop()
    return tuple(needed)
