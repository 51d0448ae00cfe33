"""The period that a question asks for, where the query adds everything up: "monthly revenue per category" by category alone."""

from __future__ import annotations

from sqlglot import exp, parse_one

from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.periods import asked_period, period_column
from jupyter_qwen.sql.habits.doubts import says_period
from jupyter_qwen.sql.habits.query_tree import identifier, parsed, queries, written


def group_by_period(sql: str, question: str, schema: Schema) -> tuple[str, str] | None:
    """The query with a row for each period that the question names, by the one date that its tables have.

    Only for one SELECT of aggregates, without LIMIT, that says nothing of the period yet. A group by the date itself becomes one
    by the period.
    """
    period = asked_period(question)
    tree = parsed(sql) if period is not None else None
    if period is None or not isinstance(tree, exp.Select) or says_period(sql, tree, period):
        return None
    query = next((found for found in queries(tree, schema) if found.select is tree), None)
    if query is None or tree.args.get("limit") is not None or tree.find(exp.Window) is not None:
        return None
    dated = period_column(question, tuple(query.tables.values()))
    aliases = [alias for alias, table in query.tables.items() if dated is not None and table is dated[0]]
    if dated is None or len(aliases) != 1:
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

    date = exp.Column(this=identifier(dated[1].name))
    if len(query.tables) > 1:
        date.set("table", query.qualifier(aliases[0]).copy())
    value = parse_one("year(x)" if period == "year" else f"date_trunc('{period}', x)", dialect="duckdb")
    for placeholder in list(value.find_all(exp.Column)):
        placeholder.replace(date)

    def is_date(node: exp.Expression) -> bool:
        return isinstance(node, exp.Column) and node.name.casefold() == date.name.casefold() and (
            query.owner(node) == aliases[0]
        )  # fmt: skip

    items = [item for item in tree.expressions if not is_date(item.unalias())]
    tree.set("expressions", [exp.alias_(value.copy(), period), *items])
    if group is None or not group.args.get("all"):
        tree.set("group", exp.Group(expressions=[value.copy(), *(key for key in keys if not is_date(key))]))
    sorting = [key for key in (order.expressions if order is not None else ()) if not is_date(key.this)]
    tree.set("order", exp.Order(expressions=[exp.Ordered(this=value.copy()), *sorting]))
    return written(tree, sql), f"The question asks for a row for each {period}; {dated[1].name} is the date."
