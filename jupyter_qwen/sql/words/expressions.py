"""Expressions in words: columns, literals, arithmetic, functions, CASE, aggregates and windows."""

from __future__ import annotations

from typing import Any, Final

from sqlglot import exp

from jupyter_qwen.sql.words import measures, predicates, windows
from jupyter_qwen.sql.words.dates import period
from jupyter_qwen.sql.words.scene import Scene, bare, number_of

_MOST_DEPTH: Final = 14
_OPERATIONS: Final[dict[type[exp.Expr], str]] = {
    exp.Add: "plus",
    exp.Sub: "minus",
    exp.Mul: "times",
    exp.Div: "divided",
}
_PREDICATES: Final = (exp.Predicate, exp.Connector, exp.Not, exp.Between, exp.In)
_PLAIN_CALLS: Final[dict[type[exp.Expr], str]] = {
    exp.Abs: "absolute",
    exp.Floor: "whole_part",
    exp.Length: "length",
    exp.Lower: "lower",
    exp.Upper: "upper",
}


def value(node: Any, scene: Scene) -> str:
    """`node` in words, or as its code in backticks where there are none. Never raises on a tree that sqlglot made."""
    if not isinstance(node, exp.Expr):
        return "…"
    scene.depth += 1
    try:
        if scene.depth > _MOST_DEPTH:
            return scene.code(node)
        return _value(bare(node), scene) or scene.code(node)
    finally:
        scene.depth -= 1


def _value(node: exp.Expr, scene: Scene) -> str | None:
    if isinstance(node, exp.Column):
        return _column(node, scene)
    if isinstance(node, exp.Literal):
        return scene.book.quoted(node.this) if node.is_string else str(node.this)
    if isinstance(node, (exp.Boolean, exp.Neg)):
        return node.sql("duckdb")
    if isinstance(node, exp.Null):
        return scene.say("missing")
    if _is_day(node, scene):
        return scene.say("day", x=value(node.this, scene))
    if isinstance(node, (exp.Cast, exp.TryCast)) and isinstance(node.this, (exp.Literal, exp.Column)):
        literal = isinstance(node.this, exp.Literal) and node.this.is_string and scene.is_time(node)
        kind = node.to.sql("duckdb").upper()
        same = scene.is_text(node.this) or kind.startswith(("VARCHAR", "TEXT", "BIGINT", "TIMESTAMP", "DATE"))
        return str(node.this.this) if literal else value(node.this, scene) if same else None
    if isinstance(node, exp.Filter):
        return _filtered(node, scene)
    if isinstance(node, exp.Window):
        return windows.window(node, scene, value)
    found = period(node)
    if found is not None:
        return scene.say(found[0], x=value(found[1], scene))
    if isinstance(node, (exp.Subquery, exp.Select)) and scene.depth < _MOST_DEPTH:
        return scene.reads.value_of(node, scene.schema, scene.book)
    return (
        windows.against_others(node, scene, value)
        or measures.measure(node, scene, value, _condition)
        or _arithmetic(node, scene)
        or _call(node, scene)
    )


def _is_day(node: exp.Expr, scene: Scene) -> bool:
    """A time cut to its day by a cast."""
    if not isinstance(node, (exp.Cast, exp.TryCast)) or node.to.sql("duckdb").upper() != "DATE":
        return False
    inner = bare(node.this)
    known = scene.column(inner) if isinstance(inner, exp.Column) else None
    return scene.is_time(inner) and (known is None or known.type.upper() != "DATE")


def _condition(node: exp.Expr, scene: Scene) -> str:
    return predicates.condition(node, scene, value)


def _column(node: exp.Column, scene: Scene) -> str:
    return scene.named(node)


def _filtered(node: exp.Filter, scene: Scene) -> str | None:
    where = node.expression.this if isinstance(node.expression, exp.Where) else node.expression
    key = "such" if len(predicates.terms_of(where)) > 1 else "for_which"
    return scene.say(key, what=value(node.this, scene), cond=_condition(where, scene))


def _arithmetic(node: exp.Expr, scene: Scene) -> str | None:
    key = _OPERATIONS.get(type(node))
    if key is None or not isinstance(node, exp.Binary):
        return None
    parts = _percent(node)
    if parts is not None:
        return scene.say("percent", a=_operand(parts[0], scene), b=_operand(_denominator(parts[1]), scene))
    left, right = bare(node.left), bare(node.right)
    if isinstance(right, exp.Interval) and key in ("plus", "minus"):
        unit = right.text("unit").casefold()
        amount = str(right.this.this) if isinstance(right.this, exp.Literal) else ""
        if amount and unit:
            return scene.say("back" if key == "minus" else "onward", n=amount, unit=unit, x=value(left, scene))
    if key == "times" and 1.0 in (number_of(left), number_of(right)):
        return value(right if number_of(left) == 1.0 else left, scene)
    if key == "divided":
        right = _denominator(right)
    return scene.say(key, a=_operand(left, scene), b=_operand(right, scene))


def _percent(node: exp.Expr) -> tuple[exp.Expr, exp.Expr] | None:
    """(a, b) of ``100 * a / b`` in any of its spellings."""
    if isinstance(node, exp.Div):
        top, bottom = bare(node.left), bare(node.right)
        if isinstance(top, exp.Mul):
            for one, other in ((top.left, top.right), (top.right, top.left)):
                if number_of(one) == 100:
                    return bare(other), bottom
        return None
    if isinstance(node, exp.Mul):
        for one, other in ((node.left, node.right), (node.right, node.left)):
            inside = bare(other)
            if number_of(one) == 100 and isinstance(inside, exp.Div):
                return bare(inside.left), bare(inside.right)
    return None


def _denominator(node: exp.Expr) -> exp.Expr:
    """``nullif(x, 0)`` divides as x does."""
    node = bare(node)
    return bare(node.this) if isinstance(node, exp.Nullif) and number_of(node.expression) == 0 else node


def _operand(node: exp.Expr, scene: Scene) -> str:
    inner = bare(node)
    while isinstance(inner, exp.Mul) and 1.0 in (number_of(inner.left), number_of(inner.right)):
        inner = bare(inner.right if number_of(inner.left) == 1.0 else inner.left)
    text = value(inner, scene)
    return (
        scene.say("group", x=text)
        if isinstance(inner, (*_OPERATIONS, exp.Coalesce, exp.Case)) and not text.startswith("`")
        else text
    )


def _call(node: exp.Expr, scene: Scene) -> str | None:
    key = _PLAIN_CALLS.get(type(node))
    if key:
        return scene.say(key, x=value(node.this, scene))
    if isinstance(node, exp.Coalesce) and len(node.expressions) == 1:
        return scene.say("or_else", x=value(node.this, scene), y=value(node.expressions[0], scene))
    if isinstance(node, exp.DateDiff):
        unit = node.text("unit").casefold() or "day"
        key = "days_between" if unit == "day" else "units_between"
        return scene.say(key, unit=unit, a=value(node.expression, scene), b=value(node.this, scene))
    if isinstance(node, exp.Interval) and isinstance(node.this, exp.Literal):
        return scene.say("duration", n=node.this.this, unit=node.text("unit").casefold())
    if isinstance(node, exp.IntDiv):
        return scene.say(
            "whole_part",
            x=scene.say("group", x=scene.say("divided", a=value(node.left, scene), b=value(node.right, scene))),
        )
    if isinstance(node, exp.CurrentDate):
        return scene.say("today")
    if isinstance(node, (exp.CurrentTimestamp, exp.CurrentTime)):
        return scene.say("now")
    if isinstance(node, (exp.Explode, exp.Unnest)):
        inner = node.this if isinstance(node, exp.Explode) else next(iter(node.expressions), None)
        return scene.say("element", x=value(inner, scene))
    if isinstance(node, exp.Dot):
        return f"{value(node.this, scene)}.{node.expression.name}" if node.expression.name else None
    if isinstance(node, (exp.Case, exp.If)):
        return _case(node, scene)
    if isinstance(node, exp.Distinct) and len(node.expressions) == 1:
        return scene.say("distinct_x", x=value(node.expressions[0], scene))
    if isinstance(node, _PREDICATES):
        return scene.say("whether", cond=_condition(node, scene))
    return None


def _case(node: exp.Case | exp.If, scene: Scene) -> str | None:
    branches = [node] if isinstance(node, exp.If) else list(node.args.get("ifs") or [])
    default = node.args.get("false") if isinstance(node, exp.If) else node.args.get("default")
    if not branches:
        return None
    results = [branch.args.get("true") for branch in branches]
    if len(branches) == 1:
        when = (
            branches[0].this
            if node is branches[0] or node.this is None
            else exp.EQ(this=node.this, expression=branches[0].this)
        )
        text = scene.say("case_one", a=value(results[0], scene), cond=_condition(when, scene))
        return scene.say("case_else", a=text, b=value(default, scene)) if default is not None else text
    given = [value(result, scene) for result in (*results, *([default] if default is not None else []))]
    tested = {c.name for branch in branches for c in branch.this.find_all(exp.Column)}
    if isinstance(node.this, exp.Column):
        tested.add(node.this.name)
    values = scene.book.listing(list(dict.fromkeys(given)), "or")
    return (
        scene.say("case_many", values=values, on=next(iter(tested)))
        if len(tested) == 1
        else scene.say("case_plain", values=values)
    )
