"""Time as another kind of value than is meant: an interval for a number of days, a date for a quarter's number or a name."""

from __future__ import annotations

import re
from typing import Final

from sqlglot import exp

from ..scopes import ScopeView, column_of
from .bound import Bound

_NUMBER_OF = re.compile(r"\b(?:number of|how many|in|average) (?P<unit>day|hour|minute|second)s\b", re.IGNORECASE)
_PART_NUMBER = re.compile(
    r"\b(?P<unit>quarter|month|week|year) number\b|\bnumber of the (?P<other>quarter|month|week)\b", re.IGNORECASE
)
_AS_DATE = re.compile(r"\b(?P<unit>quarter|month|week|year) as (?:a )?dates?\b", re.IGNORECASE)
_PARTS = {"quarter": exp.Quarter, "month": exp.Month, "week": exp.Week, "year": exp.Year}
_MONTHS = "January February March April May June July August September October November December"
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
#: The function that gives a name → what people write, in lower case → the name.
_NAMES: Final = {
    function: {spelled.lower(): name for name in names.split() for spelled in (name[:3], name)}
    for function, names in (("monthname", _MONTHS), ("dayname", _DAYS))
}


def interval_as_number(bound: Bound) -> str | None:
    """`shipped - ordered` of two timestamps is an interval; asked for in days it becomes `date_diff('day', ordered, shipped)`."""
    found = _NUMBER_OF.search(bound.question)
    if found is None:
        return None
    unit = found["unit"].lower()
    changed = False
    for view in bound.over_tables():
        for minus in list(view.select.find_all(exp.Sub)):
            if all(isinstance(side, exp.Column) and _is_timestamp(view, side) for side in (minus.left, minus.right)):
                minus.replace(
                    exp.DateDiff(this=minus.left.copy(), expression=minus.right.copy(), unit=exp.Var(this=unit.upper()))
                )
                changed = True
    return f"A difference of two timestamps is an interval; the question asks for {unit}s." if changed else None


def period_number(bound: Bound) -> str | None:
    """`quarter(d)` in place of `date_trunc('quarter', d)` where the question asks for the quarter's number."""
    found = _PART_NUMBER.search(bound.question)
    if found is None:
        return None
    unit = (found["unit"] or found["other"]).lower()
    cut = [node for node in bound.tree.find_all(exp.TimestampTrunc, exp.DateTrunc) if node.text("unit").lower() == unit]
    for node in cut:
        whole = node.parent if isinstance(node.parent, exp.Cast) else node  # date_trunc(…)::DATE
        whole.replace(_PARTS[unit](this=node.this.copy()))
    return f"The question asks for the {unit}'s number, not for its first day." if cut else None


def name_the_period(bound: Bound) -> str | None:
    """``monthname(d) = 'January'`` and ``dayname(d) = 'Monday'``, where a part of a date is compared with such a name."""
    found: list[str] = []
    for node in list(bound.tree.find_all(exp.EQ, exp.NEQ, exp.In)):
        literals = node.expressions if isinstance(node, exp.In) else [node.expression]
        if not literals or not all(isinstance(item, exp.Literal) and item.is_string for item in literals):
            continue
        date = _date_of(node.this)
        for function, names in _NAMES.items():
            if date is not None and all(item.this.strip().lower() in names for item in literals):
                node.set("this", exp.Anonymous(this=function, expressions=[date.copy()]))
                for item in literals:
                    item.replace(exp.Literal.string(names[item.this.strip().lower()]))
                found.append(function)
                break
    return f"The name of a month or a day is what {found[0]}() gives." if found else None


def _date_of(node: exp.Expr) -> exp.Expr | None:
    """The date in ``date_trunc('month', d)``, ``month(d)``, ``extract(dow FROM d)`` or ``strftime(d, '%m')``."""
    if isinstance(node, (exp.Month, exp.DayOfWeek, exp.DayOfWeekIso, exp.DateTrunc, exp.TimestampTrunc, exp.TimeToStr)):
        inner: exp.Expr = node.this
    elif isinstance(node, exp.Extract):
        inner = node.expression
    elif isinstance(node, exp.Anonymous) and node.name.lower() in ("date_part", "datepart", "weekday"):
        inner = node.expressions[-1]
    else:
        return None
    while isinstance(inner, (exp.TsOrDsToDate, exp.Paren)):
        inner = inner.this
    return inner


def period_as_date(bound: Bound) -> str | None:
    """`date_trunc('month', d)` for `month(d)` where the question asks for the month as a date."""
    found = _AS_DATE.search(bound.question)
    if found is None:
        return None
    unit = found["unit"].lower()
    parts = list(bound.tree.find_all(_PARTS[unit]))
    for node in parts:
        whole = exp.TimestampTrunc(this=node.this.copy(), unit=exp.Literal.string(unit.upper()))
        node.replace(exp.cast(whole, "DATE"))
    return f"The question asks for the {unit} as a date." if parts else None


def _is_timestamp(view: ScopeView, column: exp.Column) -> bool:
    found = column_of(view, column)
    return found is not None and found[1].type.upper().startswith("TIMESTAMP")
