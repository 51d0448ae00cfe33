"""Conditions in words: comparisons, lists, ranges, texts, periods, NULL tests, and rows that another table has or lacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlglot import exp

from jupyter_qwen.sql.words.dates import day_of, is_year, last_day_of, span
from jupyter_qwen.sql.words.scene import Scene, bare, number_of

Value = Callable[[exp.Expr, Scene], str]
_NUMBERS: Final = {exp.EQ: "eq", exp.NEQ: "neq", exp.GT: "gt", exp.GTE: "gte", exp.LT: "lt", exp.LTE: "lte"}
_TIMES: Final = {**_NUMBERS, exp.GT: "after", exp.GTE: "from", exp.LT: "before", exp.LTE: "until"}
_TURNED: Final[dict[type[exp.Expr], type[exp.Binary]]] = {
    exp.GT: exp.LT, exp.GTE: exp.LTE, exp.LT: exp.GT, exp.LTE: exp.GTE, exp.EQ: exp.EQ, exp.NEQ: exp.NEQ
}  # fmt: skip


def condition(node: exp.Expr, scene: Scene, value: Value) -> str:
    """`node`, which is true or false, in words; its code in backticks where there are none."""
    terms = _flat(bare(node), exp.And)
    if len(terms) == 1:
        return _one(terms[0], scene, value)
    said = [text for text, _ in _periods(terms, scene, value)]
    used = {id(term) for _, pair in _periods(terms, scene, value) for term in pair}
    said += [_in_group(term, scene, value) for term in terms if id(term) not in used]
    return scene.book.listing(said, "and")


def terms_of(node: exp.Expr) -> list[exp.Expr]:
    """The conditions that AND puts together."""
    return _flat(bare(node), exp.And)


def _flat(node: exp.Expr, kind: type[exp.Connector]) -> list[exp.Expr]:
    found: list[exp.Expr] = []
    waiting = [node]
    while waiting:
        each = bare(waiting.pop())
        if isinstance(each, kind):
            waiting += [each.right, each.left]
        else:
            found.append(each)
    return found


def _in_group(node: exp.Expr, scene: Scene, value: Value) -> str:
    text = _one(node, scene, value)
    return scene.say("group", x=text) if isinstance(node, exp.Or) else text


def _periods(terms: list[exp.Expr], scene: Scene, value: Value) -> list[tuple[str, list[exp.Expr]]]:
    """Pairs ``x >= day AND x < day`` that are one period, in words and with their terms."""
    found: list[tuple[str, list[exp.Expr]]] = []
    for low in terms:
        if not isinstance(low, exp.GTE) or day_of(low.right) is None:
            continue
        for high in terms:
            if not isinstance(high, (exp.LT, exp.LTE)) or high.left != low.left:
                continue
            first, end = day_of(low.right), day_of(high.right)
            name = span(first, end) if isinstance(high, exp.LT) and first is not None and end is not None else None
            if name is not None:
                found.append((scene.say("in_period", a=value(low.left, scene), b=name), [low, high]))
                break
    return found


def _one(node: exp.Expr, scene: Scene, value: Value) -> str:
    node = bare(node)
    scene.depth += 1
    try:
        if scene.depth > 14:
            return scene.code(node)
        return _said(node, scene, value) or scene.code(node)
    finally:
        scene.depth -= 1


def _said(node: exp.Expr, scene: Scene, value: Value) -> str | None:
    if isinstance(node, exp.Or):
        return scene.book.listing([_and_in_group(term, scene, value) for term in _flat(node, exp.Or)], "or")
    if isinstance(node, exp.And):
        return condition(node, scene, value)
    if isinstance(node, exp.Not):
        return _negated(bare(node.this), scene, value)
    if isinstance(node, exp.Is):
        return _is(node, scene, value)
    if type(node) in _NUMBERS and isinstance(node, exp.Binary):
        return _comparison(node, scene, value)
    if isinstance(node, exp.Between):
        return _between(node, scene, value, "between")
    if isinstance(node, exp.In):
        return _in(node, scene, value, negated=False)
    if isinstance(node, exp.Exists):
        return _exists(node, scene, "having")
    if node.args.get("negate"):
        inner = node.copy()
        inner.set("negate", None)
        return _negated(inner, scene, value)
    if isinstance(node, (exp.Like, exp.ILike)):
        return _like(node, scene, value)
    if isinstance(node, (exp.Contains, exp.StartsWith, exp.EndsWith, exp.ArrayContains)):
        key = {exp.StartsWith: "starts", exp.EndsWith: "ends"}.get(type(node), "contains")
        return scene.say(key, a=value(node.this, scene), b=value(node.expression, scene))
    if isinstance(node, exp.Column):
        return scene.say("true", a=value(node, scene))
    if isinstance(node, (exp.LogicalAnd, exp.LogicalOr)):
        return value(node, scene)
    return None


def _and_in_group(node: exp.Expr, scene: Scene, value: Value) -> str:
    text = condition(node, scene, value)
    return scene.say("group", x=text) if isinstance(bare(node), exp.And) else text


def _negated(inner: exp.Expr, scene: Scene, value: Value) -> str:
    if isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null):
        return scene.say("not_null", a=value(inner.this, scene))
    if isinstance(inner, exp.In):
        said = _in(inner, scene, value, negated=True)
        if said is not None:
            return said
    if isinstance(inner, exp.Exists):
        return _exists(inner, scene, "without") or scene.code(exp.Not(this=inner.copy()))
    if isinstance(inner, exp.Between):
        return _between(inner, scene, value, "not_between")
    if isinstance(inner, exp.Column):
        return scene.say("false", a=value(inner, scene))
    return scene.say("not", x=_one(inner, scene, value))


def _is(node: exp.Is, scene: Scene, value: Value) -> str | None:
    if isinstance(node.expression, exp.Null):
        return scene.say("null", a=value(node.this, scene))
    if isinstance(node.expression, exp.Boolean):
        return scene.say("true" if node.expression.this else "false", a=value(node.this, scene))
    return None


def _comparison(node: exp.Binary, scene: Scene, value: Value) -> str:
    left, right, kind = bare(node.left), bare(node.right), type(node)
    if isinstance(left, exp.Literal) and not isinstance(right, exp.Literal):
        left, right, kind = right, left, _TURNED[kind]
    dated = is_year(left)
    if kind is exp.EQ and dated is not None and number_of(right) is not None:
        return scene.say("in_period", a=value(dated, scene), b=f"{number_of(right):.0f}")
    if isinstance(right, exp.Boolean) and kind in (exp.EQ, exp.NEQ):
        return scene.say("true" if bool(right.this) == (kind is exp.EQ) else "false", a=value(left, scene))
    if kind is exp.EQ and isinstance(left, (exp.TimestampTrunc, exp.DateTrunc)) and isinstance(right, exp.Literal):
        return scene.say("eq", a=value(left, scene), b=_end(right, scene, value))
    day = day_of(right)
    keys = _TIMES if day is not None or scene.is_time(left) or scene.is_time(right) else _NUMBERS
    end = _end(right, scene, value) if day else value(right, scene)
    if kind in (exp.GT, exp.LTE, exp.EQ, exp.NEQ):
        end += _midnight(left, right, scene)
    return scene.say(keys[kind], a=value(left, scene), b=end)


def _end(node: exp.Expr, scene: Scene, value: Value) -> str:
    """A bound: a day as a day, without quotes."""
    day = day_of(node)
    return day.isoformat() if day is not None else value(node, scene)


def _midnight(tested: exp.Expr, bound: exp.Expr, scene: Scene) -> str:
    """A day as the upper bound of moments is its first instant, not all of it."""
    known = scene.column(tested) if isinstance(tested, exp.Column) else None
    return " 00:00" if known is not None and known.type.upper().startswith("TIMESTAMP") and day_of(bound) else ""


def _between(node: exp.Between, scene: Scene, value: Value, key: str) -> str:
    low, high = node.args["low"], node.args["high"]
    first, last = day_of(low), last_day_of(high)
    end = (
        last.isoformat()
        if first is not None and last is not None
        else _end(high, scene, value) + _midnight(node.this, high, scene)
    )
    return scene.say(key, a=value(node.this, scene), b=_end(low, scene, value), c=end)


def _in(node: exp.In, scene: Scene, value: Value, *, negated: bool) -> str | None:
    query = node.args.get("query")
    if query is not None:
        inner = query.this if isinstance(query, exp.Subquery) else query
        said = scene.reads.value_of(inner, scene.schema, scene.book) if isinstance(inner, exp.Expr) else None
        if said is None:
            return None
        return scene.say("not_among" if negated else "among", a=value(node.this, scene), b=said)
    items = node.expressions
    if not items:
        return None
    said_items = [value(item, scene) for item in items]
    if len(items) == 1:
        return scene.say("neq" if negated else "eq", a=value(node.this, scene), b=said_items[0])
    return scene.say("not_in" if negated else "in", a=value(node.this, scene), b=scene.book.listing(said_items, "or"))


def _exists(node: exp.Exists, scene: Scene, key: str) -> str | None:
    said = scene.reads.source_of(node.this, scene.schema, scene.book)
    return scene.say(key, what=said) if said is not None else None


def _like(node: exp.Binary, scene: Scene, value: Value) -> str | None:
    pattern = bare(node.right)
    if not (isinstance(pattern, exp.Literal) and pattern.is_string):
        return None
    text, key = str(pattern.this), "like"
    inner = text.strip("%")
    if inner and "%" not in inner and "_" not in inner:
        before, after = text.startswith("%"), text.endswith("%")
        key = "contains" if before and after else "ends" if before else "starts" if after else "eq"
        text = inner
    said = scene.say(key, a=value(node.left, scene), b=scene.book.quoted(text))
    return scene.say("any_case", x=said) if isinstance(node, exp.ILike) else said
