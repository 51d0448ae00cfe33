"""Aggregates and windows in WHERE: they belong into HAVING, QUALIFY, or a subquery."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ...tree import conjuncts
from ..problem import Change, Problem


def move_condition(problem: Problem) -> Iterator[Change]:
    """``WHERE x = max(x)`` compares with a subquery; other conditions on aggregates move to HAVING, on windows to QUALIFY."""
    message = problem.error.message
    if "WHERE clause cannot contain" not in message:
        return
    windows = "window" in message
    edited = problem.edit()
    if edited is None:
        return
    tree, views = edited
    aliases = {
        a.alias.casefold(): a.this
        for view in views
        for a in view.select.expressions
        if isinstance(a, exp.Alias) and a.this.find(exp.Window if windows else exp.AggFunc)
    }
    changed = False
    for view in views:
        select = view.select
        where = select.args.get("where")
        if where is None or not isinstance(select, exp.Select):
            continue
        keep: list[exp.Expr] = []
        move: list[exp.Expr] = []
        for part in conjuncts(where.this):
            (move if _aggregates(part, aliases, windows) else keep).append(part.copy())
        if not move:
            continue
        changed = True
        subqueries = (
            []
            if windows or select.args.get("group") is not None
            else [m for m in move if _as_subquery(m, select, where)]
        )
        rest = [m for m in move if m not in subqueries]
        select.set("where", exp.Where(this=exp.and_(*keep, *subqueries, copy=False)) if keep or subqueries else None)
        for part in rest:
            if windows:
                qualify = select.args.get("qualify")
                select.set("qualify", exp.Qualify(this=exp.and_(qualify.this, part) if qualify else part))
            else:
                select.having(part, copy=False)
    if changed:
        yield Change(
            problem.write(tree),
            "A condition on a window belongs into QUALIFY."
            if windows
            else "WHERE sees single rows; a condition on an aggregate belongs into HAVING or a subquery.",
        )


def _aggregates(part: exp.Expr, aliases: dict[str, exp.Expr], windows: bool) -> bool:
    for node in part.find_all(exp.Window if windows else exp.AggFunc):
        if node.find_ancestor(exp.Subquery) is None:
            return True
    return any(c.name.casefold() in aliases and not c.table for c in part.find_all(exp.Column))


def _as_subquery(part: exp.Expr, select: exp.Select, where: exp.Where) -> bool:
    """Turn ``x = max(y)`` into ``x = (SELECT max(y) FROM …)`` in place; false when `part` is no such comparison."""
    if not isinstance(part, (exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NEQ)):
        return False
    from_ = select.args.get("from_") or select.args.get("from")
    for side, other in (("expression", part.left), ("this", part.right)):
        aggregate = part.args[side]
        if aggregate.find(exp.AggFunc) and not other.find(exp.AggFunc) and from_ is not None:
            inner = exp.select(aggregate.copy()).from_(from_.this.copy())
            for join in select.args.get("joins") or []:
                inner.append("joins", join.copy())
            part.set(side, exp.Subquery(this=inner))
            return True
    return False
