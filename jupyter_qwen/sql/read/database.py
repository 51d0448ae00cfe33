"""Opens the throw-away databases of this project: in memory, one thread, no files, no network, no extensions, locked."""

from __future__ import annotations

import threading
from functools import cache
from typing import Final

import duckdb

#: The parser is asked by one thread at a time.
parser_lock: Final = threading.Lock()


def open_locked(memory: str, *, settings: tuple[str, ...] = ()) -> duckdb.DuckDBPyConnection:
    """A database that reaches nothing, of at most `memory` (``256MB``), in which the statements `settings` ran beforehand.

    Its errors are JSON. What is in it can still be changed, its configuration cannot.
    """
    connection = duckdb.connect(
        config={
            "threads": 1,
            "memory_limit": memory,
            "enable_external_access": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    # No option of `connect` in DuckDB 1.3, where these two belong to the session.
    for setting in ("SET errors_as_json = true", "SET max_expression_depth = 250", *settings):
        connection.execute(setting)
    connection.execute("SET lock_configuration = true")
    return connection


@cache
def parser() -> duckdb.DuckDBPyConnection:
    """The database that only parses. Use it inside `with parser_lock`."""
    return open_locked("64MB")
