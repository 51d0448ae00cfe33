"""Literals that no value equals, where exactly one value is the same but for case, accents or white space."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlglot import exp

from ...schema.model import Column, Schema
from ..model import Proof, Repair
from ..parse import syntax_tree
from ..validate import prove
from .scopes import ScopeView, scope_views


@dataclass(frozen=True)
class Comparison:
    """A text `literal` compared with a `column` of the schema whose values are known."""

    literal: exp.Literal
    column: Column
    table: str


def mend_values(sql: str, schema: Schema) -> Proof:
    """Replace such literals and prove the result; the proof of `sql` itself when there is none.

    Only certain replacements: the column's values are complete, none equals the literal, exactly one equals it when case,
    accents and white space are ignored. Callers use it on an empty result, since a query may mean to find nothing.
    """
    tree = syntax_tree(sql)
    proof = prove(sql, schema)
    if tree is None or proof.verdict != "bound":
        return proof
    repairs = []
    text = proof.sql
    for found in list(compared_literals(tree, schema)):
        right = equivalent_value(found.literal.this, found.column)
        if right is None:
            continue
        wrong = found.literal.this
        found.literal.replace(exp.Literal.string(right))
        after = tree.sql(dialect="duckdb", pretty="\n" in proof.sql)
        reason = f"{found.table}.{found.column.name} has no value {wrong!r}; it is spelled {right!r}."
        repairs.append(Repair("same-value", reason, text, after))
        text = after
    if not repairs:
        return proof
    mended = prove(text, schema)
    return replace(mended, repairs=tuple(repairs)) if mended.verdict == "bound" else proof


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


def compared_literals(tree: exp.Expr, schema: Schema) -> Iterator[Comparison]:
    """Text literals that stand in ``column = 'x'``, ``<>`` or ``IN (…)`` with a column of the schema."""
    for view in scope_views(tree, schema):
        for column in view.columns:
            parent = column.parent
            found = _column(view, column)
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
                    yield Comparison(literal, known, table)


def _column(view: ScopeView, column: exp.Column) -> tuple[str, Column] | None:
    sources = [view.source(column.table)] if column.table else view.holders(column.name)
    if len(sources) != 1 or sources[0] is None or sources[0].table is None:
        return None
    table = sources[0].table
    known = table.column(column.name)
    return (table.name, known) if known is not None else None
