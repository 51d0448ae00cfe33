"""DuckDB connections of a trial: the statements that make a connection's tables, with their sample rows, in memory."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from jupyter_qwen.schema.model import Connection, Schema, Table
from jupyter_qwen.schema.quoting import quote_identifier, quote_reference
from jupyter_qwen.sql.clone import declared, visible_columns
from jupyter_qwen.sql.first_rows import TableRead
from jupyter_qwen.sql.trial import filling


@dataclass(frozen=True)
class ConnectionCopy:
    """`statements` as (SQL, its one parameter or ``None``); `sampled`: tables with a part of their rows; `why_not`: "" or why."""

    name: str
    statements: tuple[tuple[str, str | None], ...]
    sampled: tuple[TableRead, ...]
    why_not: str = ""

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "statements": [list(statement) for statement in self.statements]}


def copies(schema: Schema, names: frozenset[str], text: str) -> list[ConnectionCopy]:
    """A copy of each connection among `names`, with those of its tables that `text` mentions."""
    return [_copy(connection, schema, text) for connection in schema.connections if connection.name in names]


def mentions(text: str, name: str) -> bool:
    """Whether `name` stands in `text` as a word, in any case."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def _copy(connection: Connection, schema: Schema, text: str) -> ConnectionCopy:
    statements: list[tuple[str, str | None]] = []
    sampled = []
    attached: set[str] = set()
    main = _main_catalog(connection)
    if main:
        statements += [(f"ATTACH ':memory:' AS {main}", None), (f"USE {main}", None)]
        attached.add(main)
    for table in schema.tables:
        if table.connection != connection.name or not mentions(text, table.name):
            continue
        if not table.rows and table.row_count != 0 and not table.rows_complete:
            return ConnectionCopy(
                connection.name, (), (), f"There are no sample rows of `{'.'.join(table.reference)}`."
            )
        if len(table.reference) > 2:
            catalog = quote_identifier(table.reference[-3], always=True)
            if catalog not in attached and table.reference[-3] not in ("memory", "temp", "system"):
                attached.add(catalog)
                statements.append((f"ATTACH ':memory:' AS {catalog}", None))
        statements += _table(table)
        if not table.rows_complete:
            sampled.append(TableRead(".".join(table.reference), len(table.rows), table.row_count))
    return ConnectionCopy(connection.name, tuple(statements), tuple(sampled))


def _table(table: Table) -> list[tuple[str, str | None]]:
    made: list[tuple[str, str | None]] = []
    if len(table.reference) > 1:
        made.append((f"CREATE SCHEMA IF NOT EXISTS {quote_reference(table.reference[-3:-1], always=True)}", None))
    columns = ", ".join(
        f"{quote_identifier(name, always=True)} {declared(column)}" for name, column in visible_columns(table)
    )
    made.append((f"CREATE TABLE {quote_reference(table.reference[-3:], always=True)} ({columns})", None))
    if table.rows:
        made.append(filling(table))
    return made


def _main_catalog(connection: Connection) -> str:
    """What a connection to a file calls its catalogue, quoted; "" for one in memory."""
    if not connection.database or connection.database.startswith(":memory:"):
        return ""
    name = PurePath(connection.database.replace("\\", "/")).stem
    return "" if not name or name.casefold() in ("memory", "system", "temp") else quote_identifier(name, always=True)
