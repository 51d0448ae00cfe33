"""Columns in single quotes: ``CASE WHEN 'Size' = 'Small'`` compares two texts and is always false."""

from __future__ import annotations

from sqlglot import exp

from ..scopes import ScopeView
from .bound import Bound

_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like, exp.ILike)
_AGGREGATES = (exp.Min, exp.Max, exp.Sum, exp.Avg, exp.Median)


def unquote_columns(bound: Bound) -> str | None:
    """The column where a text that is the name of one is compared with a constant, aggregated, or grouped by.

    Such an expression is the same for every row, so that the text cannot be meant.
    """
    found: list[str] = []
    for view in bound.views:
        for literal in list(view.select.find_all(exp.Literal)):
            if literal.is_string and literal.find_ancestor(exp.Select) is view.select and _constant(literal):
                column = _named(view, literal.this)
                if column is not None:
                    literal.replace(column)
                    found.append(column.name)
    if not found:
        return None
    return f"'{found[0]}' in single quotes is a text; the column is meant."


def _constant(literal: exp.Literal) -> bool:
    """Whether `literal` makes the expression around it the same for every row."""
    parent = literal.parent
    if isinstance(parent, _COMPARISONS):
        # On the left the name, on the right the value: `'Small' = 'Size'` is nobody's habit.
        return parent.this is literal and isinstance(parent.expression, (exp.Literal, exp.Neg))
    if isinstance(parent, exp.Between):
        return parent.this is literal and isinstance(parent.args["low"], exp.Literal)
    if isinstance(parent, exp.In):
        return parent.this is literal and all(isinstance(item, exp.Literal) for item in parent.expressions)
    return isinstance(parent, (*_AGGREGATES, exp.Group))


def _named(view: ScopeView, name: str) -> exp.Column | None:
    holders = [source for source in view.sources if source.has(name)]
    if len(holders) != 1:
        return None
    column = holders[0].written(holders[0].columns[name.casefold()])
    if len(view.sources) == 1:
        column.set("table", None)
    return column
