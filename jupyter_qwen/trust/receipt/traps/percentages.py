"""Shares of the wrong whole: 100 % by their own filter, above it, or of a whole with other rows than the parts."""

from __future__ import annotations

import re

from sqlglot import exp

from ..mends import binds, changed
from ..model import ReceiptWarning
from ..nodes import own_columns, sql_of, unaliased, within
from ..parts import SelectPart
from ..probes import each
from ..wording import figure, rows

_SHARE = re.compile(r"percent|pct|share|ratio|rate|proportion|portion")


def shares(part: SelectPart) -> list[ReceiptWarning]:
    """Shares that are 100 % by their own filter, exceed it, or whose whole has other rows than the parts. Raises NotYet."""
    items = [item for item in part.select.expressions if _division(item) is not None]
    return each(items, lambda item: _share(part, item))


def _division(item: exp.Expr) -> exp.Expr | None:
    node = within(unaliased(item))
    while isinstance(node, (exp.Round, exp.Cast, exp.Paren)):
        node = node.this
    named = bool(_SHARE.search(item.alias_or_name.casefold()))
    for div in node.find_all(exp.Div):
        if isinstance(within(div.expression), exp.Literal):
            continue
        hundred = any(
            isinstance(n, exp.Literal) and n.name.rstrip("0").rstrip(".") in ("1",) and float(n.name) == 100
            for n in node.find_all(exp.Literal)
        )
        both = bool(div.this.find(exp.AggFunc)) and bool(div.expression.find(exp.AggFunc))
        if (named or hundred) and both:
            return div
    return None


def _share(part: SelectPart, item: exp.Expr) -> list[ReceiptWarning]:
    div = _division(item)
    if div is None:
        return []
    text = sql_of(item)
    grouped = f" GROUP BY {', '.join(map(sql_of, part.groups))}" if part.groups else ""
    value = sql_of(div.this)
    whole = sql_of(div.expression)
    windowed = item.find(exp.Window) is not None
    columns = tuple(dict.fromkeys(sql_of(c) for c in own_columns(item)))
    top, below, scale = f"CAST({value} AS DOUBLE)", f"CAST({whole} AS DOUBLE)", _scale(div.this)
    having = f" {sql_of(part.select.args['having'])}" if part.select.args.get("having") and not windowed else ""
    ones, above, all_, total = part.probes.row(
        f"{part.prefix}SELECT count(*) FILTER (WHERE abs(r - 1) < 1e-12), count(*) FILTER (WHERE r "
        f"> 1 + 1e-9), count(r), sum(r) FROM ("
        f"SELECT {top} / nullif({below}, 0) / {scale} AS r {part.from_sql()}{grouped}{having})"
    )
    filtered = part.where is not None or part.select.args.get("having") is not None
    if all_ and ones == all_ and filtered:
        condition = sql_of(part.where) if part.where is not None else sql_of(part.select.args["having"].this)
        message = f"{text} is 100 % in every row of the result: {condition} leaves only the part in the whole."
        return [ReceiptWarning("share-of-itself", message, columns)]
    if above and _is_part(item) and not _difference(div) and not item.find(exp.Lag, exp.Lead, exp.FirstValue):
        message = (
            f"{text} is above 100 % in {figure(above)} of {rows(all_)}: the part has rows that the "
            f"whole has not, or has them twice."
        )
        return [ReceiptWarning("share-above-whole", message, columns)]
    other = div.expression.find(exp.Query)
    if part.groups and other is not None and part.where is not None and total is not None and total < 1 - 1e-9:
        inner = other.this if isinstance(other, exp.Subquery) else other
        if isinstance(inner, exp.Select) and not inner.args.get("where"):
            message = (
                f"The parts of {text} are counted under {sql_of(part.where)}, the whole is not: the shares "
                f"of all groups add up to "
                f"{figure(round(100 * float(total), 1))} %."
            )
            new = inner.copy()
            new.where(part.where.copy(), copy=False)
            mend = binds(part, changed(part, [(inner, new)]))
            return [
                ReceiptWarning(
                    "share-of-other-whole", message, columns, mend, "With the same condition:" if mend else ""
                )
            ]
    return []


def _is_part(item: exp.Expr) -> bool:
    """Whether the item is meant as a part of a whole; what is called a ratio may be of two things."""
    name = item.alias_or_name.casefold()
    return re.search(r"percent|pct|share|portion", name) is not None or "100" in sql_of(item)


def _scale(top: exp.Expr) -> str:
    """100 where the part is multiplied by 100 before it is divided."""
    for node in top.find_all(exp.Literal):
        if (
            not node.is_string
            and float(node.name) == 100
            and isinstance(node.parent, exp.Mul)
            and not node.find_ancestor(exp.AggFunc)
        ):
            return "100"
    return "100" if top.find(exp.Case) and any(n.name in ("100", "100.0") for n in top.find_all(exp.Literal)) else "1"


def _difference(div: exp.Expr) -> bool:
    """Whether this is a growth or a plain ratio of two measures, which may be above one."""
    tops = {type(n).__name__ + sql_of(n.this) for n in div.this.find_all(exp.Sum)}
    downs = {type(n).__name__ + sql_of(n.this) for n in div.expression.find_all(exp.Sum)}
    if div.this.find(exp.Sub, exp.Lag):
        return True
    counts = div.this.find(exp.Count) is not None and div.expression.find(exp.Count) is not None
    return not counts and not tops & downs
