"""A pair of the library run on its own tables."""

from __future__ import annotations

import duckdb

from jupyter_qwen.prompt.shapes.library import Pair


def rows_of(pair: Pair) -> list[str]:
    """The rows that the pair's query gives, each as the library writes it: cells with ', ' between."""
    with duckdb.connect() as connection:
        connection.execute(pair.database.setup)
        rows = connection.execute(pair.sql).fetchall()
    return [", ".join(_text(value) for value in row) for row in rows]


def _text(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
