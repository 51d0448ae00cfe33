"""The demo: an outdoor shop in DuckDB, a bicycle hire in CSV files, a notebook for each.

Made on the user's machine, without a network, the same every time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def connect() -> duckdb.DuckDBPyConnection:
    """The shop's tables in memory, to ask about where there are none yet."""
    from jupyter_qwen.demo.shop import shop_in_memory

    return shop_in_memory()
