"""A join condition on a column that its table lacks: the table between the two is missing."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from jupyter_qwen.schema.keys import Edge, edges_from

from ...scopes import ScopeView
from ...tree import equal_columns, free_alias, table_as
from ..problem import Change, Problem
from .columns import point


def bridge_join(problem: Problem) -> Iterator[Change]:
    """``programs p JOIN courses c ON p.id = c.program_id`` gets the enrolments between the two."""
    if not problem.is_about("column-of-table"):
        return
    table, name = problem.names["table"], problem.names["name"]
    for number, view in enumerate(problem.views):
        source = view.source(table)
        if source is None or source.table is None or source.has(name):
            continue
        present = {s.table.reference for s in view.sources if s.table is not None}
        for edge in edges_from(source.table, problem.schema):
            if edge.right.reference in present or edge.right.column(name) is None:
                continue
            edited = problem.edit()
            if edited is None:
                return
            tree, views = edited
            if _insert(views[number], table, name, edge):
                yield Change(
                    problem.write(tree), f"{source.table.name} has no {name}; {edge.right.name} stands between the two."
                )


def _insert(view: ScopeView, table: str, name: str, edge: Edge) -> bool:
    """Put the bridge before the join whose condition names the missing column, and give it that condition."""
    joins = view.select.args.get("joins") or []
    missing = {id(column) for column in view.named(name, table)}
    for position, join in enumerate(joins):
        condition = join.args.get("on")
        if condition is None or join.alias_or_name.casefold() != table.casefold():
            continue
        if not any(id(column) in missing for column in condition.find_all(exp.Column)):
            continue
        bridge = free_alias(edge.right.name, (s.alias for s in view.sources))
        how = {"kind": join.args.get("kind"), "side": join.args.get("side")}
        between = exp.Join(this=table_as(edge.right.reference, bridge), on=condition, **how)
        join.set("on", equal_columns(table, bridge, edge.on))
        view.select.set("joins", [*joins[:position], between, *joins[position:]])
        for column in list(view.named(name, table)):
            point(column, bridge, column.name)
        return True
    return False
