"""Text compared with a number: DuckDB binds it, casts the text when it runs, and fails at the first word that is no number."""

from __future__ import annotations

import re
from typing import Final

from sqlglot import exp

from ..model import Diagnostic
from ..scopes import ScopeView, column_of
from .examined import Examined

_NUMBER: Final = re.compile(r"U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$|FLOAT$|DOUBLE$|DECIMAL", re.IGNORECASE)
_NUMERAL: Final = re.compile(r"\s*[+-]?(\d[\d_]*\.?\d*|\.\d+)([eE][+-]?\d+)?\s*\Z")


def text_beside_number(examined: Examined) -> tuple[Diagnostic, ...]:
    """``state_code = state``, ``maker = 'USA'`` where maker is an INTEGER."""
    found = []
    for view in examined.views:
        for node in _comparisons(view):
            others = node.expressions or [node.args.get("expression")]
            pairs = [(node.this, other) for other in others if other is not None]
            for left, right in pairs:
                message = _clash(view, left, right) or _clash(view, right, left)
                if message:
                    found.append(
                        examined.warn(
                            "text-beside-number", message, at=node, hint="It may fail with a Conversion Error."
                        )
                    )
                    break
    return tuple(found)


def _comparisons(view: ScopeView) -> list[exp.Expr]:
    """Comparisons whose columns belong to `view`, each once, in the order of the text."""
    kinds = (exp.EQ, exp.NEQ, exp.GT, exp.LT, exp.GTE, exp.LTE, exp.In)
    parents = (column.parent for column in view.columns)
    return list({id(parent): parent for parent in parents if isinstance(parent, kinds)}.values())


def _clash(view: ScopeView, number: exp.Expr, text: exp.Expr) -> str | None:
    if (
        not isinstance(number, exp.Column)
        or (known := column_of(view, number)) is None
        or not _NUMBER.match(known[1].type)
    ):
        return None
    if isinstance(text, exp.Literal) and text.is_string:
        if _NUMERAL.match(text.this):
            return None
        return f"{known[0].name}.{known[1].name} is {known[1].type}; {text.sql(dialect='duckdb')} is no number."
    if (
        isinstance(text, exp.Column)
        and (other := column_of(view, text)) is not None
        and other[1].type.upper() == "VARCHAR"
    ):
        if other[1].values_complete and all(_NUMERAL.match(value) for value in other[1].values):
            return None
        return f"{known[0].name}.{known[1].name} is {known[1].type} and {other[0].name}.{other[1].name} is text."
    return None
