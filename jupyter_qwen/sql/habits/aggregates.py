"""Another aggregate than the one asked for: a mean for a median, the greatest value for the latest."""

from __future__ import annotations

import re

from sqlglot import exp

from jupyter_qwen.schema.keys import edges_from, is_primary_key
from jupyter_qwen.schema.model import Column
from jupyter_qwen.schema.words import identifier_stems, stem

from ..scopes import column_of
from .bound import Bound

_MEDIAN = re.compile(r"\bmedians?\b", re.IGNORECASE)
_LATEST = re.compile(r"\b(?:latest|most recent)\b", re.IGNORECASE)
_EARLIEST = re.compile(r"\bearliest\b", re.IGNORECASE)
_GREATEST = re.compile(
    r"\b(?:max\w*|min\w*|highest|largest|greatest|biggest|lowest|smallest|least|most (?!recent))", re.IGNORECASE
)
_COUNTS_UP = frozenset({
    "year", "date", "time", "day", "month", "week", "quarter", "id", "version", "number", "no", "season", "round",
})  # fmt: skip
_MEAN = re.compile(r"\b(?:mean|average|avg)s?\b", re.IGNORECASE)


def median_for_mean(bound: Bound) -> str | None:
    """median() in place of avg() where the question asks for a median and for no mean."""
    if not _MEDIAN.search(bound.question) or _MEAN.search(bound.question):
        return None
    if bound.tree.find(exp.Median, exp.PercentileCont, exp.PercentileDisc, exp.Quantile) is not None:
        return None
    means = list(bound.tree.find_all(exp.Avg))
    for mean in means:
        mean.replace(exp.Median(this=mean.this))
    return "The question asks for the median, not for the mean." if means else None


def latest_for_greatest(bound: Bound) -> str | None:
    """`arg_max(balance, updated_at)` for `max(balance)` where the question asks for the latest balance and for no greatest one.

    Only over a table with a single date, and never for a date itself.
    """
    if _GREATEST.search(bound.question):
        return None
    latest, earliest = _LATEST.search(bound.question), _EARLIEST.search(bound.question)
    if (latest is None) == (earliest is None):
        return None
    changed: list[str] = []
    for view in bound.over_tables():
        for extreme in list(view.select.find_all(exp.Max if latest else exp.Min)):
            found = column_of(view, extreme.this) if isinstance(extreme.this, exp.Column) else None
            source = view.owner(extreme.this) if found is not None else None
            if found is None or source is None or _tells_time(found[1]) or extreme.expressions:
                continue
            dates = [column for column in found[0].columns if _is_date(column)]
            if len(dates) != 1:
                continue
            date = source.written(dates[0].name)
            if len(view.sources) == 1:
                date.set("table", None)
            function = exp.ArgMax if latest else exp.ArgMin
            extreme.replace(function(this=extreme.this.copy(), expression=date))
            changed.append(found[1].name)
    if not changed:
        return None
    asked = (latest or earliest)[0].lower()  # type: ignore[index]
    return f"The {asked} {', '.join(changed)} is asked for, not the {'greatest' if latest else 'least'}."


def factor_of_same_row(bound: Bound) -> str | None:
    """`sum(d.price * d.quantity)` for `sum(p.price * d.quantity)` where the row that is counted has a price of its own."""
    changed: list[str] = []
    for view in bound.over_tables():
        for total in view.select.find_all(exp.Sum):
            columns = list(total.this.find_all(exp.Column)) if isinstance(total.this, exp.Mul) else []
            for column in columns:
                owner = view.owner(column)
                others = [view.owner(other) for other in columns if other is not column]
                row = others[0] if others else None
                if row is None or owner is None or row is owner or any(other is not row for other in others):
                    continue
                if row.has(column.name) and not any(owner.has(other.name) for other in columns if other is not column):
                    column.replace(row.written(row.columns[column.name.casefold()]))
                    changed.append(column.name)
                    break
    return f"The row that is counted has its own {', '.join(changed)}." if changed else None


_MEAN_OF = re.compile(
    r"\baverage (?P<noun>[a-z]\w*) (?:value|total|amount|size|revenue|sum|price|cost|sales|worth|volume)s?\b",
    re.IGNORECASE,
)


def mean_of_parents(bound: Bound) -> str | None:
    """`sum(price) / count(DISTINCT order_id)` for `avg(price)` over an order's items, for "average order value".

    Only where the table that the word names is joined with the one whose rows are averaged, which points at it.
    """
    found = _MEAN_OF.search(bound.question)
    if found is None:
        return None
    noun, changed = stem(found["noun"]), ""
    for view in bound.over_tables():
        parents = [s for s in view.sources if s.table is not None and identifier_stems(s.table.name) == (noun,)]
        for mean in list(view.select.find_all(exp.Avg)):
            children = {id(view.owner(column)): view.owner(column) for column in mean.find_all(exp.Column)}
            child = next(iter(children.values()), None) if len(children) == 1 else None
            if len(parents) != 1 or child is None or child.table is None or child is parents[0]:
                continue
            keys = [
                edge
                for edge in edges_from(child.table, bound.schema)
                if edge.points and parents[0].table is not None and edge.right.reference == parents[0].table.reference
            ]
            if len(keys) != 1 or len(keys[0].on) != 1 or is_primary_key(child.table, keys[0].on[0][0]):
                continue
            key = child.written(keys[0].on[0][0])
            count = exp.Count(this=exp.Distinct(expressions=[key]))
            mean.replace(exp.Div(this=exp.Sum(this=mean.this.copy()), expression=count))
            changed = f"The mean is over each {parents[0].table.name if parents[0].table else noun}, not each {child.table.name}."
    return changed or None


def _tells_time(column: Column) -> bool:
    """Whether the greatest value is the latest one: dates, years, numbers that count up."""
    return _is_date(column) or bool(_COUNTS_UP & set(identifier_stems(column.name)))


def _is_date(column: Column) -> bool:
    return column.type.upper() == "DATE" or column.type.upper().startswith("TIMESTAMP")
