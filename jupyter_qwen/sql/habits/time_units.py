"""Time as another kind of value than is meant: an interval for a number of days, a date for a quarter's number or a name."""

from __future__ import annotations

import re
from typing import Final

from sqlglot import exp

from ..scopes import ScopeView, column_of
from ..tree import conjuncts
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
            kinds = {_kind_of_date(view, side) for side in (minus.left, minus.right)}
            if "timestamp" in kinds and None not in kinds:
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


def weekday_for_date(bound: Bound) -> str | None:
    """`dayname(d)` for `d::DATE` where a row for each weekday is asked for and nothing in the query knows weekdays."""
    tree = bound.tree
    if not _PER_WEEKDAY.search(bound.question) or not isinstance(tree, exp.Select) or _KNOWS_WEEKDAYS.search(bound.sql):
        return None
    group = tree.args.get("group")
    dates = [key for key in (group.expressions if isinstance(group, exp.Group) else ()) if _day_of(key) is not None]
    if len(dates) != 1:
        return None
    day, date = dates[0].copy(), _day_of(dates[0])
    for node in [node for node in tree.find_all(type(day)) if node == day]:
        node.replace(exp.Anonymous(this="dayname", expressions=[date.copy() if date is not None else day]))
    return "The question asks for a row for each weekday, not for each date."


def _day_of(node: exp.Expr) -> exp.Expr | None:
    """`d` in ``d::DATE``, ``date(d)`` and ``date_trunc('day', d)``."""
    if isinstance(node, exp.Cast) and node.is_type("date"):
        inner: exp.Expr = node.this
        return inner
    if isinstance(node, exp.Date) or (
        isinstance(node, exp.DateTrunc | exp.TimestampTrunc) and node.text("unit").lower() == "day"
    ):
        whole: exp.Expr = node.this
        return whole
    return None


def unasked_dates(bound: Bound) -> str | None:
    """No condition on a date's literal where the question names no number, and no word that tells when."""
    if _TELLS_WHEN.search(bound.question):
        return None
    dropped: list[str] = []
    for view in bound.over_tables():
        where = view.select.args.get("where")
        if where is None:
            continue
        parts = conjuncts(where.this)
        gone = [part for part in parts if _is_fixed_date(view, part)]
        if gone:
            rest = [part for part in parts if not any(part is one for one in gone)]
            view.select.set("where", exp.Where(this=exp.and_(*rest, copy=False)) if rest else None)
            dropped += [part.sql(dialect="duckdb") for part in gone]
    return f"The question says nothing of {' and '.join(dropped)}." if dropped else None


def month_of_any_year(bound: Bound) -> str | None:
    """`month(d) = 7` for a July of a year that the question does not name."""
    if re.search(r"\b(?:19|20)\d\d\b", bound.question):
        return None
    asked = {
        number
        for number, name in enumerate(_MONTHS.split(), 1)
        if re.search(rf"\b(?:in|during) {name}\b", bound.question)
    }
    if len(asked) != 1:
        return None
    month = asked.pop()
    for view in bound.over_tables():
        where = view.select.args.get("where")
        parts = [] if where is None else conjuncts(where.this)
        dated = [part for part in parts if _is_fixed_date(view, part)]
        begins = [re.match(r"(?:19|20)\d\d-(\d\d)", node.name) for part in dated for node in part.find_all(exp.Literal)]
        if (
            not dated
            or begins[0] is None
            or int(begins[0][1]) != month
            or len({c.sql() for p in dated for c in p.find_all(exp.Column)}) != 1
        ):
            continue
        column = next(iter(dated[0].find_all(exp.Column)))
        anew = exp.EQ(this=exp.Month(this=column.copy()), expression=exp.Literal.number(month))
        rest = [part for part in parts if not any(part is one for one in dated)]
        view.select.set("where", exp.Where(this=exp.and_(*rest, anew, copy=False)))
        return f"The question names the month {_MONTHS.split()[month - 1]} and no year."
    return None


_PER_WEEKDAY = re.compile(r"\b(?:per|each|every|by) (?:week ?day|day of (?:the )?week)\b", re.IGNORECASE)
_KNOWS_WEEKDAYS = re.compile(r"dayname|dayofweek|isodow|\bdow\b|weekday\s*\(|%[aAuw]", re.IGNORECASE)
_TELLS_WHEN = re.compile(
    r"\d|\b(?:last|latest|this|current|past|recent\w*|previous|next|today|yesterday|now|ago|since|before|after|until|till|during"
    r"|between|from|spring|summer|autumn|fall|winter|christmas|easter|january|february|march|april|may|june|july|august|september"
    r"|october|november|december|weekends?|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?"
    r"|(?:that|given|certain|same) (?:day|date|time|week|month|year)|dates? range|point in time|then"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|old\w*|new\w*|earl\w*|late\w*)\b",
    re.IGNORECASE,
)
_COMPARISONS = (exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)


def _is_fixed_date(view: ScopeView, part: exp.Expr) -> bool:
    """Whether `part` compares a column that holds dates with literals alone, in words that an English question would repeat."""
    if not isinstance(part, _COMPARISONS) or part.find(exp.Subquery, exp.AggFunc, exp.CurrentDate) is not None:
        return False
    columns = list(part.find_all(exp.Column))
    dated = len(columns) == 1 and _kind_of_date(view, columns[0]) is not None
    literals = [node.name for node in part.find_all(exp.Literal)]
    return dated and any(_YEAR.search(text) for text in literals)


_YEAR = re.compile(r"^(?:19|20)\d\d(?:\b|-)")


def _kind_of_date(view: ScopeView, node: exp.Expr) -> str | None:
    """ "timestamp" or "date" for what is one, by its column or by the function that reads it from text."""
    if isinstance(node, exp.StrToTime):
        return "timestamp"
    if isinstance(node, exp.Anonymous) and node.name.lower() == "try_strptime":
        return "timestamp"
    if isinstance(node, exp.Cast | exp.TryCast):
        named = node.to.sql(dialect="duckdb").upper()
        return "timestamp" if named.startswith("TIMESTAMP") else "date" if named == "DATE" else None
    found = column_of(view, node) if isinstance(node, exp.Column) else None
    if found is None:
        return None
    named = found[1].type.upper()
    return "timestamp" if named.startswith("TIMESTAMP") else "date" if named == "DATE" else None
