"""The family of a query by its tree: what must be right in it beside names. Two queries of one family are built alike."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

_RANKS = (exp.RowNumber, exp.Rank, exp.DenseRank, exp.PercentRank, exp.Ntile)
_QUANTILES = (exp.Median, exp.Quantile, exp.PercentileCont, exp.PercentileDisc, exp.ApproxQuantile)
_PERIODS = (exp.Year, exp.Month, exp.Quarter, exp.Day, exp.DayOfWeek, exp.Extract, exp.TimestampTrunc, exp.DateTrunc)


def family(sql: str) -> str:
    """One word or two for the hardest part of `sql`: "pick in group", "ratio", "never", "plain" …"""
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    for name, found in _TESTS:
        if found(tree):
            return name
    return "plain"


def _has(tree: exp.Expr, *kinds: type[exp.Expr]) -> bool:
    return tree.find(*kinds) is not None


def _change(tree: exp.Expr) -> bool:
    return _has(tree, exp.Lag, exp.Lead)


def _windows(tree: exp.Expr) -> list[exp.Window]:
    return list(tree.find_all(exp.Window))


def _pick_in_group(tree: exp.Expr) -> bool:
    ranked = any(isinstance(w.this, _RANKS) and w.args.get("partition_by") for w in _windows(tree))
    return ranked or _has(tree, exp.ArgMax, exp.ArgMin) or _named(tree, "mode") or _latest_by_join(tree)


def _latest_by_join(tree: exp.Expr) -> bool:
    """Joined to its own group's MAX or MIN: ``JOIN (SELECT k, max(d) … GROUP BY k)``, or a subquery that looks outside."""
    for inner in tree.find_all(exp.Subquery):
        select = inner.this
        if not isinstance(select, exp.Select):
            continue
        extreme = any(isinstance(e.unalias(), (exp.Max, exp.Min)) for e in select.expressions)
        if extreme and (select.args.get("group") and isinstance(inner.parent, exp.Join)):
            return True
    return False


def _rank_overall(tree: exp.Expr) -> bool:
    return any(isinstance(w.this, _RANKS) for w in _windows(tree))


def _running(tree: exp.Expr) -> bool:
    return any(w.args.get("order") and isinstance(w.this, (exp.Sum, exp.Avg, exp.Count)) for w in _windows(tree))


def _window_aggregate(tree: exp.Expr) -> bool:
    return bool(_windows(tree))


def _ratio(tree: exp.Expr) -> bool:
    for division in tree.find_all(exp.Div):
        aggregates = division.find(exp.AggFunc) is not None
        halves = division.left.find(exp.AggFunc, exp.Subquery) and division.right.find(exp.AggFunc, exp.Subquery)
        nested = division.right.find(exp.Column) and division.left.find(exp.Column)
        if halves or (aggregates and nested) or (nested and _has(tree, exp.With)):
            return True
    return any(
        isinstance(average.this, exp.Case)
        and {literal.this for literal in average.find_all(exp.Literal)} <= {"0", "1", "100"}
        for average in tree.find_all(exp.Avg)
    )


def _never(tree: exp.Expr) -> bool:
    if _has(tree, exp.Except):
        return True
    for negation in tree.find_all(exp.Not):
        inner = negation.this
        if isinstance(inner, exp.Exists) or (isinstance(inner, exp.In) and inner.args.get("query") is not None):
            return True
    outer = any(join.side == "LEFT" for join in tree.find_all(exp.Join))
    missing = any(
        isinstance(check.expression, exp.Null) and not isinstance(check.parent, exp.Not)
        for check in tree.find_all(exp.Is)
    )
    return outer and missing


def _both(tree: exp.Expr) -> bool:
    if _has(tree, exp.Intersect, exp.LogicalAnd):
        return True
    having = tree.find(exp.Having)
    if having is not None and any(isinstance(c.this, exp.Distinct) for c in having.find_all(exp.Count)):
        return True
    return sum(i.args.get("query") is not None for i in tree.find_all(exp.In)) >= 2


def _difference(tree: exp.Expr) -> bool:
    return any(
        s.left.find(exp.AggFunc, exp.Subquery) and s.right.find(exp.AggFunc, exp.Subquery)
        for s in tree.find_all(exp.Sub)
    )


def _against_aggregate(tree: exp.Expr) -> bool:
    compared = [
        *tree.find_all(exp.GT),
        *tree.find_all(exp.LT),
        *tree.find_all(exp.GTE),
        *tree.find_all(exp.LTE),
        *tree.find_all(exp.EQ),
    ]
    return any(
        isinstance(side, exp.Subquery) and side.find(exp.Avg, exp.Max, exp.Min, exp.Sum, exp.Count)
        for c in compared
        for side in (c.this, c.expression)
    )


def _conditional(tree: exp.Expr) -> bool:
    return (
        _has(tree, exp.Filter)
        or any(a.find(exp.Case, exp.If) for a in tree.find_all(exp.AggFunc))
        or _has(tree, exp.Pivot)
    )


def _self_join(tree: exp.Expr) -> bool:
    for select in tree.find_all(exp.Select):
        source = select.args.get("from_") or select.args.get("from")
        names = [t.this.name.casefold() for t in ([source] if source else []) if isinstance(t.this, exp.Table)]
        names += [j.this.name.casefold() for j in select.args.get("joins") or [] if isinstance(j.this, exp.Table)]
        if len(set(names)) < len(names):
            return True
    return False


def _aggregate_of_groups(tree: exp.Expr) -> bool:
    return any(
        isinstance(s.this, exp.Select)
        and s.this.args.get("group")
        and s.parent_select
        and s.parent_select.find(exp.Avg, exp.Count, exp.Max)
        for s in (*tree.find_all(exp.Subquery), *tree.find_all(exp.CTE))
    )


def _named(tree: exp.Expr, *names: str) -> bool:
    return any(f.name.casefold() in names for f in tree.find_all(exp.Anonymous)) or (
        "mode" in names and _has(tree, exp.Mode)
    )


def _durations(tree: exp.Expr) -> bool:
    return _has(tree, exp.DateDiff, exp.TimestampDiff) or _named(tree, "date_sub", "age")


def _by_period(tree: exp.Expr) -> bool:
    return (
        _has(tree, *_PERIODS) or _named(tree, "dayname", "hour", "strftime", "date_part") or _has(tree, exp.TimeToStr)
    )


def _best_group(tree: exp.Expr) -> bool:
    return any(s.args.get("limit") and s.args.get("group") for s in tree.find_all(exp.Select))


def _best_row(tree: exp.Expr) -> bool:
    return any(s.args.get("limit") and s.args.get("order") for s in tree.find_all(exp.Select))


def _distinct_count(tree: exp.Expr) -> bool:
    return any(isinstance(c.this, exp.Distinct) for c in tree.find_all(exp.Count))


_TESTS = (
    ("change", _change),
    ("pick in group", _pick_in_group),
    ("rank", _rank_overall),
    ("running", _running),
    ("window aggregate", _window_aggregate),
    ("quantile", lambda t: _has(t, *_QUANTILES)),
    ("correlation", lambda t: _has(t, exp.Corr)),
    ("never", _never),
    ("both", _both),
    ("difference", _difference),
    ("ratio", _ratio),
    ("against aggregate", _against_aggregate),
    ("conditional", _conditional),
    ("self join", _self_join),
    ("having", lambda t: _has(t, exp.Having)),
    ("groups of groups", _aggregate_of_groups),
    ("duration", _durations),
    ("best group", _best_group),
    ("best row", _best_row),
    ("text search", lambda t: _has(t, exp.Like, exp.ILike) or _named(t, "regexp_matches", "contains")),
    ("empty", lambda t: any(isinstance(i.expression, exp.Null) for i in t.find_all(exp.Is))),
    ("period", _by_period),
    ("distinct", _distinct_count),
)
