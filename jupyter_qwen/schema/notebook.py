"""The notebook side of the context: cells as the browser, or IPython's history, hands them over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

CellType = Literal["code", "markdown", "raw"]

_MESSAGE_CHARS, _TRACEBACK_CHARS = 4_000, 8_000  # more than a prompt shows
# A quoted text, also one that a limit of length has cut, and a number. A quote inside a word is an apostrophe.
_LITERAL = re.compile(
    r"""(?<!\w)[bBrRuUfF]{0,2}(?P<quote>['"`“‘«])(?P<text>.*?)(?:(?:['"`”’»])(?<=(?P=quote)|[”’»])(?!\w)|\Z)"""
    r"""|(?P<number>(?<![\w.])\d[\d.,_]*(?:[eE][+-]?\d+)?(?!\w))""",
    re.DOTALL,
)
# Where a traceback counts: frames, lines of code, executions.
_PLACE = re.compile(
    r"^[ \t]*File [^\n]*?(?:, line \d+|:\d+)|^(?:[ \t]+|-+>[ \t]*)\d{1,5}(?=[ \t]|$)|\b(?:line|LINE) \d+|\b(?:In|Out) ?\[\d+\]",
    re.MULTILINE,
)
_WORD = re.compile(r"\w+")
_TYPE = re.compile(
    r"(?:[a-z_]+\.)*(?:None|bool|u?int|float|str|bytes|list|tuple|dict|set|object|Na[NT]|[A-Z]\w+)(?:\d+|Type)?"
)


@dataclass(frozen=True)
class CellError:
    """What a failed execution left behind: exception class, its message, and the traceback without terminal colours."""

    name: str
    message: str
    traceback: str = ""

    def without_values(self, known: str) -> CellError:
        """The error for privacy levels below *values*; `known` as in `without_literals`. Of a long one, its end."""
        message, traceback = self.message[:_MESSAGE_CHARS], self.traceback[-_TRACEBACK_CHARS:]
        return CellError(self.name, without_literals(message, known), without_literals(traceback, known))


@dataclass(frozen=True)
class Cell:
    """One notebook cell. `id` is nbformat's cell id; `execution_count` is ``None`` for a cell that never ran."""

    source: str
    type: CellType = "code"
    id: str = ""
    execution_count: int | None = None
    error: CellError | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Cell:
        """Decode the wire form; unknown cell types count as raw. Raises ValueError when `source` is not a text."""
        source = data.get("source", "")
        if not isinstance(source, str):
            raise ValueError(f"cell.source must be a text, not {type(source).__name__}")
        kind = data.get("type", "code")
        error, count = data.get("error"), data.get("execution_count")
        return cls(
            source=source,
            type=kind if kind in ("code", "markdown", "raw") else "raw",
            id=str(data.get("id", "")),
            execution_count=count if isinstance(count, int) else None,
            error=CellError(str(error.get("name", "")), str(error.get("message", "")), str(error.get("traceback", "")))
            if isinstance(error, Mapping)
            else None,
        )


@lru_cache(maxsize=4)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))


def without_literals(text: str, known: str) -> str:
    """`text`, an error's message or traceback, without the values that it quotes: texts in quotes, and numbers.

    What stands in `known` (the code that raised it, names of columns) is no news and stays, as do names of Python's types
    and where in the code it happened. Values that a message holds without quotes cannot be told from its words.
    """
    places = [match.span() for match in _PLACE.finditer(text)]

    def hidden(match: re.Match[str]) -> str:
        if any(start <= match.start() < end for start, end in places):
            return match[0]
        value = match["number"] if match["text"] is None else match["text"]
        if _words(known).issuperset(_WORD.findall(value)) and re.search(rf"(?<!\w){re.escape(value)}(?!\w)", known):
            return match[0]
        if match["number"] is not None:
            return "<number>"
        return match[0] if _TYPE.fullmatch(value) and value.casefold() == value else "<text>"

    return _LITERAL.sub(hidden, text)


#: Methods of a connection, or of the module `duckdb`, that take SQL first.
SQL_METHODS = ("sql", "execute", "executemany", "query", "from_query")
#: Functions of DataFrame libraries that take SQL first and the connection second.
SQL_READERS = ("read_sql", "read_sql_query", "read_database")
#: Cell magics whose body is SQL.
SQL_MAGICS = ("sql", "dql", "duckdb", "bigquery")
_MAGIC = re.compile(r"^([ \t]*)([%!?].*|[\w.]+\?{1,2})$", re.MULTILINE)


def runs_sql(connection: str) -> re.Pattern[str]:
    """What finds the places where the code of a cell uses `connection`."""
    return re.compile(rf"(?<![\w.]){re.escape(connection)}\.(?:{'|'.join((*SQL_METHODS, 'table'))})\(")


def without_magics(source: str) -> str:
    """`source` with statements that do nothing in place of lines for IPython: magics, shell commands, question marks.

    Every character behind them keeps its offset, and a block that holds nothing else stays a block.
    """
    return _MAGIC.sub(lambda found: found[1] + ("pass" if len(found[2]) > 3 else "0").ljust(len(found[2])), source)
