"""The worker's side: one file by names and types, and the rows that the privacy level allows. It may reach that file alone."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb

from jupyter_qwen.schema.quoting import quote_identifier, quote_text

from ...schema.collector.collection_limits import CollectionLimits
from ...schema.collector.gather import collect
from .spreadsheet import sheet
from .sqlite_tables import sqlite_tables

#: Rows of a file that are looked at beyond what tells its types.
ROWS: Final = 1_000
#: A database of this size is copied first: reading it in place would keep the user's own cell from opening it meanwhile.
COPIED_BYTES: Final = 15 * 1024 * 1024
_LIMITS: Final = CollectionLimits(seconds=1.0, tables=300, rows=200, cells=12_000, bytes=500_000)
_CONFIG: Final[dict[str, str | bool | int | float | list[str]]] = {
    "threads": 1, "memory_limit": "256MB", "autoinstall_known_extensions": False, "autoload_known_extensions": False,
}  # fmt: skip
#: What pandas takes for a missing value. https://pandas.pydata.org/docs/reference/api/pandas.read_csv.html
_PANDAS_MISSING: Final = (
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL",
    "NaN", "None", "n/a", "nan", "null",
)  # fmt: skip
_PLAIN_TYPES: Final = ("BIGINT", "DOUBLE", "BOOLEAN", "VARCHAR")
_TABLE: Final = "t"


def look(*, path: str, form: str, name: str, library: str, privacy: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The wire form of a schema with what the file `path` holds: the tables of a database, or one table called `name`.

    `library` decides the types of a text file and of SQLite's: ``duckdb``, ``pandas`` or ``polars``; with ``pandas`` SQLite's
    tables are DataFrames. Raises what DuckDB and sqlite3 raise.
    """
    file = Path(path)
    if file.stat().st_size == 0 and form != "database":
        raise ValueError("it is empty")
    if form == "sqlite":
        return _sqlite(file, name, library, privacy)
    if form == "database":
        with _database(file) as connection:
            found = collect({name: connection}, privacy=privacy, limits=_LIMITS)
        for described in found["connections"]:
            described["database"] = file.name
        return found
    with _reaching(path) as connection:
        _fill(connection, path, form, library, options)
        rows = connection.execute(f"SELECT count(*) FROM {_TABLE}").fetchall()[0][0]
        found = collect({"con": connection}, privacy=privacy, limits=_LIMITS)
        table = found["tables"][0]
        if library == "pandas":
            _as_pandas_reads(connection, table, privacy)
    if rows > ROWS:
        _as_part(table)
    table.update(reference=[name], kind="dataframe", connection=None, library=library)
    return {**found, "connections": []}


@contextmanager
def _database(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The database `file`, read-only, without access to anything else."""
    with _copy(file, file.with_name(file.name + ".wal")) as (path, _):
        config = {**_CONFIG, "enable_external_access": False}
        with duckdb.connect(str(path), read_only=True, config=config) as connection:
            connection.execute("SET lock_configuration = true")
            yield connection


@contextmanager
def _copy(file: Path, log: Path) -> Iterator[tuple[Path, bool]]:
    """`file` with its log in a folder of their own, and True; the file itself, and False, where they are large."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as copies:
        small = file.stat().st_size <= COPIED_BYTES and (not log.exists() or log.stat().st_size <= COPIED_BYTES)
        for original in (file, log) if small else ():
            if original.exists() and not original.is_symlink():
                shutil.copyfile(original, Path(copies) / original.name)
        yield (Path(copies) / file.name, True) if small else (file, False)


def _sqlite(file: Path, name: str, library: str, privacy: str) -> dict[str, Any]:
    """A SQLite file's tables, as those of a database in memory that holds their first rows."""
    with _copy(file, file.with_name(file.name + "-wal")) as (path, copied):
        held = {table.name: table for table in sqlite_tables(path, library, immutable=not copied)}
    with duckdb.connect(config=_CONFIG) as connection:
        for table in held.values():
            kinds = [kind or "VARCHAR" for _, kind in table.columns]
            definitions = ", ".join(
                f"{quote_identifier(column, True)} {kind}"
                for (column, _), kind in zip(table.columns, kinds, strict=True)
            )
            if not definitions:
                continue
            made = quote_identifier(table.name, True)
            connection.execute(f"CREATE TABLE {made} ({definitions})")
            if table.rows:
                texts = [[_text(value) for value in values] for values in zip(*table.rows, strict=True)]
                marks = ", ".join(f"TRY_CAST(unnest(?::VARCHAR[]) AS {kind})" for kind in kinds)
                connection.execute(f"INSERT INTO {made} SELECT {marks}", texts)
        found = collect({name: connection}, privacy=privacy, limits=_LIMITS)
    for described in found["tables"]:
        table = held[described["reference"][-1]]
        described["primary_key"] = list(table.primary_key)
        described["foreign_keys"] = [
            {"columns": list(link.columns), "table": link.table, "referenced_columns": list(link.referenced)}
            for link in table.links
        ]
        if not table.complete:
            _as_part(described)
        if table.view:
            described["kind"] = "view"
        if library == "pandas":
            described.update(kind="dataframe", connection=None, library="pandas")
    for described in found["connections"]:
        described["database"] = file.name
    return {**found, "connections": [] if library == "pandas" else found["connections"]}


def _text(value: Any) -> str | None:
    return None if value is None or isinstance(value, bytes) else str(value)


def _as_part(table: dict[str, Any]) -> None:
    """More rows are there than were looked at."""
    table.update(row_count=None, rows_complete=False)
    for column in table["columns"]:
        column.update(values_complete=False, distinct=None)


@contextmanager
def _reaching(path: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory that may read the file `path` and nothing else."""
    with duckdb.connect(config=_CONFIG) as connection:
        connection.execute(f"SET allowed_paths = [{quote_text(path)}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection


def _fill(
    connection: duckdb.DuckDBPyConnection, path: str, form: str, library: str, options: Mapping[str, Any]
) -> None:
    """Make the table of the file's first rows."""
    if form == "excel":
        columns, rows = sheet(path, options.get("sheet"), ROWS + 1)
        definitions = ", ".join(f"{quote_identifier(column, True)} {kind}" for column, kind in columns)
        connection.execute(f"CREATE TABLE {_TABLE} ({definitions})")
        marks = ", ".join("?" for _ in columns)
        connection.executemany(f"INSERT INTO {_TABLE} VALUES ({marks})", rows[: _LIMITS.rows])
        return
    attempts = [dict(options)]
    while attempts:
        chosen = attempts.pop()
        source = _source(path, form, library, chosen)
        try:
            connection.execute(f"CREATE TABLE {_TABLE} AS SELECT * FROM {source} LIMIT {ROWS + 1}")
        except duckdb.OutOfMemoryException:
            connection.execute(f"CREATE TABLE {_TABLE} AS SELECT * FROM {source} LIMIT 0")
        except duckdb.InvalidInputException as error:
            if form != "csv" or chosen.get("lenient"):
                raise
            other = {"encoding": "latin-1"} if re.search(r"unicode|utf-?8|encod", str(error), re.IGNORECASE) else {}
            attempts.append({**chosen, **other, "lenient": True})


def _source(path: str, form: str, library: str, options: Mapping[str, Any]) -> str:
    if form == "parquet":
        return f"read_parquet({quote_text(path)})"
    if form == "json":
        return f"read_json({quote_text(path)}, maximum_object_size = 16777216)"
    arguments = [quote_text(path), "buffer_size = 8388608"]
    if options.get("lenient"):
        arguments.append("ignore_errors = true")
    if library != "duckdb":
        kinds = (
            _PLAIN_TYPES if library == "pandas" or not options.get("dates") else (*_PLAIN_TYPES, "DATE", "TIMESTAMP")
        )
        arguments.append(f"auto_type_candidates = {_texts(kinds)}")
    if library == "pandas":
        arguments.append(f"nullstr = {_texts(_PANDAS_MISSING)}")
    if options.get("separator"):
        arguments.append(f"delim = {quote_text(str(options['separator']))}")
    if options.get("header") is False:
        arguments.append("header = false")
    elif library != "duckdb":
        arguments.append("header = true")
    if options.get("encoding"):
        arguments.append(f"encoding = {quote_text(str(options['encoding']))}")
    return f"read_csv({', '.join(arguments)})"


def _texts(values: Sequence[str]) -> str:
    return f"[{', '.join(quote_text(value) for value in values)}]"


def _as_pandas_reads(connection: duckdb.DuckDBPyConnection, table: dict[str, Any], privacy: str) -> None:
    """Whole numbers with gaps are floating ones in pandas, as whole columns of gaps are."""
    if privacy == "names" or not table["columns"]:
        return
    names = [quote_identifier(column["name"], True) for column in table["columns"]]
    gaps = connection.execute(f"SELECT {', '.join(f'count(*) > count({name})' for name in names)} FROM {_TABLE}")
    for column, gap in zip(table["columns"], gaps.fetchall()[0], strict=False):
        if gap and column["type"] == "BIGINT":
            column["type"] = "DOUBLE"
