"""A query inside, compared with as one value, that gives a row for each group: it lacks the link to the row outside."""

from __future__ import annotations

from sqlglot import exp

from ..scopes import FromItem, ScopeView
from ..tree import free_alias, identifier
from .bound import Bound

_ONE_VALUE = (
    exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Alias, exp.Select,
    exp.Coalesce,
)  # fmt: skip


def link_to_outer_row(bound: Bound) -> str | None:
    """`(SELECT sum(x) … GROUP BY name)` beside an operator becomes the sum of the outer row's own name.

    DuckDB refuses such a query when it meets the second group. Only where one table outside is the one that the groups come from,
    and outside an aggregate only columns that are grouped by can be linked to.
    """
    linked: list[str] = []
    for inner in bound.over_tables():
        outer, standing = inner.parent, inner.select.parent
        if outer is None or not isinstance(standing, exp.Subquery) or not isinstance(standing.parent, _ONE_VALUE):
            continue
        if isinstance(standing.parent, exp.Select) and standing.arg_key != "expressions":
            continue
        names = _link(inner, outer, standing)
        linked.extend(names)
    return (
        f"The inner query gives a row for each {', '.join(linked)}; only the outer row's is meant." if linked else None
    )


def _link(inner: ScopeView, outer: ScopeView, standing: exp.Subquery) -> list[str]:
    select = inner.select
    group = select.args.get("group")
    if not isinstance(group, exp.Group) or not group.expressions or len(select.expressions) != 1:
        return []
    if any(select.args.get(part) is not None for part in ("limit", "qualify", "distinct", "having")):
        return []
    keys = list(group.expressions)
    if not all(isinstance(key, exp.Column) for key in keys) or select.expressions[0].find(exp.AggFunc) is None:
        return []
    if any(column in keys for column in select.expressions[0].find_all(exp.Column)):
        return []
    if any(inner.owner(column) is None for column in inner.columns):
        return []
    outside = [_counterpart(inner, outer, key, standing) for key in keys]
    if any(column is None for column in outside):
        return []
    own = {id(column): inner.owner(column) for column in inner.columns}
    for source in inner.sources:
        taken = [other.alias for other in (*outer.sources, *inner.sources) if other is not source]
        if any(other.alias.casefold() == source.alias.casefold() for other in outer.sources):
            source.alias = free_alias(source.alias, [*taken, source.alias])
            source.node.set("alias", exp.TableAlias(this=identifier(source.alias)))
    for column in inner.columns:
        owner = own[id(column)]
        if owner is not None:
            column.set("table", identifier(owner.alias))
    pairs = [exp.EQ(this=key.copy(), expression=column) for key, column in zip(keys, outside, strict=True)]
    where = select.args.get("where")
    select.set("where", exp.Where(this=exp.and_(*([where.this] if where is not None else []), *pairs, copy=False)))
    select.set("group", None)
    return [key.name for key in keys]


def _counterpart(inner: ScopeView, outer: ScopeView, key: exp.Expr, standing: exp.Subquery) -> exp.Column | None:
    """The column of the outer query that `key` is to equal; None where that is not certain."""
    source = inner.owner(key) if isinstance(key, exp.Column) else None
    if source is None or source.table is None:
        return None
    same: list[FromItem] = [
        other for other in outer.sources if other.table is not None and other.table.reference == source.table.reference
    ]
    if len(same) != 1:
        return None
    column = same[0].written(source.columns[key.name.casefold()])
    group = outer.select.args.get("group")
    if group is None or standing.find_ancestor(exp.Where, exp.Having, exp.Select) is outer.select.args.get("where"):
        return column
    named = [each for each in group.expressions if isinstance(each, exp.Column) and outer.owner(each) is same[0]]
    return column if any(each.name.casefold() == key.name.casefold() for each in named) else None
