"""A query as a tree whose tables are those of the schema: what the mechanical second looks have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.scope import traverse_scope

from jupyter_qwen.schema.model import Schema, Table


@dataclass(frozen=True)
class Query:
    """One SELECT, its tables and their nodes in the tree by folded alias."""

    select: exp.Select
    tables: dict[str, Table]
    nodes: dict[str, exp.Table]

    def owner(self, column: exp.Column) -> str | None:
        """The alias of the table that `column` belongs to; None when that is not certain."""
        if column.table:
            alias = column.table.casefold()
            return alias if alias in self.tables else None
        found = [alias for alias, table in self.tables.items() if table.column(column.name) is not None]
        return found[0] if len(found) == 1 else None

    def qualifier(self, alias: str) -> exp.Identifier:
        """What stands before the dot for the table called `alias`, as the query writes it."""
        node = self.nodes[alias]
        named = node.args.get("alias")
        found = named.this if isinstance(named, exp.TableAlias) else node.this
        return found if isinstance(found, exp.Identifier) else identifier(alias)


def parsed(sql: str) -> exp.Expression | None:
    """The tree, or None: DuckDB understands more than sqlglot, and such a query stays as it is."""
    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb")
    except sqlglot.errors.SqlglotError:
        return None
    return tree if isinstance(tree, exp.Expression) else None


def written(tree: exp.Expression, before: str) -> str:
    """The tree as SQL, on as many lines as the text it came from."""
    return tree.sql(dialect="duckdb", pretty="\n" in before)


def queries(tree: exp.Expression, schema: Schema) -> Iterator[Query]:
    """The SELECTs whose sources are all tables of the schema, joined or alone."""
    for scope in traverse_scope(tree):
        if not isinstance(scope.expression, exp.Select):
            continue
        nodes = {name.casefold(): node for name, node in scope.sources.items() if isinstance(node, exp.Table)}
        tables = {alias: table for alias, node in nodes.items() if (table := schema.table(node.name)) is not None}
        if tables and len(tables) == len(scope.sources):
            yield Query(scope.expression, tables, nodes)


def identifier(name: str) -> exp.Identifier:
    """`name` in a tree, in quotes unless it is plain."""
    return exp.to_identifier(name, quoted=not (name.isascii() and name.isidentifier()))
