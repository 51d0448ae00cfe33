"""What a column of a result is to a chart: a time, an order, a category, a measure; from its type, its name and some values."""

from __future__ import annotations

import datetime
import decimal
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from jupyter_qwen.schema.words import identifier_words

Role = Literal["time", "order", "category", "measure", "duration", "none"]

_TIME: Final = re.compile(r"DATE$|DATE32|TIMESTAMP|DATETIME", re.IGNORECASE)
_DURATION: Final = re.compile(r"INTERVAL|TIMEDELTA|DURATION", re.IGNORECASE)
_NESTED: Final = re.compile(r".*\[\d*\]\Z|(?:STRUCT|MAP|UNION|LIST|ARRAY|BLOB|BINARY|JSON|GEOMETRY)\b", re.IGNORECASE)
_NUMBER: Final = re.compile(
    r"U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?(?:8|16|32|64|128)?$|U?INT\d+|FLOAT\d*$|DOUBLE|REAL|DECIMAL|NUMERIC|BIGNUM",
    re.IGNORECASE,
)
#: ISO dates and months written out; a year alone is an order.
_ISO: Final = re.compile(r"\d{4}-\d\d(?:-\d\d(?:[ T]\d\d:\d\d.*)?)?\Z")
_PERIOD: Final = re.compile(r"\d{4}(?:[- ]?[QWKH]\d{1,2})?\Z|Q[1-4][- ]\d{4}\Z", re.IGNORECASE)
_ORDERS: Final = frozenset(
    (
        *("year", "quarter", "month", "week", "day", "hour", "minute", "decade", "weekday", "dow"),
        *("jahr", "quartal", "monat", "woche", "tag", "stunde", "année", "mois", "año", "mes"),
    )
)
_KEYS: Final = frozenset(
    ("id", "ids", "key", "code", "zip", "postcode", "plz", "isbn", "ean", "sku", "number", "no", "nr")
)


@dataclass(frozen=True)
class ResultColumn:
    """A column of the result that is drawn. `type` is DuckDB's name or a DataFrame's dtype, ``""`` when unknown; `values` are
    those of the trial's rows, in their order, and empty where there was none.
    """

    name: str
    type: str = ""
    values: tuple[Any, ...] = ()

    @property
    def known(self) -> tuple[Any, ...]:
        """The values without NULL and NaN."""
        return tuple(value for value in self.values if value is not None and value == value)

    @property
    def as_text(self) -> bool:
        """Whether its times are texts, so that they must be read before they are drawn."""
        return all(isinstance(value, str) for value in self.known) and not _TIME.search(self.type)

    @property
    def longest(self) -> int | None:
        """Characters of its longest value; ``None`` when no value is known."""
        return max((len(str(value)) for value in self.known), default=None)

    @property
    def repeats(self) -> bool:
        """Whether a value occurs twice in the trial's rows."""
        return len({str(value) for value in self.values}) < len(self.values)


def role_of(column: ResultColumn) -> Role:
    """The part that `column` plays. A number that counts periods is an order; one that names things is a category."""
    if _NESTED.match(column.type) or any(isinstance(value, (list, tuple, dict, set)) for value in column.known):
        return "none"
    if _TIME.search(column.type) or _all(column, datetime.date):
        return "time"
    if _DURATION.search(column.type) or _all(column, datetime.timedelta):
        return "duration"
    if _is_number(column):
        words = identifier_words(column.name)
        if words and words[-1] in _KEYS:
            return "category"
        whole = all(
            float(value).is_integer() for value in column.known if isinstance(value, (int, float, decimal.Decimal))
        )
        return "order" if words and words[-1] in _ORDERS and whole and len(words) <= 2 else "measure"
    if column.known and all(isinstance(value, str) for value in column.known):
        texts = [str(value).strip() for value in column.known]
        if all(_ISO.match(text) for text in texts):
            return "time"
        if all(_PERIOD.match(text) for text in texts):
            return "order"
    return "category"


def _is_number(column: ResultColumn) -> bool:
    if column.type and _NUMBER.match(column.type):
        return True
    if column.type and column.type.lower() not in ("object", "any"):
        return False
    return bool(column.known) and all(
        isinstance(value, (int, float, decimal.Decimal)) and not isinstance(value, bool) for value in column.known
    )


def _all(column: ResultColumn, kind: type | tuple[type, ...]) -> bool:
    return bool(column.known) and all(isinstance(value, kind) for value in column.known)


def roles_of(columns: Sequence[ResultColumn]) -> dict[Role, list[ResultColumn]]:
    """The columns of each role, in the result's order."""
    found: dict[Role, list[ResultColumn]] = {}
    for column in columns:
        found.setdefault(role_of(column), []).append(column)
    return found
