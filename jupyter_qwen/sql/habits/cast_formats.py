"""Casts that fail on every row: a date of a whole number, and of a text in a format that DuckDB does not read by itself."""

from __future__ import annotations

import re

from sqlglot import exp, parse_one

from jupyter_qwen.schema.formats import Format, format_of
from jupyter_qwen.schema.model import Column
from jupyter_qwen.schema.words import identifier_stems

from ..scopes import column_of
from .bound import Bound

_DATES = ("DATE", "TIMESTAMP")
_WHOLE = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$", re.IGNORECASE)
_PARSING = (exp.StrToTime, exp.StrToDate, exp.TsOrDsToDate)


def cast_by_format(bound: Bound) -> str | None:
    """The year itself in place of ``YEAR(CAST(year AS DATE))``, and the format that the values have in place of another one.

    Casts of what DuckDB reads by itself stay.
    """
    reasons: list[str] = []
    for view in bound.views:
        for column in list(view.columns):
            known = column_of(view, column)
            if known is None:
                continue
            reason = _year_itself(column, known[1])
            found = None if reason else format_of(*known)
            if found is not None and not _plain(found):
                reason = _by_format(column, found)
            if reason:
                reasons.append(reason)
    return " ".join(dict.fromkeys(reasons)) or None


def _year_itself(column: exp.Column, known: Column) -> str | None:
    """`YEAR(CAST(column AS DATE))` and its like over a whole number that is called a year."""
    cast = column.parent
    if not (isinstance(cast, exp.Cast) and cast.to.sql("duckdb").startswith(_DATES) and _WHOLE.match(known.type)):
        return None
    part = cast.parent
    while isinstance(part, (exp.TsOrDsToDate, exp.Paren)):
        part = part.parent
    wanted = _part(part) if part is not None else None
    if part is None or wanted is None or wanted not in identifier_stems(known.name):
        return None
    part.replace(column.copy())
    return f"{known.name} is the {wanted} already; a number is no date."


def _part(node: exp.Expr) -> str | None:
    """``year`` of ``YEAR(x)``, ``EXTRACT(year FROM x)`` and ``date_part('year', x)``."""
    if isinstance(node, (exp.Year, exp.Month, exp.Day, exp.Quarter, exp.Week)):
        return node.key
    if isinstance(node, exp.Extract):
        return str(node.this.name).lower()
    if isinstance(node, exp.Anonymous) and node.name.lower() in ("date_part", "datepart") and node.expressions:
        return str(node.expressions[0].name).lower()
    return None


def _by_format(column: exp.Column, found: Format) -> str | None:
    """The cast or the other format around `column`, replaced by what reads its values."""
    outer = column.parent
    while outer is not None and isinstance(outer, exp.Func) and outer.key in ("replace", "trim"):
        outer = outer.parent  # a part of the way is there: the whole expression takes its place
    dated = found.type in _DATES
    if isinstance(outer, exp.Cast):
        target: str = outer.to.sql("duckdb")
        if target.startswith(_DATES) != dated or target.startswith(("VARCHAR", "TEXT", "BOOL", "TIME ")):
            return None
    elif isinstance(outer, _PARSING) and dated:
        target = "TIMESTAMP"
    else:
        return None
    text = found.of(column.sql("duckdb"))
    if target == "DATE":
        text = f"CAST({text} AS DATE)"
    after = parse_one(text, dialect="duckdb")
    if isinstance(outer, exp.Cast) and isinstance(after, exp.Cast) and not dated:
        after.set("to", outer.to.copy())  # DECIMAL(10, 2), where the query wants that
    if after.sql("duckdb") == outer.sql("duckdb"):
        return None
    outer.replace(after)
    return f"{column.name} is kept as {'a number' if 'number' in found.kind.split()[-1:] else 'text'}; this reads its values."


def _plain(found: Format) -> bool:
    """Whether a plain cast reads the format."""
    return found.pattern.startswith(("CAST({}", "TRY_CAST({}"))
