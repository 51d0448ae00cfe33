"""Step 1 for DuckDB: the connections of a kernel and every table and view that a query on them could name.

Two ways to read: a cursor of the user's connection (its own transaction, so neither a pending result nor an open transaction is
touched) and, where DuckDB itself refuses to disturb a pending result (2.0 and later) and nothing else can be running (the
main thread), the connection itself: only it sees temporary tables, registered frames, uncommitted changes and USE.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

from .dataframes import imported, is_instance
from .dtypes import is_whole
from .encoding import class_path, clean_text

_TABLES = """SELECT database_name, schema_name, table_name, temporary, estimated_size, comment, '' FROM duckdb_tables()
WHERE NOT internal"""
_VIEWS = """SELECT database_name, schema_name, view_name, temporary, NULL, comment, sql FROM duckdb_views()
WHERE NOT internal"""
_COLUMNS = """SELECT database_name, schema_name, table_name, column_name, data_type, is_nullable, comment
FROM duckdb_columns() WHERE NOT internal ORDER BY table_oid, column_index"""
_CONSTRAINTS = """SELECT database_name, schema_name, table_name, constraint_type, constraint_column_names,
referenced_table, referenced_column_names FROM duckdb_constraints() WHERE constraint_type IN ('PRIMARY KEY', 'FOREIGN KEY')"""
_DATABASES = "SELECT database_name, path, type FROM duckdb_databases()"
_HERE = "SELECT current_database(), current_schema(), CAST(txid_current() AS VARCHAR)"
_MACHINERY = frozenset(
    [
        "threading",
        "concurrent",
        "asyncio",
        "selectors",
        "queue",
        "socketserver",
        "socket",
        "multiprocessing",
        "sqlite3",
        "weakref",
        "contextlib",
        "ipykernel",
        "IPython",
        "zmq",
        "tornado",
        "jupyter_client",
        "anyio",
        "decorator",
        "traitlets",
        "tqdm",
        "debugpy",
        "_pydevd_bundle",
        "pydevd",
    ]
)
_OWN_STORAGE = ("duckdb", "sqlite")  # other attached databases sit behind a network: their contents are not read


class Reader:
    """Runs our queries for one user connection; `own` says that they run on the connection itself."""

    def __init__(self, connection: Any) -> None:
        self.cursor = connection.cursor()
        self.connection = connection
        self.own = False
        self.in_transaction = False
        self.busy = False
        self.place = ("memory", "main")
        self._look_at_connection()

    def _look_at_connection(self) -> None:
        if self._may_use_connection():
            try:
                first = self.connection.sql(_HERE).fetchall()[0]
                second = self.connection.sql(_HERE).fetchall()[0]
            except Exception:  # noqa: BLE001 (a pending result, an aborted transaction: the cursor serves)
                self.busy = True
            else:
                self.own, self.place, self.in_transaction = True, first[:2], first[2] == second[2]
                return
        self.place = tuple(self.cursor.execute(_HERE).fetchall()[0][:2])

    def _may_use_connection(self) -> bool:
        version = str(imported("duckdb", "__version__") or "0").split(".")[0]
        guarded = version.isdigit() and int(version) >= 2
        return guarded and threading.current_thread() is threading.main_thread() and not other_threads_compute()

    def query(self, sql: str, own: bool = False) -> list[Any]:
        """All rows of `sql`; on the connection itself when `own` and allowed, else on the cursor."""
        if own and self.own:
            return list(self.connection.sql(sql).fetchall())
        return list(self.cursor.execute(sql).fetchall())

    def interrupt(self) -> None:
        """Stop what the cursor is computing; the user's connection is never interrupted."""
        self.cursor.interrupt()

    def close(self) -> None:
        """Give the cursor back."""
        self.cursor.close()


def other_threads_compute() -> bool:
    """Whether a thread other than this one has code on its stack that is neither Python's nor the kernel's machinery.

    Such a thread may be about to use the user's connection, and DuckDB 2 refuses a second caller instead of making it wait.
    """
    own = threading.get_ident()
    for identity, frame in sys._current_frames().items():
        walked: Any = frame if identity != own else None
        while walked is not None:
            root = str(walked.f_globals.get("__name__", "")).partition(".")[0]
            if root not in _MACHINERY:
                return True
            walked = walked.f_back
    return False


def quote(name: str) -> str:
    """`name` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


class TableSource:
    """A table or view of one connection."""

    def __init__(self, reader: Reader, record: dict[str, Any], path: tuple[str, ...], temporary: bool) -> None:
        self.reader = reader
        self.record = record
        self.path = path
        self.own = temporary or reader.in_transaction
        self.total = record["row_count"]
        self.is_view = record["kind"] == "view"
        self.remote = False

    def readable(self) -> bool:
        """Whether contents may be read: not behind a network, and visible to the reader."""
        return not self.remote and (self.reader.own or not self.own)

    def _from(self, wanted: int) -> str:
        """A FROM clause of at most `wanted` rows: all, a spread-out sample, or the first ones where sampling would cost."""
        name = ".".join(quote(part) for part in self.path)
        if self.is_view or self.own or self.total is None or self.total <= wanted:
            return f"{name} LIMIT {wanted + 1}"
        if self.total <= 200_000:
            return f"{name} USING SAMPLE reservoir({wanted} ROWS) REPEATABLE (42)"
        share = min(50.0, max(100.0 * max(wanted, 50_000) / self.total, 0.001))
        return f"{name} USING SAMPLE system({share:.4f} PERCENT) REPEATABLE (42)"

    def rows(self, wanted: int, skip: frozenset[int], limits: Any) -> tuple[list[list[Any]], bool] | None:
        """At most `wanted` rows as JSON values, with ``None`` in the columns `skip`; and whether these are all."""
        if not self.readable():
            return None
        columns = self.record["columns"]
        chosen = ", ".join("NULL" if i in skip else _readable(columns[i], limits) for i in range(len(columns)))
        source = self._from(wanted)
        if "PERCENT" in source:
            source = f"(SELECT * FROM {source}) USING SAMPLE reservoir({wanted} ROWS) REPEATABLE (42)"
        found = self.reader.query(f"SELECT {chosen} FROM {source}", self.own)
        return [list(row) for row in found[:wanted]], "LIMIT" in source and len(found) <= wanted

    def value_counts(self, index: int, limits: Any, most: int) -> tuple[list[str], int | None, bool] | None:
        """The `most` most frequent values of one column as texts, how many there are, and whether no other occurs."""
        if not self.readable() or self.is_view:
            return None
        column = quote(self.record["columns"][index]["name"])
        source = self._from(limits.value_rows)
        text = f"CAST({column} AS VARCHAR)"
        found = self.reader.query(
            f"SELECT {text}, count(*) AS n, count(*) OVER () FROM (SELECT {column} FROM {source}) "
            f"WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1 LIMIT {most + 1}",
            self.own,
        )
        values = [row[0] for row in found[:most]]
        whole = "LIMIT" in source and self.total is not None and self.total <= limits.value_rows and not self.own
        distinct = found[0][2] if found else 0
        return values, distinct if whole else None, whole and distinct <= most

    def values_with(self, index: int, words: list[str], chars: int, most: int) -> list[str]:
        """Values of one text column, anywhere in the table, that hold one of `words`; the shortest first."""
        column = quote(self.record["columns"][index]["name"])
        name = ".".join(quote(part) for part in self.path)
        tests = " OR ".join("contains(lower(v), '" + word.replace("'", "''") + "')" for word in words)
        found = self.reader.query(
            f"SELECT DISTINCT v FROM (SELECT CAST({column} AS VARCHAR) AS v FROM {name}) "
            f"WHERE length(v) <= {chars} AND ({tests}) ORDER BY length(v), v LIMIT {most}",
            self.own,
        )
        return [row[0] for row in found]


def _readable(column: dict[str, Any], limits: Any) -> str:
    name, kind = quote(column["name"]), column["_type"]
    if kind == "VARCHAR":
        return f"left({name}, {limits.cell_chars})"
    if is_whole(kind) or kind in ("FLOAT", "DOUBLE"):
        return name
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION")):
        return name
    return f"left(CAST({name} AS VARCHAR), {limits.cell_chars})"


def find_connections(names: list[str], namespace: dict[str, Any]) -> list[tuple[str, Any, bool]]:
    """(expression, connection, is the module's default) of each open connection; the default only when the user has `duckdb`."""
    cls = imported("duckdb", "DuckDBPyConnection")
    found: list[tuple[str, Any, bool]] = []
    if not isinstance(cls, type):
        return found
    seen = set()
    for name in names:
        value = namespace[name]
        if class_path(type(value)) == ("ibis.backends.duckdb", "Backend"):
            name, value = f"{name}.con", object.__getattribute__(value, "con")
        if is_instance(value, cls) and id(value) not in seen:
            seen.add(id(value))
            found.append((name, value, False))
    default = _default_connection(names, namespace)
    if default is not None and id(default[1]) not in seen:
        found.append(default)
    return found


def _default_connection(names: list[str], namespace: dict[str, Any]) -> tuple[str, Any, bool] | None:
    module = sys.modules["duckdb"]
    contents = {id(value) for value in vars(module).values() if callable(value)}
    alias = next((name for name in names if namespace[name] is module), None)
    if alias is None and not any(id(namespace[name]) in contents for name in names):
        return None
    default = imported("duckdb", "default_connection")
    connection = default() if callable(default) and not hasattr(default, "cursor") else default
    return (alias or "duckdb", connection, True)


def read_catalogue(
    name: str, reader: Reader, limits: Any, notes: list[str]
) -> tuple[dict[str, Any], list[TableSource]]:
    """The connection's wire form, and its tables and views in the order of the catalogue."""
    databases = {row[0]: (row[1], row[2]) for row in reader.query(_DATABASES, True)}
    path = databases.get(reader.place[0], (None, ""))[0]
    connection = {"name": name, "database": path.replace("\\", "/").rsplit("/", 1)[-1] if path else ":memory:"}
    if reader.busy:
        notes.append(
            f"{name} has an unfinished result or transaction: its temporary and uncommitted tables are not listed"
        )
    columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for *key, column, kind, nullable, comment in reader.query(_COLUMNS, True):
        columns.setdefault(tuple(key), []).append(_column(column, kind, nullable, comment, limits))
    keys = _constraints(reader)
    sources = []
    for view, query in ((False, _TABLES), (True, _VIEWS)):
        for database, schema, table, temporary, size, comment, sql in reader.query(query, True):
            key = (database, schema, table)
            if key not in columns or len(table) > limits.name_chars:
                continue
            record = {
                "reference": list(_reference(key, reader.place, temporary)),
                "kind": "view" if view else "table",
                "connection": name,
                "row_count": None if size is None else int(size),
                "comment": None if comment is None else clean_text(comment, limits.comment_chars),
                "columns": columns[key][: limits.columns],
                "library": None,
                **keys.get(key, {}),
            }
            source = TableSource(reader, record, key, bool(temporary))
            source.remote = databases.get(database, ("", "duckdb"))[1] not in (*_OWN_STORAGE, "") or "://" in (
                sql or ""
            )
            sources.append(source)
            if len(columns[key]) > limits.columns:
                notes.append(f"{table}: {limits.columns} of {len(columns[key])} columns are listed")
    return connection, sources


def _column(name: str, kind: str, nullable: bool, comment: str | None, limits: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "_type": kind,
        "nullable": bool(nullable),
        "comment": None if comment is None else clean_text(comment, limits.comment_chars),
    }


def _reference(key: tuple[str, ...], place: tuple[str, ...], temporary: bool) -> tuple[str, ...]:
    if temporary or key[:2] == tuple(place):
        return key[2:]
    return key[1:] if key[0] == place[0] else key


def _constraints(reader: Reader) -> dict[tuple[str, ...], dict[str, Any]]:
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    try:
        rows = reader.query(_CONSTRAINTS, True)
    except Exception:  # noqa: BLE001 (DuckDB before 1.2 has no referenced_table; keys are then unknown)
        return found
    for database, schema, table, kind, names, referenced, referenced_names in rows:
        entry = found.setdefault((database, schema, table), {"primary_key": [], "foreign_keys": []})
        if kind == "PRIMARY KEY":
            entry["primary_key"] = list(names)
        else:
            entry["foreign_keys"].append(
                {"columns": list(names), "table": referenced, "referenced_columns": list(referenced_names)}
            )
    return found
