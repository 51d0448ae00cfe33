"""Literals that no value equals, where exactly one value is the same but for case, accents or white space."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from ...schema.model import Schema
from ..literals import compared_literals, equivalent_value
from ..model import Proof, Repair
from ..tree import syntax_tree, write
from ..validate import prove


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
        after = write(tree, like=proof.sql)
        reason = f"{found.table}.{found.column.name} has no value {wrong!r}; it is spelled {right!r}."
        repairs.append(Repair("same-value", reason, text, after))
        text = after
    if not repairs:
        return proof
    mended = prove(text, schema)
    return replace(mended, repairs=tuple(repairs)) if mended.verdict == "bound" else proof
