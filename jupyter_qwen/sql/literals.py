"""Literals that a query compares with columns whose values are known."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from ..schema.model import Column, Schema
from .scopes import column_of, scope_views


@dataclass(frozen=True)
class Comparison:
    """A text `literal` compared with a `column` of the schema."""

    literal: exp.Literal
    column: Column
    table: str


def compared_literals(tree: exp.Expr, schema: Schema) -> Iterator[Comparison]:
    """Text literals that stand in ``column = 'x'``, ``<>`` or ``IN (…)`` with a column of the schema."""
    for view in scope_views(tree, schema):
        for column in view.columns:
            parent = column.parent
            found = column_of(view, column)
            if found is None:
                continue
            table, known = found
            literals: list[object] = []
            if isinstance(parent, (exp.EQ, exp.NEQ)):
                literals = [parent.right if parent.left is column else parent.left]
            elif isinstance(parent, exp.In) and parent.this is column:
                literals = list(parent.expressions)
            for literal in literals:
                if isinstance(literal, exp.Literal) and literal.is_string:
                    yield Comparison(literal, known, table.name)


def equivalent_value(literal: str, column: Column) -> str | None:
    """The one value of `column` that is `literal` but for case, accents and white space; None unless it is certain."""
    if not column.values_complete or literal in column.values:
        return None
    same = [value for value in column.values if folded(value) == folded(literal)]
    return same[0] if len(same) == 1 else None


def folded(text: str) -> str:
    """`text` without case, accents, and surplus white space."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())
