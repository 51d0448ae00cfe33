"""Lists counted from zero."""

from __future__ import annotations

from sqlglot import exp

from ..scopes import column_of
from .bound import Bound

_ELEMENT_ZERO = exp.Neg(this=exp.Literal.number(1))  # sqlglot keeps positions from zero, whatever the dialect


def count_from_one(bound: Bound) -> str | None:
    """Element 1 in place of element 0 of a list: DuckDB's lists begin at 1, and element 0 is always NULL.

    https://duckdb.org/docs/stable/sql/data_types/list
    """
    found: list[str] = []
    for view in bound.views:
        for column in view.columns:
            bracket, known = column.parent, column_of(view, column)
            if (
                isinstance(bracket, exp.Bracket)
                and bracket.expressions == [_ELEMENT_ZERO]
                and known is not None
                and known[1].type.endswith("]")
            ):
                bracket.set("expressions", [exp.Literal.number(0)])
                found.append(known[1].name)
    return f"Lists begin at 1 in DuckDB, so {', '.join(found)}[0] is always NULL." if found else None
