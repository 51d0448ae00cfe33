"""What SQL of a cell would make: tables and views with the files that they read, attached databases, dropped tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import sqlglot
import sqlglot.errors
from sqlglot import exp

from ...schema.model import Column
from .place import format_of_name

MAX_CHARACTERS: Final = 50_000
_READERS: Final = {
    "read_csv": "csv", "read_csv_auto": "csv", "read_parquet": "parquet", "parquet_scan": "parquet", "read_json": "json",
    "read_json_auto": "json", "read_ndjson": "json", "read_ndjson_auto": "json", "read_xlsx": "excel",
}  # fmt: skip


@dataclass(frozen=True)
class FileInQuery:
    """A file that a query reads; `name` stands for it in the query."""

    name: str
    path: str
    form: str
    separator: str = ""
    header: bool = True


@dataclass(frozen=True)
class Query:
    """A query with names in the place of its `files`."""

    sql: str
    files: tuple[FileInQuery, ...]


@dataclass(frozen=True)
class MadeTable:
    """A table or view under `reference`, of declared `columns` or from a query."""

    reference: tuple[str, ...]
    view: bool
    columns: tuple[Column, ...] = ()
    query: Query | None = None


@dataclass(frozen=True)
class AttachedDatabase:
    """Another database as `alias`."""

    path: str
    alias: str


@dataclass(frozen=True)
class TouchedTable:
    """A table whose rows the statement changes; `altered` when its columns are no longer known."""

    reference: tuple[str, ...]
    altered: bool = False


Effect = MadeTable | AttachedDatabase | TouchedTable | Query


def effects_of(sql: str) -> Iterator[Effect]:
    """What the statements of `sql` do, in order; nothing for what cannot be read. Never raises."""
    if len(sql) > MAX_CHARACTERS:
        return
    try:
        trees = sqlglot.parse(sql, dialect="duckdb")
        yield from [effect for tree in trees if tree is not None for effect in _effects(tree)]
    except (sqlglot.errors.SqlglotError, RecursionError, ValueError, AttributeError, TypeError, IndexError):
        return  # DuckDB will tell whoever runs it


def _effects(tree: exp.Expr) -> Iterator[Effect]:
    if isinstance(tree, exp.Create) and tree.args.get("kind") in ("TABLE", "VIEW"):
        target = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
        view, query = tree.args["kind"] == "VIEW", tree.args.get("expression")
        if isinstance(target, exp.Table) and query is not None:
            yield MadeTable(_reference(target), view, query=_query(query))
        elif isinstance(tree.this, exp.Schema):
            columns = tuple(
                Column(item.name, item.kind.sql("duckdb"))
                for item in tree.this.expressions
                if isinstance(item, exp.ColumnDef) and item.kind is not None
            )
            if columns:
                yield MadeTable(_reference(target), view, columns)
    elif isinstance(tree, exp.Attach):
        named = tree.this.this if isinstance(tree.this, exp.Alias) else tree.this
        alias = tree.this.alias if isinstance(tree.this, exp.Alias) else ""
        if isinstance(named, exp.Literal):
            yield AttachedDatabase(str(named.this), alias or _stem(str(named.this)))
    elif isinstance(tree, exp.Drop):
        for table in tree.args.get("tables") or ([tree.this] if tree.this is not None else []):
            if isinstance(table, exp.Table):
                yield TouchedTable(_reference(table), altered=True)
    elif isinstance(tree, (exp.Alter, exp.Insert, exp.Update, exp.Delete, exp.Copy)):
        found = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
        if isinstance(found, exp.Table):
            yield TouchedTable(_reference(found), altered=isinstance(tree, exp.Alter))
    elif isinstance(tree, exp.Query):
        yield _query(tree)


def _query(tree: exp.Expr) -> Query:
    tree = tree.copy()
    files: list[FileInQuery] = []
    for table in list(tree.find_all(exp.Table)):
        found = _file(table, f"file {len(files) + 1}")
        if found is not None:
            files.append(found)
            table.set("this", exp.to_identifier(found.name, quoted=True))
            if not table.alias and table.parent is not None:
                stem = _stem(found.path)
                table.set("alias", exp.TableAlias(this=exp.to_identifier(stem, quoted=True)))
    return Query(tree.sql(dialect="duckdb"), tuple(files))


def _file(table: exp.Table, name: str) -> FileInQuery | None:
    function = table.this
    if isinstance(function, exp.Identifier):
        form = format_of_name(function.this) if not table.db and function.quoted else None
        return FileInQuery(name, function.this, form) if form not in (None, "database") and form else None
    called = "read_csv" if isinstance(function, exp.ReadCSV) else function.name.casefold()
    if isinstance(function, exp.Func) and not isinstance(function, (exp.Anonymous, exp.ReadCSV)):
        called = function.sql_name().casefold()
    if called not in _READERS or not isinstance(function, exp.Func):
        return None
    arguments = [function.this, *function.expressions] if isinstance(function, exp.ReadCSV) else function.expressions
    path = arguments[0] if arguments else None
    if isinstance(path, exp.Array) and len(path.expressions) == 1:
        path = path.expressions[0]
    if not isinstance(path, exp.Literal) or not path.is_string:
        return None
    separator, header = "", True
    for item in arguments[1:]:
        if isinstance(item, (exp.EQ, exp.PropertyEQ)) and isinstance(item.expression, (exp.Literal, exp.Boolean)):
            key = item.this.name.casefold()
            if key in ("delim", "sep") and isinstance(item.expression, exp.Literal):
                separator = str(item.expression.this)
            elif key == "header":
                header = str(item.expression.this).casefold() not in ("false", "0")
    return FileInQuery(name, str(path.this), _READERS[called], separator, header)


def _reference(table: exp.Table) -> tuple[str, ...]:
    return tuple(part for part in (table.catalog, table.db, table.name) if part)


def _stem(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1].split(".", 1)[0]
