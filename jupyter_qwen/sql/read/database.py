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
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "memory_limit": memory,
        "enable_external_access": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if _has_async_threads():
        config["async_threads"] = 0  # eight of them, with 8 MB of stack each, wait for files that are never read
    connection = duckdb.connect(config=config)
    # No option of `connect` in DuckDB 1.3, where these two belong to the session.
    for setting in ("SET errors_as_json = true", "SET max_expression_depth = 250", *settings):
        connection.execute(setting)
    connection.execute("SET lock_configuration = true")
    return connection


@cache
def _has_async_threads() -> bool:
    """Whether this DuckDB has such a setting, as DuckDB 2 has."""
    with duckdb.connect(config={"threads": 1}) as connection:
        row = connection.execute("SELECT count(*) FROM duckdb_settings() WHERE name = 'async_threads'").fetchone()
    return row is not None and row[0] > 0


@cache
def parser() -> duckdb.DuckDBPyConnection:
    """The database that only parses. Use it inside `with parser_lock`."""
    return open_locked("64MB")
