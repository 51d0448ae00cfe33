"""The period that a question asks for, where the query adds everything up: "monthly revenue per category" by category alone."""

from __future__ import annotations

from sqlglot import exp, parse_one

from jupyter_qwen.schema.periods import asked_period, period_column

from .bound import Bound
from .doubts import says_period


def group_by_period(bound: Bound) -> str | None:
    """A row for each period that the question names, by the one date that the query's tables have.

    Only for one SELECT of aggregates, without LIMIT, that says nothing of the period yet. A group by the date itself becomes one
    by the period.
    """
    period, tree = asked_period(bound.question), bound.tree
    if period is None or not isinstance(tree, exp.Select) or says_period(bound.sql, tree, period):
        return None
    view = next((found for found in bound.over_tables() if found.select is tree), None)
    if view is None or tree.args.get("limit") is not None or tree.find(exp.Window) is not None:
        return None
    dated = period_column(bound.question, [source.table for source in view.sources if source.table is not None])
    sources = [source for source in view.sources if dated is not None and source.table is dated[0]]
    if dated is None or len(sources) != 1:
        return None
    group, order = tree.args.get("group"), tree.args.get("order")
    keys = list(group.expressions) if group is not None else []
    outputs = [item.unalias() for item in tree.expressions]
    if not any(item.find(exp.AggFunc) for item in outputs) or (
        group is None and not all(i.find(exp.AggFunc) for i in outputs)
    ):
        return None
    if any(isinstance(key, exp.Literal) for key in (*keys, *(o.this for o in (order.expressions if order else ())))):
        return None  # positions would shift

    date = sources[0].written(dated[1].name)
    if len(view.sources) == 1:
        date.set("table", None)
    value = parse_one("year(x)" if period == "year" else f"date_trunc('{period}', x)", dialect="duckdb")
    for placeholder in list(value.find_all(exp.Column)):
        placeholder.replace(date)

    def is_date(node: exp.Expr) -> bool:
        if not isinstance(node, exp.Column) or node.name.casefold() != date.name.casefold():
            return False
        return view.owner(node) is sources[0]

    items = [item for item in tree.expressions if not is_date(item.unalias())]
    tree.set("expressions", [exp.alias_(value.copy(), period), *items])
    if group is None or not group.args.get("all"):
        tree.set("group", exp.Group(expressions=[value.copy(), *(key for key in keys if not is_date(key))]))
    sorting = [key for key in (order.expressions if order is not None else ()) if not is_date(key.this)]
    tree.set("order", exp.Order(expressions=[exp.Ordered(this=value.copy()), *sorting]))
    return f"The question asks for a row for each {period}; {dated[1].name} is the date."
