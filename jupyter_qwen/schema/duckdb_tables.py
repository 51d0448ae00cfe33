"""Step 1 for DuckDB: every table and view that a query on one connection could name, and samples of their contents."""

from __future__ import annotations

from typing import Any

from .connections import Reader
from .dtypes import is_whole
from .encoding import clean_text

_TABLES = """SELECT database_name, schema_name, table_name, temporary, estimated_size, comment, '' FROM duckdb_tables()
WHERE NOT internal"""
_VIEWS = """SELECT database_name, schema_name, view_name, temporary, NULL, comment, sql FROM duckdb_views()
WHERE NOT internal"""
_COLUMNS = """SELECT database_name, schema_name, table_name, column_name, data_type, is_nullable, comment
FROM duckdb_columns() WHERE NOT internal ORDER BY table_oid, column_index"""
_CONSTRAINTS = """SELECT database_name, schema_name, table_name, constraint_type, constraint_column_names,
referenced_table, referenced_column_names FROM duckdb_constraints() WHERE constraint_type IN ('PRIMARY KEY', 'FOREIGN KEY')"""
_DATABASES = "SELECT database_name, path, type FROM duckdb_databases()"
_OWN_STORAGE = ("duckdb", "sqlite")  # other attached databases sit behind a network: their contents are not read


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

    def _from(self, wanted: int) -> tuple[str, bool]:
        """A FROM clause of about `wanted` rows, and whether it gives the first rows (one more than wanted) or a sample.

        A sample is spread over the table; the first rows serve where they are all, or where sampling would read everything.
        """
        name = self._name()
        if self.is_view or self.own or self.total is None or self.total <= wanted:
            return f"{name} LIMIT {wanted + 1}", True
        if self.total <= 200_000:
            return f"{name} USING SAMPLE reservoir({wanted} ROWS) REPEATABLE (42)", False
        share = min(50.0, max(100.0 * max(wanted, 50_000) / self.total, 0.001))
        return f"{name} USING SAMPLE system({share:.4f} PERCENT) REPEATABLE (42)", False

    def _name(self) -> str:
        return ".".join(quote(part) for part in self.path)

    def rows(
        self, wanted: int, skip: frozenset[int], limits: Any, near: tuple[int, list[Any]] | None = None
    ) -> tuple[list[list[Any]], bool] | None:
        """At most `wanted` rows as JSON values, with ``None`` in the columns `skip`; and whether these are all.

        `near` is a column and values of it: of a table that is not read whole, rows with these values come first.
        """
        if not self.readable():
            return None
        columns = self.record["columns"]
        chosen = ", ".join("NULL" if i in skip else _readable(columns[i], limits) for i in range(len(columns)))
        source, first = self._from(wanted)
        if not first:
            source = f"(SELECT * FROM {source}) USING SAMPLE reservoir({wanted} ROWS) REPEATABLE (42)"
        found = self.reader.query(f"SELECT {chosen} FROM {source}", self.own)
        if near is not None and not first:
            column, values = quote(columns[near[0]]["name"]), ", ".join(_literal(value) for value in near[1])
            joined = self.reader.query(
                f"SELECT {chosen} FROM {self._name()} WHERE {column} IN ({values}) LIMIT {wanted}", self.own
            )
            seen = {repr(row) for row in joined}
            found = joined + [row for row in found if repr(row) not in seen]
        return [list(row) for row in found[:wanted]], first and len(found) <= wanted

    def value_counts(self, index: int, limits: Any, most: int) -> tuple[list[str], int | None, bool] | None:
        """The `most` most frequent values of one column as texts, how many there are, and whether no other occurs."""
        if not self.readable() or self.is_view:
            return None
        column = quote(self.record["columns"][index]["name"])
        source, first = self._from(limits.value_rows)
        text = f"CAST({column} AS VARCHAR)"
        found = self.reader.query(
            f"SELECT {text}, count(*) AS n, count(*) OVER () FROM (SELECT {column} FROM {source}) "
            f"WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1 LIMIT {most + 1}",
            self.own,
        )
        values = [row[0] for row in found[:most]]
        whole = first and self.total is not None and self.total <= limits.value_rows and not self.own
        distinct = found[0][2] if found else 0
        return values, distinct if whole else None, whole and distinct <= most

    def values_with(self, index: int, words: list[str], chars: int, most: int) -> list[str]:
        """Values of one text column, anywhere in the table, that hold one of `words`; the shortest first."""
        column = quote(self.record["columns"][index]["name"])
        tests = " OR ".join("contains(lower(v), '" + word.replace("'", "''") + "')" for word in words)
        found = self.reader.query(
            f"SELECT DISTINCT v FROM (SELECT CAST({column} AS VARCHAR) AS v FROM {self._name()}) "
            f"WHERE length(v) <= {chars} AND ({tests}) ORDER BY length(v), v LIMIT {most}",
            self.own,
        )
        return [row[0] for row in found]


def _literal(value: Any) -> str:
    return str(value) if type(value) is int else "'" + str(value).replace("'", "''") + "'"


def _readable(column: dict[str, Any], limits: Any) -> str:
    name, kind = quote(column["name"]), column["_type"]
    if kind == "VARCHAR":
        return f"left({name}, {limits.cell_chars})"
    if is_whole(kind) or kind in ("FLOAT", "DOUBLE"):
        return name
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION")):
        return name
    return f"left(CAST({name} AS VARCHAR), {limits.cell_chars})"


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
