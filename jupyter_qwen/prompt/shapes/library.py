"""The library of analytic shapes as values: invented databases and pairs of questions and queries (`library.sql`).

The text is package data, read once through the import system as code is, so that prompts stay free of disk and clock.
"""

from __future__ import annotations

import pkgutil
import re
from dataclasses import dataclass
from functools import lru_cache

PLAIN = "plain"
"""The shape of simple look-ups, counts and sums: a question of this shape needs no example."""

_HEADER = re.compile(r"-- (tables|shape) (\S.*)")
_WORDING = re.compile(r"-- \?([a-z]{2})? (\S.*)")


class LibraryFormatError(ValueError):
    """The library's text does not have its form; the message names the line."""


@dataclass(frozen=True)
class Database:
    """Invented tables: `setup` is the DuckDB script that creates and fills them."""

    name: str
    setup: str

    @property
    def definitions(self) -> str:
        """The CREATE TABLE statements alone, as a prompt shows them."""
        return "\n".join(line for line in self.setup.splitlines() if line.startswith("CREATE "))


@dataclass(frozen=True)
class Wording:
    """One way to ask; `language` is an ISO 639-1 code."""

    text: str
    language: str = "en"


@dataclass(frozen=True)
class Pair:
    """A question in several wordings and its query over `database`; `gives` are the expected rows, one text each."""

    shape: str
    database: Database
    wordings: tuple[Wording, ...]
    sql: str
    gives: tuple[str, ...] = ()
    line: int = 0

    @property
    def question(self) -> str:
        """The first wording: what a prompt shows."""
        return self.wordings[0].text


@lru_cache(maxsize=1)
def library() -> tuple[Pair, ...]:
    """All pairs in the file's order."""
    data = pkgutil.get_data(__name__, "library.sql")
    if data is None:
        raise LibraryFormatError("library.sql is missing from the package")
    return parse(data.decode("utf-8"))


def parse(text: str) -> tuple[Pair, ...]:
    """The pairs of a library's text. Raises LibraryFormatError, naming the line, where a block is not as described there."""
    database: Database | None = None
    pairs: list[Pair] = []
    for number, block in _blocks(text):
        header = _HEADER.fullmatch(block[0])
        if header is None:
            if all(line.startswith("--") for line in block):
                continue
            raise LibraryFormatError(f"line {number}: a block begins with '-- tables NAME' or '-- shape NAME'")
        kind, name = header.groups()
        if kind == "tables":
            database = Database(name, "\n".join(block[1:]))
        elif database is None:
            raise LibraryFormatError(f"line {number}: a pair needs '-- tables' before it")
        else:
            pairs.append(_pair(name, database, block[1:], number))
    return tuple(pairs)


def _blocks(text: str) -> list[tuple[int, list[str]]]:
    """Runs of non-empty lines, each with the number of its first line."""
    found: list[tuple[int, list[str]]] = []
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            inside = False
        elif inside:
            found[-1][1].append(line)
        else:
            found.append((number, [line]))
            inside = True
    return found


def _pair(shape: str, database: Database, lines: list[str], number: int) -> Pair:
    wordings: list[Wording] = []
    gives: tuple[str, ...] = ()
    body = 0
    for body, line in enumerate(lines):
        wording = _WORDING.fullmatch(line)
        if wording is not None:
            wordings.append(Wording(wording[2], wording[1] or "en"))
        elif line.startswith("-- = "):
            gives = tuple(row.strip() for row in line[5:].split(" | "))
        elif line.startswith("--"):
            raise LibraryFormatError(f"line {number + body + 1}: neither '-- ?' nor '-- ='")
        else:
            break
    sql = "\n".join(lines[body:]).strip()
    if not wordings or sql.startswith("--") or not sql.endswith(";"):
        raise LibraryFormatError(f"line {number}: a pair has wordings and a query that ends with ';'")
    return Pair(shape, database, tuple(wordings), sql.removesuffix(";"), gives, number)
