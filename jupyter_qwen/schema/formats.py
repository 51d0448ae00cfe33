"""Dates, money, percentages and numbers that a table keeps as text: the format is read from the values at hand.

Strict: every value must fit, and fit one reading only. `1/2/2024` alone is no date of any known order; one value beyond the
twelfth day decides. Codes that look like numbers (with leading zeros, keys, telephone numbers) are left alone.
https://duckdb.org/docs/stable/sql/functions/dateformat
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from .model import Column, Table
from .quoting import quote_identifier, quote_text
from .words import identifier_stems

_VALUES_AT_LEAST = 3
_VALUES_READ = 200
_MISSING = frozenset(("", "-", "--", "?", ".", "n/a", "na", "nan", "nil", "none", "null", "unknown"))
_DATES = (
    "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y", "%Y/%m/%d", "%d.%m.%Y", "%d.%m.%y", "%d-%m-%Y", "%m-%d-%Y", "%d-%b-%Y",
    "%d-%b-%y", "%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y", "%Y%m%d", "%b %Y", "%B %Y", "%b-%Y", "%m/%Y", "%Y-%m",
)  # fmt: skip
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", " %I:%M%p")
_ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?P<time>[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?\Z")
_CLOCK = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?\Z")
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<before>[^\w\s.,%+-]{0,3}|[A-Z]{3} ?)\s?[+-]?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+,\d+|\d+,\d+|\d*\.\d+|\d+)(?P<after>\s?(?:%|[^\W\d_]{1,6}|[€£¥]))?\Z"
)
_CODE_WORDS = (
    "code fax id isbn key mobile no number nr phone pin postal postcode ssn tel telephone uid uuid version zip"
)
_CODES = frozenset(_CODE_WORDS.split())


@dataclass(frozen=True)
class Format:
    """What a column keeps: `kind` in words for the prompt, `expression` for a query, `type` of what comes out.

    `column` in `expression` stands bare; `of` writes it with a qualifier.
    """

    kind: str
    type: str
    pattern: str

    def of(self, column: str) -> str:
        """The expression over `column`, which is SQL already."""
        return self.pattern.replace("{}", column)


def format_of(table: Table, column: Column) -> Format | None:
    """The format in which `column` of `table` keeps dates or numbers; None for all others and where no value is known."""
    kind = column.type.upper()
    if kind not in ("VARCHAR", "BIGINT", "INTEGER"):
        return None
    position = next((i for i, other in enumerate(table.columns) if other is column), None)
    rows = [] if position is None else [row[position] for row in table.rows[:_VALUES_READ]]
    values = (*column.values[:_VALUES_READ], *(str(value) for value in rows if value is not None))
    whole = column.values_complete or (table.rows_complete and len(table.rows) <= _VALUES_READ)
    if kind != "VARCHAR":
        return _date_in_number(values, whole)
    return _format(tuple(dict.fromkeys(value.strip() for value in values)), whole, _is_code(table, column))


def remark(table: Table, column: Column) -> str:
    """``date as text: strptime("Flight Date", '%m/%d/%Y')``, or nothing."""
    found = format_of(table, column)
    return f"{found.kind}: {found.of(quote_identifier(column.name))}" if found is not None else ""


@lru_cache(maxsize=4096)
def _format(values: Sequence[str], whole: bool, code: bool) -> Format | None:
    present = [value for value in values if value.casefold() not in _MISSING]
    if len(present) < _VALUES_AT_LEAST:
        return None
    sure = whole and len(present) == len(values)
    return _date(present, sure) or (None if code else _number(present, sure))


def _date(values: Sequence[str], sure: bool) -> Format | None:
    iso = [_ISO.match(value) for value in values]
    if all(iso):
        kind = "TIMESTAMP" if any(found["time"] for found in iso if found is not None) else "DATE"
        return Format(f"{'time' if kind == 'TIMESTAMP' else 'date'} as text", kind, _cast(kind, sure))
    if all(_CLOCK.match(value) for value in values):
        return Format("time of day as text", "TIME", _cast("TIME", sure))
    fitting = [form for form in _candidates(values[0]) if all(_reads(value, form) for value in values)]
    if len(fitting) != 1:
        return None
    name = "strptime" if sure else "try_strptime"
    return Format("date as text", "TIMESTAMP", f"{name}({{}}, {quote_text(fitting[0])})")


def _candidates(value: str) -> Iterator[str]:
    for date in _DATES:
        for time in _TIMES:
            if _reads(value, date + time):
                yield date + time


def _reads(value: str, form: str) -> bool:
    if ("%Y" in form) != bool(re.search(r"\d{4}", value)) or ("%Y%m%d" in form and not re.match(r"\d{8}\b", value)):
        return False
    try:
        return 1800 <= datetime.strptime(value, form).year <= 2200
    except ValueError:
        return False


def _number(values: Sequence[str], sure: bool) -> Format | None:
    found = [match for value in values if (match := _NUMBER.match(value)) is not None]
    before = {match["before"].strip() for match in found}
    after = {(match["after"] or "").strip() for match in found}
    if len(found) != len(values) or len(before) != 1 or len(after) != 1:
        return None
    digits = [match["digits"] for match in found]
    comma_is_point = any(re.search(r",\d{1,2}\Z|,\d{4,}\Z|\.\d{3},", part) for part in digits)
    if comma_is_point and any("," in part and "." in part and part.rfind(".") > part.rfind(",") for part in digits):
        return None
    if (
        before == {""}
        and all("," not in part or re.fullmatch(r"\d{1,3},\d{3}", part) for part in digits)
        and "," in "".join(digits)
    ):
        return None  # 1,234 may be either; a second comma, a point behind it, or a sign of money would tell
    if any(re.match(r"0\d", part) for part in digits):
        return None
    (unit,), (sign,) = after, before
    inner = "{}"
    for mark in (sign, unit, "." if comma_is_point and any("." in part for part in digits) else ""):
        inner = f"replace({inner}, {quote_text(mark)}, '')" if mark else inner
    if any("," in part for part in digits):
        inner = f"replace({inner}, ',', {quote_text('.' if comma_is_point else '')})"
    whole = not comma_is_point and all(part.replace(",", "").isdigit() for part in digits) and not sign and not unit
    kind = "percentage" if unit == "%" else "number"
    return Format(
        f"{kind} as text", "BIGINT" if whole else "DOUBLE", _cast("BIGINT" if whole else "DOUBLE", sure, inner)
    )


def _date_in_number(values: Sequence[str], sure: bool) -> Format | None:
    values = tuple(dict.fromkeys(values))
    if len(values) < _VALUES_AT_LEAST or not all(re.fullmatch(r"[12]\d{7}", v) and _reads(v, "%Y%m%d") for v in values):
        return None
    name = "strptime" if sure else "try_strptime"
    return Format("date as number", "TIMESTAMP", f"{name}(CAST({{}} AS VARCHAR), '%Y%m%d')")


def _cast(kind: str, sure: bool, inner: str = "{}") -> str:
    return f"{'CAST' if sure else 'TRY_CAST'}({inner} AS {kind})"


def _is_code(table: Table, column: Column) -> bool:
    """Whether digits in `column` are no amounts: keys, telephone numbers, postal codes."""
    if column.name in table.primary_key or any(column.name in key.columns for key in table.foreign_keys):
        return True
    if column.distinct is not None and column.distinct == table.row_count and all(v.isdigit() for v in column.values):
        return True
    return bool(_CODES & set(identifier_stems(column.name)[-1:]))
