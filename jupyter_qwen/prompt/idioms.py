"""DuckDB's own ways of saying things, told only where the question or the types of the tables call for them.

A small model has seen little DuckDB and falls back on other dialects (`strftime`, `DATEDIFF`, `json_extract`) or on nothing. Each
line costs about twenty tokens after the cached schema. Source: https://duckdb.org/docs/stable/sql/dialect/friendly_sql
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jupyter_qwen.schema.model import Table


@dataclass(frozen=True)
class Idiom:
    """`text` is told when `question` is found in the question, or `type` in the type of a column that the question may mean."""

    text: str
    question: re.Pattern[str] | None = None
    type: re.Pattern[str] | None = None

    def fits(self, question: str, types: Iterable[str]) -> bool:
        """Whether it is worth its tokens. With both patterns, both must be found."""
        asked = self.question is None or self.question.search(question) is not None
        return asked and (self.type is None or any(self.type.search(t) for t in types))


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


_TIME = re.compile(r"^(?:DATE|TIMESTAMP|TIME)", re.IGNORECASE)

IDIOMS: tuple[Idiom, ...] = (
    Idiom("field of a struct: column.field", type=re.compile(r"^STRUCT\(", re.IGNORECASE)),
    Idiom("element of a list: column[1], the first two: column[1:2], number of elements: len(column)",
          type=re.compile(r"\[\d*\]$")),
    Idiom("text of a JSON field: column->>'$.field'", type=re.compile(r"^JSON$", re.IGNORECASE)),
    Idiom("value of a map: column['key']", type=re.compile(r"^MAP\(", re.IGNORECASE)),
    Idiom("all columns but some: * EXCLUDE (a, b); all with one changed: * REPLACE (upper(a) AS a); columns whose name "
          "matches a pattern: COLUMNS('pattern')", question=_words(r"(?:all|every|each|other|remaining|rest of the) (?:the )?"
          r"(?:other |remaining )?columns?|for each column|except(?: for)?")),
    Idiom("grouped by everything that is no aggregate: GROUP BY ALL; sorted by every column: ORDER BY ALL",
          question=_words(r"(?:group|order|sort)\w* (?:\w+ )?by (?:all|every|the (?:remaining|other))")),
    Idiom("first letter: name[1]; part of a text: split_part(text, '@', 2)",
          question=_words(r"letters?|initials?|characters?|domain|part (?:before|after)|substring|prefix")),
    Idiom("parts of a time: year(t), month(t), hour(t), dayname(t)",
          question=_words(r"years?|yearly|months?|monthly|hours?|weekdays?|day of the week|hourly|(?:19|20)\d\d"), type=_TIME),
    Idiom("first day of a month: date_trunc('month', t)", question=_words(r"per month|each month|monthly|by month"), type=_TIME),
    Idiom("time between: date_diff('second', t1, t2)",
          question=_words(r"durations?|how long|minutes?|days? between|longest|elapsed"), type=_TIME),
    Idiom("share: 100.0 * count(*) FILTER (WHERE condition) / count(*)",
          question=_words(r"percent(?:age)?s?|shares?|proportion|ratio|fraction|rate")),
    Idiom("the top row of each group: QUALIFY row_number() OVER (PARTITION BY g ORDER BY x DESC) = 1",
          question=_words(r"(?:for|in|of|per) (?:each|every) .{1,40}(?:most|least|longest|shortest|highest|lowest|largest|"
                          r"smallest|best|worst|latest|earliest|top)")),
    Idiom("running total: sum(x) OVER (ORDER BY t); change to the row before: x - lag(x) OVER (ORDER BY t)",
          question=_words(r"running|cumulative|so far|previous|change (?:from|over)|growth|month.over.month|year.over.year")),
    Idiom("middle value: median(x); correlation: corr(x, y)", question=_words(r"median|correlation|correlated?")),
)  # fmt: skip


def fitting_idioms(question: str, tables: Sequence[Table], *, limit: int = 3) -> tuple[str, ...]:
    """The lines that fit, at most `limit`, the most particular first."""
    types = {column.type for table in tables for column in table.columns if column.type}
    return tuple(idiom.text for idiom in IDIOMS if idiom.fits(question, types))[:limit]
