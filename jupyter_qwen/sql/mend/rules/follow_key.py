"""``friend.name`` where friend holds two keys into people and only one is followed: the other is meant."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from jupyter_qwen.schema.keys import Edge

from ...scopes import ScopeView
from ...tree import equal_columns, free_alias, table_as
from ..problem import Change, Problem
from .columns import point


def follow_key(problem: Problem) -> Iterator[Change]:
    """Join the table once more over the key that the query does not use yet."""
    if not problem.is_about("column-of-table"):
        return
    table, name = problem.names["table"], problem.names["name"]
    for number, view in enumerate(problem.views):
        source = view.source(table)
        if source is None or source.table is None or source.has(name):
            continue
        used = {c.name.casefold() for c in view.columns if c.table.casefold() == table.casefold()}
        present = {s.table.reference for s in view.sources if s.table is not None}
        for key in source.table.foreign_keys:
            target = problem.schema.table(key.table)
            if target is None or target.reference not in present or target.column(name) is None:
                continue
            if any(column.casefold() in used for column in key.columns):
                continue
            edited = problem.edit()
            if edited is None:
                return
            tree, views = edited
            edge = Edge(source.table, target, tuple(zip(key.columns, key.referenced_columns, strict=False)))
            _join(views[number], table, name, edge)
            keys = ", ".join(key.columns)
            yield Change(problem.write(tree), f"{table}.{keys} refers to {target.name}, which has the column {name}.")


def _join(view: ScopeView, table: str, name: str, edge: Edge) -> None:
    alias = free_alias(edge.right.name, (s.alias for s in view.sources))
    assert isinstance(view.select, exp.Select)
    condition = equal_columns(table, alias, edge.on)
    view.select.join(table_as(edge.right.reference, alias), on=condition, copy=False)
    for column in list(view.named(name, table)):
        point(column, alias, column.name)
