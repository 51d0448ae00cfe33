"""The demo: a small shop in DuckDB, two DataFrames, a notebook. Made on the user's machine, the same every time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def connect() -> duckdb.DuckDBPyConnection:
    """The shop's tables in memory, to ask about where there are none yet."""
    from jupyter_qwen.demo.shop import shop_in_memory

    return shop_in_memory()
