"""An aggregate of an aggregate: the inner one is a query of its own."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ..problem import Change, Problem


def nested_aggregate(problem: Problem) -> Iterator[Change]:
    """``SELECT max(count(*)) FROM t GROUP BY a`` becomes ``SELECT max(value) FROM (SELECT count(*) AS value … GROUP BY a)``."""
    if not problem.is_about("nested-aggregate"):
        return
    edited = problem.edit()
    if edited is None:
        return
    tree, views = edited
    for view in views:
        select = view.select
        nested = [
            outer
            for item in select.expressions
            for outer in item.find_all(exp.AggFunc)
            if any(True for _ in _inner(outer))
        ]
        if not nested or select.args.get("group") is None or len(select.expressions) != len(nested):
            continue
        query = select.copy()
        outputs = []
        for number, outer in enumerate(nested):
            inner = next(_inner(outer))
            outputs.append(exp.alias_(inner.copy(), f"value_{number + 1}"))
            inner.replace(exp.column(f"value_{number + 1}"))
        query.set("expressions", outputs)
        for key in ("order", "limit", "with", "with_"):
            query.set(key, None)
        for key in ("group", "having", "where", "joins"):
            select.set(key, None)
        key = "from_" if "from_" in select.args else "from"
        select.set(
            key, exp.From(this=exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier("groups_"))))
        )
        yield Change(problem.write(tree), "An aggregate of aggregates needs the inner ones in a subquery.")
        return


def _inner(aggregate: exp.Expr) -> Iterator[exp.Expr]:
    for node in aggregate.find_all(exp.AggFunc):
        if node is not aggregate:
            yield node
