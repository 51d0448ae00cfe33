"""NULLs that take rows away without saying so."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ..mends import binds, changed
from ..model import ReceiptWarning
from ..nodes import conjuncts, own_columns, sql_of
from ..parts import SelectPart, prefix_of
from ..probes import each
from ..wording import figure, rows


def null_in_not_in(part: SelectPart) -> list[ReceiptWarning]:
    """``NOT IN (SELECT …)`` over values of which one is NULL: no row can pass. Raises NotYet."""
    return each(list(_not_in(part.select)), lambda pair: _not_in_null(part, *pair))


def _not_in(select: exp.Expr) -> Iterator[tuple[exp.Expr, exp.Expr]]:
    for node in select.find_all(exp.Not):
        inner = node.this
        while isinstance(inner, exp.Paren):
            inner = inner.this
        if isinstance(inner, exp.In) and inner.find_ancestor(exp.Select) is select:
            yield node, inner
    for unequal in select.find_all(exp.NEQ):  # x <> ALL (SELECT …)
        if isinstance(unequal.expression, exp.All) and unequal.find_ancestor(exp.Select) is select:
            yield unequal, unequal


def _not_in_null(part: SelectPart, node: exp.Expr, inner: exp.Expr) -> list[ReceiptWarning]:
    query = inner.args.get("query") if isinstance(inner, exp.In) else inner.expression.this
    while isinstance(query, (exp.Subquery, exp.Paren)):
        query = query.this
    tested = sql_of(inner.this)
    if not isinstance(query, exp.Select):
        if isinstance(inner, exp.In) and any(isinstance(item, exp.Null) for item in inner.expressions):
            message = f"{sql_of(node)} is never true: the list holds NULL."
            return [ReceiptWarning("null-in-not-in", message, (tested,))]
        return []
    item = query.expressions[0]
    value = sql_of(item.this if isinstance(item, exp.Alias) else item)
    nulls = part.probes.number(f"{prefix_of(query)}SELECT count(*) FROM ({_bare(query)}) AS qwen_in(v) WHERE v IS NULL")
    if not nulls:
        return []
    kept = query.copy()
    kept.where(f"{value} IS NOT NULL", dialect="duckdb", copy=False)
    mend = binds(part, changed(part, [(query, kept)]))
    message = (
        f"{tested} NOT IN (…) is true for no row, because {figure(nulls)} of the values of {value} "
        f"{'is' if nulls == 1 else 'are'} NULL."
    )
    return [
        ReceiptWarning(
            "null-in-not-in", message, (tested, value), mend, "Leave the NULLs out of the list:" if mend else ""
        )
    ]


def _bare(query: exp.Expr) -> str:
    copy = query.copy()
    copy.set("with_", None)
    return sql_of(copy)


def null_in_comparison(part: SelectPart) -> list[ReceiptWarning]:
    """``<>`` and NOT over a column with NULLs, whose rows pass neither the test nor its opposite. Raises NotYet."""
    tests = []
    for item in conjuncts(part.where):
        inner = item
        while isinstance(inner, exp.Paren):
            inner = inner.this
        negated = isinstance(inner, exp.NEQ) or (
            isinstance(inner, exp.Not) and isinstance(inner.this, (exp.In, exp.EQ, exp.Like, exp.ILike, exp.Paren))
        )
        if negated and not inner.find(exp.Query, exp.Is, exp.Coalesce, exp.AggFunc):
            columns = list(own_columns(inner))
            if len(columns) == 1 and not _mentions_null(part, columns[0]):
                tests.append((inner, columns[0]))
    return each(tests, lambda pair: _neither(part, *pair))


def _mentions_null(part: SelectPart, column: exp.Column) -> bool:
    return (
        any(isinstance(found.this, exp.Column) and found.this == column for found in part.where.find_all(exp.Is))
        if part.where is not None
        else False
    )


def _neither(part: SelectPart, test: exp.Expr, column: exp.Column) -> list[ReceiptWarning]:
    others = [sql_of(item) for item in conjuncts(part.where) if item is not test and sql_of(item) != sql_of(test)]
    kept = " AND ".join([f"{sql_of(column)} IS NULL", *others])
    lost = part.probes.number(f"{part.prefix}SELECT count(*) {part.from_sql(where=False)} WHERE {kept}")
    if not lost:
        return []
    wider = exp.Paren(this=exp.or_(test.copy(), exp.Is(this=column.copy(), expression=exp.Null())))
    mend = binds(part, changed(part, [(test, wider)]))
    message = f"{sql_of(test)} also drops the {rows(lost)} where {sql_of(column)} is NULL."
    return [ReceiptWarning("null-in-comparison", message, (sql_of(column),), mend, "Keep them:" if mend else "")]


def averages_skip_nulls(part: SelectPart) -> list[ReceiptWarning]:
    """AVG over a column with NULLs, and SUM over arithmetic of which one side is NULL. Raises NotYet."""
    tests = [
        item
        for item in part.aggregates()
        if isinstance(item, (exp.Avg, exp.Sum)) and not isinstance(item.parent, exp.Filter)
    ]
    return each(tests, lambda item: _skipped(part, item))


def _skipped(part: SelectPart, item: exp.Expr) -> list[ReceiptWarning]:
    inner = item.this
    if isinstance(inner, exp.Distinct) or inner.find(exp.Case, exp.Coalesce, exp.Nullif, exp.Query, exp.Filter, exp.If):
        return []
    columns = list({sql_of(c): c for c in own_columns(inner)}.values())
    text = sql_of(inner)
    if isinstance(item, exp.Avg) and columns:
        if any(step.kind in ("left", "right", "full") for step in part.steps):
            return []
        all_, none, said, zero = part.probes.row(
            f"{part.prefix}SELECT count(*), count(*) - count({text}), avg(TRY_CAST({text} AS DOUBLE)), "
            f"avg(coalesce(TRY_CAST({text} AS DOUBLE), 0)) {part.from_sql()}"
        )
        if not none or none == all_ or _asked_for(part, columns):
            return []
        new = item.copy()
        new.set("this", exp.Coalesce(this=inner.copy(), expressions=[exp.Literal.number(0)]))
        mend = binds(part, changed(part, [(found, new) for found in part.select.walk() if found == item]))
        message = (
            f"{sql_of(item)} leaves out the {figure(none)} of {rows(all_)} where {text} is NULL: {figure(said)} over the others, "
            f"{figure(zero)} when NULL counts as 0."
        )
        return [
            ReceiptWarning(
                "average-skips-nulls", message, tuple(map(sql_of, columns)), mend, "If NULL means 0:" if mend else ""
            )
        ]
    if isinstance(item, exp.Sum) and isinstance(inner, (exp.Add, exp.Sub, exp.Mul, exp.Paren)) and len(columns) > 1:
        if any(step.kind in ("left", "right", "full") for step in part.steps):
            return []
        some = " OR ".join(f"{sql_of(column)} IS NOT NULL" for column in columns)
        lost = part.probes.number(
            f"{part.prefix}SELECT count(*) FILTER (WHERE {text} IS NULL AND ({some})) {part.from_sql()}"
        )
        if lost:
            message = (
                f"{sql_of(item)} leaves out {rows(lost)} where one of {', '.join(map(sql_of, columns))} is "
                f"NULL and another is not."
            )
            return [ReceiptWarning("null-in-sum", message, tuple(map(sql_of, columns)))]
    return []


def _asked_for(part: SelectPart, columns: list[exp.Column]) -> bool:
    """Whether the query already speaks of the NULLs of one of `columns`."""
    texts = {column.name.casefold() for column in columns}
    spoken = [*part.select.find_all(exp.Is), *part.select.find_all(exp.Count)]
    return any(c.name.casefold() in texts for node in spoken for c in node.find_all(exp.Column))
