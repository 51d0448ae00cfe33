"""A column that a common table expression or subquery dropped, although its own tables have it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ...scopes import ScopeView
from ...tree import identifier
from ..problem import Change, Problem


def keep_column(problem: Problem) -> Iterator[Change]:
    """Add the column to the projection, and to GROUP BY where the inner query groups."""
    if not problem.is_about("column-of-table", "column"):
        return
    table, name = problem.names.get("table"), problem.names["name"]
    for number, view in enumerate(problem.views):
        if not any(True for _ in view.named(name, table or "")):
            continue
        for position, source in enumerate(view.sources):
            if source.inner is None or source.has(name):
                continue
            if table is not None and source.alias.casefold() != table.casefold():
                continue
            edited = problem.edit()
            if edited is None:
                return
            tree, views = edited
            inner = views[number].sources[position].inner
            inner_view = next((v for v in views if v.select is inner), None)
            if inner_view is not None and _add(inner_view, name):
                yield Change(problem.write(tree), f"{source.alias} did not pass on the column {name}.")


def _add(view: ScopeView, name: str) -> bool:
    holders = view.holders(name)
    select = view.select
    if not holders or not isinstance(select, exp.Select):
        return False
    column = exp.column(
        identifier(holders[0].columns[name.casefold()]),
        table=identifier(holders[0].alias) if len(view.sources) > 1 else None,
    )
    group = select.args.get("group")
    if group is not None and not group.args.get("all"):
        group.append("expressions", column.copy())
    elif group is None and any(e.find(exp.AggFunc) for e in select.expressions):
        return False
    select.append("expressions", column)
    return True
