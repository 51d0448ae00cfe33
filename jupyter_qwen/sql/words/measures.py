"""Aggregates in words, with what they count: rows of which table, which values, under which condition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlglot import exp

from jupyter_qwen.sql.words.scene import Scene, Source, bare, number_of

Value = Callable[[exp.Expr, Scene], str]
_ONE: Final[dict[type[exp.Expr], str]] = {
    exp.Sum: "sum", exp.Avg: "avg", exp.Median: "median", exp.Stddev: "stddev", exp.StddevSamp: "stddev",
    exp.StddevPop: "stddev", exp.Variance: "variance", exp.Mode: "mode", exp.GroupConcat: "joined_text",
    exp.ArrayAgg: "listed", exp.AnyValue: "any_value", exp.First: "any_value",
}  # fmt: skip


def measure(node: exp.Expr, scene: Scene, value: Value, condition: Value) -> str | None:
    """What an aggregate gives; None where `node` is none that is known here."""
    if isinstance(node, exp.CountIf):
        return scene.say("for_which", what=scene.say("count_rows", what=rows(scene)), cond=condition(node.this, scene))
    counted = _counted_case(node)
    if counted is not None:
        what, when = counted
        inner = (
            scene.say("count_rows", what=rows(scene))
            if what is None
            else scene.say(_ONE[type(node)], x=value(what, scene))
        )
        return scene.say("for_which", what=inner, cond=condition(when, scene))
    if isinstance(node, exp.Count):
        return _count(node, scene, value)
    if isinstance(node, (exp.Min, exp.Max)) and not node.expressions:
        times = scene.is_time(bare(node.this))
        largest = isinstance(node, exp.Max)
        key = ("latest" if largest else "earliest") if times else "max" if largest else "min"
        return scene.say(key, x=value(node.this, scene))
    if isinstance(node, (exp.ArgMax, exp.ArgMin)):
        key = "arg_max" if isinstance(node, exp.ArgMax) else "arg_min"
        return scene.say(key, x=value(node.this, scene), y=value(node.expression, scene))
    if isinstance(node, (exp.PercentileCont, exp.PercentileDisc, exp.Quantile)):
        share = (
            node.expression if isinstance(node, exp.Expr) and node.args.get("expression") else node.args.get("quantile")
        )
        if number_of(share) is not None:
            key = "median" if number_of(share) == 0.5 else "quantile"
            return scene.say(
                key, x=value(node.this, scene), **({} if key == "median" else {"p": f"{number_of(share):g}"})
            )
        return None
    if isinstance(node, exp.Corr):
        return scene.say("corr", x=value(node.this, scene), y=value(node.expression, scene))
    if isinstance(node, (exp.LogicalAnd, exp.LogicalOr)):
        return scene.say("every" if isinstance(node, exp.LogicalAnd) else "some", cond=condition(node.this, scene))
    key = _ONE.get(type(node), "")
    if not key or not isinstance(node.this, exp.Expr):
        return None
    return scene.say(key, x=value(_of(node.this), scene))


def _of(node: exp.Expr) -> exp.Expr:
    """What an aggregate is taken over; an ORDER BY inside it says in which order a list stands."""
    return node.this if isinstance(node, exp.Order) and isinstance(node.this, exp.Expr) else node


def rows(scene: Scene) -> str:
    """What one row of the SELECT is: a row of the table that the joins do not multiply, else rows of all of them."""
    only = scene.sources[0] if len(scene.sources) == 1 else scene.grain
    if only is not None and not may_lack(only, scene):
        return scene.shown(only) if only.table is not None else scene.say("rows_of", source=scene.shown(only))
    names = scene.book.listing([scene.shown(source) for source in scene.sources])
    return scene.say("pairs_of", source=names) if names else scene.say("no_source")


def counts_rows(node: exp.Expr, scene: Scene) -> str | None:
    """What a plain count counts, where it counts rows of one table or of the join: ``count(*)``, or of a key never missing."""
    node = bare(node)
    if not isinstance(node, exp.Count) or node.args.get("distinct"):
        return None
    inner = node.this
    if inner is None or isinstance(inner, (exp.Star, exp.Literal)):
        return rows(scene)
    if isinstance(inner, exp.Column):
        owner = scene.owner(inner)
        if owner is None or not _is_key(inner, scene):
            return None
        if owner is scene.grain or len(scene.sources) == 1:
            return scene.shown(owner)
        return None if may_lack(owner, scene) else rows(scene)
    return None


def may_lack(source: Source, scene: Scene) -> bool:
    """Whether a joined row may have NULLs in the place of a row of `source`."""
    position = next((i for i, each in enumerate(scene.sources) if each is source), 0)
    after = scene.sources[position + 1 :]
    return source.side in ("LEFT", "FULL") or any(each.side in ("RIGHT", "FULL") for each in after)


def _is_key(column: exp.Column, scene: Scene) -> bool:
    owner = scene.owner(column)
    key = owner.table.primary_key if owner is not None and owner.table is not None else ()
    return len(key) == 1 and key[0].casefold() == column.name.casefold()


def _count(node: exp.Count, scene: Scene, value: Value) -> str:
    what = counts_rows(node, scene)
    if what is not None:
        return scene.say("count_rows", what=what)
    if isinstance(node.this, exp.Distinct):
        return scene.say("count_distinct", x=scene.book.listing([value(each, scene) for each in node.this.expressions]))
    return scene.say("count_values", x=value(node.this, scene))


def _counted_case(node: exp.Expr) -> tuple[exp.Expr | None, exp.Expr] | None:
    """(what, condition) of ``sum(CASE WHEN condition THEN what ELSE 0 END)``; what is None where rows are counted so."""
    if not isinstance(node, (exp.Sum, exp.Count)) or not isinstance(node.this, exp.Expr):
        return None
    case = bare(node.this)
    branches = case.args.get("ifs") if isinstance(case, exp.Case) else None
    if isinstance(case, exp.If):
        when, then, other = case.this, case.args.get("true"), case.args.get("false")
    elif branches and len(branches) == 1 and case.this is None:
        when, then, other = branches[0].this, branches[0].args.get("true"), case.args.get("default")
    elif isinstance(case, (exp.Cast, exp.TryCast)) and isinstance(
        bare(case.this), (exp.Predicate, exp.Connector, exp.Not)
    ):
        return (None, bare(case.this)) if isinstance(node, exp.Sum) else None
    else:
        return None
    if isinstance(node, exp.Count):
        counted = other is None or isinstance(other, exp.Null)
        return (None, when) if counted and isinstance(then, exp.Literal) else None
    if other is not None and not isinstance(other, exp.Null) and number_of(other) != 0:
        return None
    if then is None:
        return None
    return (None, when) if number_of(then) == 1 else (then, when)
