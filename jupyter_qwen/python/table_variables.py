"""DuckDB tables that generated Python takes for variables: they are read into a DataFrame of that name first."""

from __future__ import annotations

import json
from collections.abc import Sequence

from jupyter_qwen.schema.model import Schema, Table
from jupyter_qwen.schema.notebook import Cell
from jupyter_qwen.schema.quoting import quote_identifier
from jupyter_qwen.sql.render import detect_idiom

# Reading a larger table whole is for the user to decide; a laptop holds this many rows of a common table in some seconds.
MOST_ROWS = 2_000_000


def reading_lines(missing: Sequence[str], schema: Schema, cells: Sequence[Cell]) -> dict[str, str]:
    """For each missing name that is a table of one connection: the line that reads it. Tables too large, and those that only a
    cell magic reaches, are left out."""
    lines: dict[str, str] = {}
    for name in missing:
        tables = [table for table in schema.tables if table.kind != "dataframe" and table.name == name]
        if len(tables) != 1 or not _readable(tables[0], schema):
            continue
        table = tables[0]
        reference = ".".join(quote_identifier(part) for part in table.reference)
        text = f"FROM {reference}"
        literal = f'"{text}"' if '"' not in text and "\\" not in text else json.dumps(text, ensure_ascii=False)
        result = detect_idiom(cells, schema, "python").result
        lines[name] = f"{name} = {table.connection or 'duckdb'}.sql({literal}).{result}()"
    return lines


def _readable(table: Table, schema: Schema) -> bool:
    owner = next((item for item in schema.connections if item.name == table.connection), None)
    return owner is not None and not owner.magic and (table.row_count or 0) <= MOST_ROWS
