"""The period that a question asks rows for, and the column by which rows are told apart in time."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .model import Column, Table
from .words import content_stems, identifier_stems

_ADVERBS = {
    "daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year", "annual": "year",
    "annually": "year",
}  # fmt: skip
_PERIOD = re.compile(
    rf"\b(?:(?P<adverb>{'|'.join(_ADVERBS)})|(?:per|by|each|every) (?:calendar )?(?P<unit>day|week|month|quarter|year))\b"
    r"(?! days?\b| of the (?:week|month|year)\b)",  # a weekday is no period
    re.IGNORECASE,
)
_ONE_FIGURE = re.compile(  # "the average daily visitors" is one figure, and so is a price per day
    rf"\b(?:average|mean|median|typical|usual|highest|lowest|largest|smallest|max\w*|min\w*)\s+(?:{'|'.join(_ADVERBS)})\Z"
    r"|\b(?:rate|price|fee|salary|salaries|wage|rent)s?\s+(?:of \S+ )?per \w+\Z",
    re.IGNORECASE,
)


def asked_period(question: str) -> str | None:
    """day, week, month, quarter or year where the question wants a row for each; None where it does not say so."""
    found = _PERIOD.search(question)
    if found is None or _ONE_FIGURE.search(question[: found.end()]):
        return None
    return _ADVERBS[found["adverb"].lower()] if found["adverb"] else found["unit"].lower()


def names_period(name: str, period: str) -> bool:
    """Whether the identifier `name` says `period`: ``sale_month``, and ``limit_monthly`` too."""
    return any(part == period or _ADVERBS.get(part) == period for part in identifier_stems(name))


def period_column(question: str, tables: Sequence[Table]) -> tuple[Table, Column] | None:
    """The date or timestamp by which rows are told apart in time.

    The one that the question names; else that of a table which the question names; else that of a table that points at
    others, for that is where things happen (an order has a date and a customer). None where several would do.
    """
    asked = set(content_stems(question))
    dated = [(table, column) for table in tables for column in table.columns if _is_date(column)]
    named = [(t, c) for t, c in dated if asked & set(identifier_stems(c.name))]
    told = [(t, c) for t, c in dated if asked & set(identifier_stems(t.name))]
    events = [(t, c) for t, c in dated if any(t.reference[-1] != key.table.split(".")[-1] for key in t.foreign_keys)]
    return next((found[0] for found in (named, told, events, dated) if len(found) == 1), None)


def _is_date(column: Column) -> bool:
    return column.type.upper() == "DATE" or column.type.upper().startswith("TIMESTAMP")
