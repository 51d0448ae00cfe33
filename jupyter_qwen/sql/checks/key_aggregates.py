"""Aggregates that mean nothing."""

from __future__ import annotations

from sqlglot import exp

from jupyter_qwen.schema.keys import is_foreign_key, is_primary_key

from ..model import Diagnostic
from ..scopes import column_of
from .examined import Examined


def aggregate_of_key(examined: Examined) -> tuple[Diagnostic, ...]:
    """``sum(id)``: the sum or mean of numbers that only name things."""
    found = []
    for view in examined.views:
        for column in view.columns:
            aggregate = column.parent
            if not isinstance(aggregate, (exp.Sum, exp.Avg)):
                continue
            known = column_of(view, column)
            if known is None or not (
                is_primary_key(known[0], known[1].name) or is_foreign_key(known[0], known[1].name)
            ):
                continue
            word = "sum" if isinstance(aggregate, exp.Sum) else "mean"
            found.append(
                examined.warn("aggregate-of-key", f"{column.name} is a key of {known[0].name}: a {word} of keys means nothing.",
                             at=aggregate, hint="count(*) counts the rows.")
            )  # fmt: skip
    return tuple(found)
