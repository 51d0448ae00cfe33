"""Opens what ``--database`` names as one DuckDB connection: a database, or CSV, Parquet and JSON files as tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb

from jupyter_qwen.cli.failure import CommandError
from jupyter_qwen.schema.quoting import quote_identifier, quote_text

READERS = {
    ".csv": "read_csv", ".tsv": "read_csv", ".csv.gz": "read_csv", ".tsv.gz": "read_csv",
    ".parquet": "read_parquet", ".json": "read_json", ".jsonl": "read_json", ".ndjson": "read_json",
}  # fmt: skip
CONNECTION = "con"


def open_databases(paths: Sequence[str]) -> duckdb.DuckDBPyConnection:
    """A connection that sees every table of `paths`. Databases are opened read-only; files become views named after them.

    The first database is the connection's own, further ones are attached under their file's name. Raises CommandError for a
    file that is missing, locked by another process, or no database.
    """
    files = [Path(path) for path in paths]
    for file in files:
        if not file.is_file():
            raise CommandError(f"{file} does not exist.", "Name a DuckDB database, or a CSV, Parquet or JSON file.")
    databases = [file for file in files if _reader(file) is None]
    con = _connect(databases[0]) if databases else duckdb.connect()
    for file in databases[1:]:
        _run(con, f"ATTACH {quote_text(str(file))} AS {quote_identifier(_name(file))} (READ_ONLY)", file)
    for file in files:
        reader = _reader(file)
        if reader:
            name = quote_identifier(_name(file))
            # TEMP: a view in a database that is open read-only could not be made
            _run(con, f"CREATE TEMP VIEW {name} AS SELECT * FROM {reader}({quote_text(str(file))})", file)
    return con


def _reader(file: Path) -> str | None:
    name = file.name.lower()
    return next((reader for suffix, reader in READERS.items() if name.endswith(suffix)), None)


def _name(file: Path) -> str:
    stem = file.name
    for suffix in sorted(READERS, key=len, reverse=True):
        if stem.lower().endswith(suffix):
            return stem[: -len(suffix)]
    return re.sub(r"\.(duckdb|ddb|db)$", "", stem, flags=re.IGNORECASE)


def _connect(file: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(file), read_only=True)
    except duckdb.Error as error:
        raise _explained(error, file) from error


def _run(con: duckdb.DuckDBPyConnection, sql: str, file: Path) -> None:
    try:
        con.execute(sql)
    except duckdb.Error as error:
        raise _explained(error, file) from error


def _explained(error: duckdb.Error, file: Path) -> CommandError:
    words = str(error).split("\n", 1)[0]
    if "lock" in words.lower():
        return CommandError(
            f"{file} is locked by another process.",
            f"Close the notebook or program that has it open for writing, or ask about a copy of it. DuckDB says: {words}",
        )
    if "not a valid" in words or "magic bytes" in words or "Could not read" in words:
        return CommandError(
            f"{file} is not a DuckDB database.",
            f"Files that can be asked about: .duckdb, {', '.join(READERS)}. DuckDB says: {words}",
        )
    return CommandError(f"{file} cannot be opened: {words}")
