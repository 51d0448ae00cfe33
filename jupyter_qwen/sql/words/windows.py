"""Windows in words: places, running totals, shares, changes against the row before, and the top of each group."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlglot import exp

from jupyter_qwen.sql.words.scene import Scene, bare, number_of

Value = Callable[[exp.Expr, Scene], str]
RANKS: Final = (exp.RowNumber, exp.Rank, exp.DenseRank)


def window(node: exp.Window, scene: Scene, value: Value) -> str | None:
    """What a window function gives to each row; None where there are no words for it."""
    inner, keys = node.this, keys_of(node, scene, value)
    ranks = isinstance(inner, (*RANKS, exp.Ntile, exp.PercentRank, exp.FirstValue))
    by = order_of(node, scene, value, along=not ranks)
    if isinstance(inner, RANKS):
        text = scene.say("place", by=by) if by else scene.say("number")
        return scene.say("in_each", x=text, keys=keys) if keys else text
    if isinstance(inner, (exp.Lag, exp.Lead)) and by and not inner.args.get("default"):
        steps = number_of(inner.args.get("offset")) if inner.args.get("offset") is not None else 1
        if steps == 1:
            text = scene.say(
                "row_before" if isinstance(inner, exp.Lag) else "row_after", x=value(inner.this, scene), by=by
            )
        elif steps is not None and isinstance(inner, exp.Lag):
            text = scene.say("rows_before", x=value(inner.this, scene), n=f"{steps:g}", by=by)
        else:
            return None
        return scene.say("in_each", x=text, keys=keys) if keys else text
    if isinstance(inner, exp.FirstValue) and by and node.args.get("spec") is None:
        text = scene.say("first_of", x=value(inner.this, scene), by=by)
        return scene.say("in_each", x=text, keys=keys) if keys else text
    if isinstance(inner, exp.Ntile) and by and number_of(inner.this) is not None:
        text = scene.say("parts", n=f"{number_of(inner.this):g}", by=by)
        return scene.say("in_each", x=text, keys=keys) if keys else text
    if isinstance(inner, exp.PercentRank) and by:
        text = scene.say("share_before", by=by)
        return scene.say("in_each", x=text, keys=keys) if keys else text
    if isinstance(inner, (exp.AggFunc, exp.Filter)):
        return _over(node, inner, by, keys, scene, value)
    return None


def _over(node: exp.Window, inner: exp.Expr, by: str, keys: str, scene: Scene, value: Value) -> str | None:
    summed = bare(inner.this) if isinstance(inner, exp.Sum) else None
    # the sum of sums, or of counts, of the groups is a sum of all of their rows
    text = value(summed if isinstance(summed, (exp.Sum, exp.Count)) else inner, scene)
    spec = node.args.get("spec")
    if by:
        frame = _frame(spec)
        if frame == "running":
            text = scene.say("running", x=text, by=by)
        elif frame:
            text = scene.say("moving", x=text, n=frame, by=by)
        elif frame is None:
            return None
    elif spec is not None:
        return None
    elif not keys:
        return scene.say("overall", x=text)
    return scene.say("in_each", x=text, keys=keys) if keys else text


def _frame(spec: exp.Expr | None) -> str | None:
    """``running``, the number of rows up to this one, or "" for all rows; None for another frame."""
    if spec is None:
        return "running"
    start, start_side = spec.args.get("start"), spec.args.get("start_side")
    end, end_side = spec.args.get("end"), spec.args.get("end_side")
    if start == "UNBOUNDED" and end in (None, "CURRENT ROW"):
        return "running"
    if start == "UNBOUNDED" and end == "UNBOUNDED" and end_side == "FOLLOWING":
        return ""
    rows = str(spec.args.get("kind") or "").upper() == "ROWS" and not spec.args.get("exclude")
    count = number_of(start) if isinstance(start, exp.Expr) else None
    if rows and count is not None and start_side == "PRECEDING" and end in (None, "CURRENT ROW"):
        return f"{count + 1:g}"
    return None


def order_of(node: exp.Window, scene: Scene, value: Value, *, along: bool = False) -> str:
    """By what the window is sorted: ``minutes, largest first``; "" where it is not. With `along`, rising goes unsaid."""
    order = node.args.get("order")
    terms = list(order.expressions) if order is not None else []
    if along and not any(isinstance(term, exp.Ordered) and term.args.get("desc") for term in terms):
        return scene.book.listing([value(term.this, scene) for term in terms])
    return ordering(terms, scene, value)


def ordering(terms: list[exp.Expr], scene: Scene, value: Value) -> str:
    """``seen_on, latest first``; texts are simply sorted by their name."""
    said = []
    for term in terms:
        inner = bare(term.this if isinstance(term, exp.Ordered) else term)
        falling = isinstance(term, exp.Ordered) and bool(term.args.get("desc"))
        text = value(inner, scene)
        if scene.is_text(inner):
            said.append(scene.say("desc", x=text) if falling else text)
            continue
        if scene.is_time(inner):
            key = "latest_first" if falling else "earliest_first"
        else:
            key = "largest_first" if falling else "smallest_first"
        said.append(scene.say(key, x=text) if len(terms) == 1 else scene.say("desc", x=text) if falling else text)
    return scene.book.listing(said)


def keys_of(node: exp.Window, scene: Scene, value: Value) -> str:
    return scene.book.listing([value(key, scene) for key in node.args.get("partition_by") or []])


def top_of_each(node: exp.Expr, scene: Scene, value: Value) -> str | None:
    """``the first 2 per doctor by minutes, largest first``: what QUALIFY keeps by a rank."""
    comparison = bare(node)
    if not isinstance(comparison, (exp.EQ, exp.LTE, exp.LT)):
        return None
    ranked, count = bare(comparison.left), number_of(comparison.right)
    if not isinstance(ranked, exp.Window) or not isinstance(ranked.this, RANKS) or count is None or count < 1:
        return None
    by, keys = order_of(ranked, scene, value), keys_of(ranked, scene, value)
    n = int(count) - isinstance(comparison, exp.LT)
    if n < 1 or (not by and not (n == 1 and keys)):
        return None
    if not by:
        return scene.say("any_per", keys=keys)
    if isinstance(comparison, exp.EQ) and n > 1:
        text = scene.say("at_place_per", n=n, keys=keys, by=by) if keys else scene.say("at_place", n=n, by=by)
    elif keys:
        text = scene.say("top_one", keys=keys, by=by) if n == 1 else scene.say("top", n=n, keys=keys, by=by)
    else:
        text = scene.say("top_all_one", by=by) if n == 1 else scene.say("top_all", n=n, by=by)
    return text if isinstance(ranked.this, exp.RowNumber) else scene.say("with_ties", x=text)


def against_others(node: exp.Expr, scene: Scene, value: Value) -> str | None:
    """Shares of a total and changes against the row before, which are divisions and differences with windows in them."""
    times = 1.0
    core = node
    if isinstance(node, exp.Div):
        top = bare(node.left)
        if isinstance(top, exp.Mul):
            for one, other in ((top.left, top.right), (top.right, top.left)):
                if number_of(one) in (100.0, 1.0):
                    times, core = number_of(one) or 1.0, exp.Div(this=bare(other).copy(), expression=node.right.copy())
                    break
    elif isinstance(node, exp.Mul):
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if number_of(one) == 100 and isinstance(bare(other), exp.Div):
                times, core = 100.0, bare(other)
                break
    if isinstance(core, exp.Div):
        return _share(core, times == 100, scene, value)
    if isinstance(core, exp.Sub):
        before = _before(core.left, core.right)
        return _change(core.left, before, "change", scene, value) if before is not None else None
    return None


def _share(node: exp.Expr, percent: bool, scene: Scene, value: Value) -> str | None:
    part, whole = bare(node.args["this"]), bare(node.args["expression"])
    if isinstance(whole, exp.Nullif) and number_of(whole.expression) == 0:
        whole = bare(whole.this)
    if isinstance(part, exp.Sub):
        before = _before(part.left, part.right)
        if before is not None and percent and bare(whole) == bare(part.right):
            return _change(part.left, before, "change_percent", scene, value)
        return None
    if not isinstance(whole, exp.Window) or whole.args.get("order") is not None or not isinstance(whole.this, exp.Sum):
        return None
    if bare(whole.this.this) != part:
        return None
    keys = keys_of(whole, scene, value)
    key = ("share" if percent else "part") + ("_per" if keys else "")
    return scene.say(key, x=value(part, scene), **({"keys": keys} if keys else {}))


def _before(now: exp.Expr, then: exp.Expr) -> exp.Window | None:
    """`then` where it is `now` one row before."""
    lagged = bare(then)
    if not isinstance(lagged, exp.Window) or not isinstance(lagged.this, exp.Lag) or lagged.this.args.get("default"):
        return None
    steps = lagged.this.args.get("offset")
    if steps is not None and number_of(steps) != 1:
        return None
    return lagged if bare(lagged.this.this) == bare(now) else None


def _change(now: exp.Expr, before: exp.Window, key: str, scene: Scene, value: Value) -> str | None:
    by, keys = order_of(before, scene, value, along=True), keys_of(before, scene, value)
    if not by:
        return None
    text = scene.say(key, x=value(now, scene), by=by)
    return scene.say("in_each", x=text, keys=keys) if keys else text
