"""A pair of the library run on its own tables."""

from __future__ import annotations

from functools import cache

import duckdb

from jupyter_qwen.prompt.shapes.library import Database, Pair


def rows_of(pair: Pair) -> list[str]:
    """The rows that the pair's query gives, each as the library writes it: cells with ', ' between."""
    rows = _opened(pair.database).execute(pair.sql).fetchall()
    return [", ".join(_text(value) for value in row) for row in rows]


@cache
def _opened(database: Database) -> duckdb.DuckDBPyConnection:
    """Its tables, made once for all of its pairs: queries of the library only read."""
    connection = duckdb.connect()
    connection.execute(database.setup)
    return connection


def _text(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
