"""Dates: parts, truncations and periods, as in ``month of ordered_at`` or ``ordered_at in 2024``."""

from __future__ import annotations

import datetime
import re
from typing import Final

from sqlglot import exp

from jupyter_qwen.sql.words.scene import bare

_UNITS: Final = frozenset({"year", "quarter", "month", "week", "day", "hour", "minute"})
_PARTS: Final = {
    "year": "year", "quarter": "quarter_part", "month": "month_part", "week": "week_part", "day": "day_part",
    "hour": "hour_part", "dow": "weekday", "isodow": "weekday", "dayofweek": "weekday", "weekday": "weekday",
    "monthname": "month_part", "dayname": "weekday", "dayofmonth": "day_part", "weekofyear": "week_part",
}  # fmt: skip
_CALLS: Final[dict[str, str]] = {
    "Year": "year", "Quarter": "quarter_part", "Month": "month_part", "Monthname": "month_part", "Week": "week_part",
    "WeekOfYear": "week_part", "DayOfMonth": "day_part", "Day": "day_part", "DayOfWeek": "weekday", "Dayname": "weekday",
    "DayOfWeekIso": "weekday", "Hour": "hour_part",
}  # fmt: skip
_FORMATS: Final = {
    "%Y": "year", "%Y-%m": "year_month", "%Y/%m": "year_month", "%m": "month_part", "%B": "month_part", "%b": "month_part",
    "%Y-%m-%d": "day", "%A": "weekday", "%a": "weekday", "%w": "weekday", "%H": "hour_part",
}  # fmt: skip
_DAY: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_LAST: Final = re.compile(r"(\d{4}-\d{2}-\d{2})[ T]23:59:59(?:\.\d+)?")


def period(node: exp.Expr) -> tuple[str, exp.Expr] | None:
    """(key of the phrase, what it is taken of) where `node` takes a part of a date or cuts it to a period."""
    if isinstance(node, (exp.TimestampTrunc, exp.DateTrunc)):
        unit = node.text("unit").casefold()
        return (unit, node.this) if unit in _UNITS else None
    if isinstance(node, exp.TimeToStr):
        key = _FORMATS.get(node.text("format"))
        return (key, node.this) if key else None
    if isinstance(node, exp.Extract):
        key = _PARTS.get(node.this.name.casefold())
        return (key, node.expression) if key else None
    if isinstance(node, exp.Anonymous):
        name, given = node.name.casefold(), node.expressions
        if name in ("date_part", "datepart") and len(given) == 2:
            key = _PARTS.get(given[0].name.casefold())
            return (key, given[1]) if key else None
        key = _PARTS.get(name)
        return (key, given[0]) if key and len(given) == 1 else None
    key = _CALLS.get(type(node).__name__)
    return (key, node.this) if key and isinstance(node.this, exp.Expr) else None


def day_of(node: exp.Expr) -> datetime.date | None:
    """The day that a literal is, or one cast to a date; a time of midnight counts as its day."""
    while isinstance(node, (exp.Cast, exp.TryCast, exp.Paren)):
        node = node.this
    text = node.this if isinstance(node, exp.Literal) and node.is_string else None
    match = _DAY.fullmatch(text) if isinstance(text, str) else None
    try:
        return datetime.date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def last_day_of(node: exp.Expr) -> datetime.date | None:
    """The day whose last second a literal is, as people write it behind BETWEEN."""
    while isinstance(node, (exp.Cast, exp.TryCast, exp.Paren)):
        node = node.this
    match = _LAST.fullmatch(str(node.this)) if isinstance(node, exp.Literal) and node.is_string else None
    return day_of(exp.Literal.string(match[1])) if match else None


def span(first: datetime.date, behind: datetime.date) -> str | None:
    """``2024``, ``2024-05`` or ``2024-Q2`` where the days from `first` to before `behind` are just that."""
    if first.day != 1 or behind.day != 1:
        return None
    months = (behind.year - first.year) * 12 + behind.month - first.month
    if months == 12 and first.month == 1:
        return str(first.year)
    if months == 1:
        return f"{first.year}-{first.month:02d}"
    if months == 3 and first.month % 3 == 1:
        return f"{first.year}-Q{(first.month + 2) // 3}"
    return None


def is_year(node: exp.Expr) -> exp.Expr | None:
    """The date whose year `node` takes."""
    found = period(bare(node))
    return found[1] if found is not None and found[0] == "year" and not isinstance(
        bare(node), (exp.TimestampTrunc, exp.DateTrunc)
    ) else None  # fmt: skip
