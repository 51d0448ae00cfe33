"""Periods and durations the DuckDB way, told with the column of the schema that they are about.

A small model asked for something "monthly" groups by the date itself or not at all, and subtracts timestamps where minutes
are asked for. https://duckdb.org/docs/stable/sql/functions/date
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from jupyter_qwen.schema.model import Column, Table
from jupyter_qwen.schema.periods import asked_period, period_column
from jupyter_qwen.schema.quoting import quote_identifier, quote_reference
from jupyter_qwen.schema.words import content_stems, identifier_stems

_PART_OF_DATE = re.compile(
    r"\b(?:month|day|week)s?(?: as an?)? (?:number|name)|\b(?:number|name)s? of the (?:month|day|week)", re.IGNORECASE
)
_DURATION = re.compile(r"\b(?:durations?|how long|longest|shortest|lasted|took|takes?|elapsed)\b", re.IGNORECASE)
_UNITS = {
    "second": "date_diff('second', {0}, {1})", "minute": "date_diff('second', {0}, {1}) / 60.0",
    "hour": "date_diff('second', {0}, {1}) / 3600.0", "day": "date_diff('day', {0}, {1})",
}  # fmt: skip
_UNIT = re.compile(rf"\b({'|'.join(_UNITS)})s?\b", re.IGNORECASE)


def about_times(question: str, tables: Sequence[Table]) -> Iterator[str]:
    """The line for a period that the question asks for, and the one for a duration in some unit."""
    period = asked_period(question)
    if period is not None and not _PART_OF_DATE.search(question) and not _has_column(tables, period):
        dated = period_column(question, tables)
        if dated is not None:
            name = _written(*dated, tables)
            yield f"by year: year({name})" if period == "year" else f"by {period}: date_trunc('{period}', {name})"
    unit = _UNIT.search(question)
    if unit is not None and _DURATION.search(question):
        for table in _best_first(question, tables):
            instants = [column for column in table.columns if column.type.upper().startswith("TIMESTAMP")]
            if len(instants) == 2:  # with more it is not certain which two are meant
                start, end = (quote_identifier(column.name) for column in instants)
                yield f"{unit[1].lower()}s from {start} to {end}: {_UNITS[unit[1].lower()].format(start, end)}"
                return


def _best_first(question: str, tables: Sequence[Table]) -> list[Table]:
    asked = set(content_stems(question))
    return sorted(tables, key=lambda t: (-len(asked & set(identifier_stems(t.name))), not t.foreign_keys))


def _has_column(tables: Sequence[Table], period: str) -> bool:
    """Whether the data has the period as a column of its own (``month``, ``sale_year``)."""
    return any(period in identifier_stems(column.name) for table in tables for column in table.columns)


def _written(table: Table, column: Column, tables: Sequence[Table]) -> str:
    """The column as a query may write it: with its table where another table has one of that name."""
    alone = sum(other.column(column.name) is not None for other in tables) == 1
    return (
        quote_identifier(column.name)
        if alone
        else f"{quote_reference(table.reference)}.{quote_identifier(column.name)}"
    )
