"""A SQLite file by names and types, read by Python's own sqlite3: DuckDB would need an extension that it fetches.

What the file brings as programs does not run: nothing is selected from a view or a virtual table, and the schema is not
trusted (https://www.sqlite.org/pragma.html#pragma_trusted_schema).
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from jupyter_qwen.schema.quoting import quote_identifier

from .spreadsheet import type_of_values

SECONDS: Final = 1.0
TABLES: Final = 300
ROWS: Final = 1_000
_ROWS_OF_ALL: Final = 60_000
_VIRTUAL: Final = re.compile(r"\s*CREATE\s+VIRTUAL\b", re.IGNORECASE)
_STEPS: Final = 10_000  # virtual machine instructions between two looks at the clock
#: What DuckDB's extension makes of a declared type, the first that it holds. https://github.com/duckdb/duckdb-sqlite
_DECLARED: Final = (
    ("int", "BIGINT"), ("bool", "BIGINT"), ("char", "VARCHAR"), ("clob", "VARCHAR"), ("text", "VARCHAR"), ("blob", "BLOB"),
    ("real", "DOUBLE"), ("floa", "DOUBLE"), ("doub", "DOUBLE"), ("time", "TIMESTAMP"), ("dec", "DOUBLE"), ("num", "DOUBLE"),
)  # fmt: skip


@dataclass(frozen=True)
class Link:
    """A foreign key."""

    columns: tuple[str, ...]
    table: str
    referenced: tuple[str, ...]


@dataclass(frozen=True)
class SqliteTable:
    """A table or view. `columns` are (name, type of DuckDB); `rows` the first of a table; ``None``: none were read."""

    name: str
    view: bool
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Any, ...], ...] | None
    complete: bool
    primary_key: tuple[str, ...]
    links: tuple[Link, ...]


def sqlite_tables(path: Path, library: str, *, immutable: bool) -> list[SqliteTable]:
    """At most 300 tables and views of the file, by name, with their first rows.

    `library` decides types: ``pandas`` takes those of the values, DuckDB those that are declared. `immutable` reads a file that
    others may hold, without locks and without its log. Raises sqlite3.Error.
    """
    with _opened(path, immutable) as database:
        named = database.execute(
            "SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view') AND substr(name, 1, 7) <> 'sqlite_' "
            "ORDER BY name LIMIT ?",
            (TABLES,),
        ).fetchall()
        most = max(1, min(ROWS, _ROWS_OF_ALL // max(1, len(named))))
        found = [
            _table(database, name, kind == "table" and not _VIRTUAL.match(str(sql)), library, most)
            for name, kind, sql in named
        ]
    keys = {table.name.casefold(): table.primary_key for table in found}
    return [
        replace(
            table,
            links=tuple(
                replace(link, referenced=link.referenced or keys.get(link.table.casefold(), ())) for link in table.links
            ),
        )
        for table in found
    ]


@contextmanager
def _opened(path: Path, immutable: bool) -> Iterator[sqlite3.Connection]:
    ends = time.monotonic() + SECONDS
    address = f"file:{quote(path.as_posix())}?mode=ro{'&immutable=1' if immutable else ''}"
    with closing(sqlite3.connect(address, uri=True)) as database:
        database.execute("PRAGMA trusted_schema = OFF")
        database.execute("PRAGMA query_only = ON")
        database.text_factory = lambda held: held.decode("utf-8", "replace")
        database.set_progress_handler(lambda: int(time.monotonic() > ends), _STEPS)
        yield database


def _table(database: sqlite3.Connection, name: str, plain: bool, library: str, most: int) -> SqliteTable:
    quoted = quote_identifier(name, True)
    described = database.execute(f"PRAGMA table_info({quoted})").fetchall()
    names = [column[1] for column in described]
    held: list[tuple[Any, ...]] | None = None
    if plain and names:
        chosen = ", ".join(quote_identifier(column, True) for column in names)
        with suppress(
            sqlite3.OperationalError
        ):  # it takes too long, or calls what is not there: names are known all the same
            held = database.execute(f"SELECT {chosen} FROM {quoted} LIMIT ?", (most + 1,)).fetchall()
    types = [
        type_of_values([row[position] for row in held]) if held and library == "pandas" else declared_type(column[2])
        for position, column in enumerate(described)
    ]
    keys = sorted((column[5], column[1]) for column in described if column[5])
    listed = sorted(database.execute(f"PRAGMA foreign_key_list({quoted})").fetchall()) if plain else []
    links = [list(parts) for _, parts in groupby(listed, key=lambda part: part[0])]
    return SqliteTable(
        name,
        not plain,
        tuple(zip(names, types, strict=True)),
        None if held is None else tuple(held[:most]),
        held is not None and len(held) <= most,
        tuple(column for _, column in keys),
        tuple(
            Link(tuple(part[3] for part in link), link[0][2], tuple(part[4] for part in link if part[4] is not None))
            for link in links
        ),
    )


def declared_type(declared: str) -> str:
    """The type that DuckDB gives a column which SQLite declares as `declared`."""
    folded = declared.strip().lower()
    if not folded:
        return "BLOB"
    if folded == "date":
        return "DATE"
    return next((kind for part, kind in _DECLARED if part in folded), "VARCHAR")
