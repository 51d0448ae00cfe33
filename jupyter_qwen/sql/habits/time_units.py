"""Time as another kind of value than the question names: an interval for a number of days, a date for a quarter's number."""

from __future__ import annotations

import re

from sqlglot import exp

from ..scopes import ScopeView, column_of
from .bound import Bound

_NUMBER_OF = re.compile(r"\b(?:number of|how many|in|average) (?P<unit>day|hour|minute|second)s\b", re.IGNORECASE)
_PART_NUMBER = re.compile(
    r"\b(?P<unit>quarter|month|week|year) number\b|\bnumber of the (?P<other>quarter|month|week)\b", re.IGNORECASE
)
_PARTS = {"quarter": exp.Quarter, "month": exp.Month, "week": exp.Week, "year": exp.Year}


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


def _is_timestamp(view: ScopeView, column: exp.Column) -> bool:
    found = column_of(view, column)
    return found is not None and found[1].type.upper().startswith("TIMESTAMP")
