"""Step 1 for DuckDB: every table and view that a query on one connection could name, and samples of the tables' contents.

A database may be a stranger's file, and its views and generated columns are programs: they read files, move sequences and
write. Of these, and of databases that are not DuckDB's own or not on this machine, the catalogue tells names and types;
nothing is selected from them, and no view is bound.
"""

from __future__ import annotations

from typing import Any

from ..quoting import quote_identifier, quote_reference, quote_text
from .connections import BUILT_IN, Reader
from .dtypes import is_whole
from .encoding import clean_text

_TABLES = f"""SELECT database_name, schema_name, table_name, temporary, estimated_size, comment, sql
FROM {BUILT_IN}duckdb_tables() WHERE NOT internal"""
_VIEWS = f"""SELECT database_name, schema_name, view_name, temporary, NULL, comment, ''
FROM {BUILT_IN}duckdb_views() WHERE NOT internal"""
_COLUMNS = f"""SELECT database_name, schema_name, table_name, column_name, data_type, is_nullable, comment, column_default
FROM {BUILT_IN}duckdb_columns() WHERE NOT internal ORDER BY table_oid, column_index"""
_CONSTRAINTS = f"""SELECT database_name, schema_name, table_name, constraint_type, constraint_column_names,
referenced_table, referenced_column_names FROM {BUILT_IN}duckdb_constraints()
WHERE constraint_type IN ('PRIMARY KEY', 'FOREIGN KEY')"""
_DATABASES = f"SELECT database_name, path, type FROM {BUILT_IN}duckdb_databases()"


def is_foreign(path: str | None, kind: str) -> bool:
    """Whether an attached database at `path` (``None`` in memory) of catalogue type `kind` is another system's or elsewhere.

    DuckDB's own files lie on this machine unless their path is an address.
    """
    return kind != "duckdb" or "://" in (path or "")


class TableSource:
    """A table or view of one connection."""

    def __init__(self, reader: Reader, record: dict[str, Any], path: tuple[str, ...], temporary: bool) -> None:
        self.reader = reader
        self.record = record
        self.path = path
        self.own = temporary or reader.in_transaction
        self.total = record["row_count"]
        self.foreign = False

    def readable(self) -> bool:
        """Whether contents may be read: stored rows of a local DuckDB file, visible to the reader."""
        return self.record["kind"] == "table" and not self.foreign and (self.reader.own or not self.own)

    def _from(self, wanted: int) -> tuple[str, bool]:
        """A FROM clause of about `wanted` rows, and whether it gives the first rows (one more than wanted) or a sample.

        A sample is spread over the table; the first rows serve where they are all, or where sampling would read everything.
        """
        name = self._name()
        if self.own or self.total is None or self.total <= wanted:
            return f"{name} LIMIT {wanted + 1}", True
        if self.total <= 200_000:
            return f"{name} USING SAMPLE reservoir({wanted} ROWS) REPEATABLE (42)", False
        share = min(50.0, max(100.0 * max(wanted, 50_000) / self.total, 0.001))
        return f"{name} USING SAMPLE system({share:.4f} PERCENT) REPEATABLE (42)", False

    def _name(self) -> str:
        return quote_reference(self.path, True)

    def rows(
        self, wanted: int, skip: frozenset[int], limits: Any, near: tuple[int, list[Any]] | None = None
    ) -> tuple[list[list[Any]], bool] | None:
        """At most `wanted` rows as JSON values, with ``None`` in the columns `skip`; and whether these are all.

        `near` is a column and values of it: of a table that is not read whole, rows with these values come first.
        """
        if not self.readable():
            return None
        columns = self.record["columns"]
        stored = ", ".join(quote_identifier(column["name"], True) for i, column in enumerate(columns) if i not in skip)
        if not stored:
            return None
        chosen = ", ".join("NULL" if i in skip else _readable(columns[i], limits) for i in range(len(columns)))
        source, first = self._from(wanted)
        if not first:
            source = f"(SELECT {stored} FROM {source}) USING SAMPLE reservoir({wanted} ROWS) REPEATABLE (42)"
        found = self.reader.query(f"SELECT {chosen} FROM {source}", self.own)
        if near is not None and not first:
            column = quote_identifier(columns[near[0]]["name"], True)
            values = ", ".join(str(value) if type(value) is int else quote_text(str(value)) for value in near[1])
            joined = self.reader.query(
                f"SELECT {chosen} FROM {self._name()} WHERE {column} IN ({values}) LIMIT {wanted}", self.own
            )
            seen = {repr(row) for row in joined}
            found = joined + [row for row in found if repr(row) not in seen]
        return [list(row) for row in found[:wanted]], first and len(found) <= wanted

    def value_counts(self, index: int, limits: Any, most: int) -> tuple[list[str], int | None, bool] | None:
        """The `most` most frequent values of one column as texts, how many there are, and whether no other occurs."""
        if not self.readable():
            return None
        column = quote_identifier(self.record["columns"][index]["name"], True)
        source, first = self._from(limits.value_rows)
        text = f"CAST({column} AS VARCHAR)"
        found = self.reader.query(
            f"SELECT {text}, {BUILT_IN}count(*) AS n, {BUILT_IN}count(*) OVER () FROM (SELECT {column} FROM {source}) "
            f"WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1 LIMIT {most + 1}",
            self.own,
        )
        values = [row[0] for row in found[:most]]
        whole = first and self.total is not None and self.total <= limits.value_rows and not self.own
        distinct = found[0][2] if found else 0
        return values, distinct if whole else None, whole and distinct <= most

    def values_with(self, index: int, words: list[str], chars: int, most: int) -> list[str]:
        """Values of one text column, anywhere in the table, that hold one of `words`; the shortest first."""
        column = quote_identifier(self.record["columns"][index]["name"], True)
        tests = " OR ".join(f"{BUILT_IN}contains({BUILT_IN}lower(v), {quote_text(word)})" for word in words)
        found = self.reader.query(
            f"SELECT DISTINCT v FROM (SELECT CAST({column} AS VARCHAR) AS v FROM {self._name()}) "
            f"WHERE {BUILT_IN}length(v) <= {chars} AND ({tests}) ORDER BY {BUILT_IN}length(v), v LIMIT {most}",
            self.own,
        )
        return [row[0] for row in found]


def _readable(column: dict[str, Any], limits: Any) -> str:
    name, kind = quote_identifier(column["name"], True), column["_type"]
    if kind == "VARCHAR":
        return f"{BUILT_IN}left({name}, {limits.cell_chars})"
    if is_whole(kind) or kind in ("FLOAT", "DOUBLE"):
        return name
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION")):
        return name
    return f"{BUILT_IN}left(CAST({name} AS VARCHAR), {limits.cell_chars})"


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
    for *key, column, kind, nullable, comment, default in reader.query(_COLUMNS, True):
        columns.setdefault(tuple(key), []).append(_column(column, kind, nullable, comment, default, limits))
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
            source.foreign = is_foreign(*databases.get(database, (None, "unknown")))
            # DuckDB before 2.0 does not say which columns are generated; their expressions stand where defaults stand
            if "GENERATED ALWAYS" not in (sql or "").upper():
                for column in record["columns"]:
                    column["_computed"] = False
            sources.append(source)
            if len(columns[key]) > limits.columns:
                notes.append(f"{table}: {limits.columns} of {len(columns[key])} columns are listed")
    return connection, sources


def _column(
    name: str, kind: str, nullable: bool, comment: str | None, default: str | None, limits: Any
) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "_type": kind,
        "_computed": default is not None,
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
