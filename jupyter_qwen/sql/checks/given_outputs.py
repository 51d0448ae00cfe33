"""A result that shows nothing but what the query was given."""

from __future__ import annotations

from sqlglot import exp

from ..model import Diagnostic
from ..tree import conjuncts
from .examined import Examined


def given_output(examined: Examined) -> tuple[Diagnostic, ...]:
    """``SELECT p.name … WHERE p.name = 'Kyle'``: every row says Kyle, which whoever asked knew before."""
    tree = examined.tree
    where = tree.args.get("where") if isinstance(tree, exp.Select) else None
    if tree is None or where is None or not tree.expressions or tree.args.get("group") is not None:
        return ()
    outputs = [item.unalias() for item in tree.expressions]
    given = {
        part.left.sql(): part.right
        for part in conjuncts(where.this)
        if isinstance(part, exp.EQ) and isinstance(part.left, exp.Column) and isinstance(part.right, exp.Literal)
    }
    if not all(isinstance(item, exp.Column) and item.sql() in given for item in outputs):
        return ()
    value = given[outputs[0].sql()].sql(dialect="duckdb")
    message = f"Every row shows {value}, which the query itself asks for."
    return (examined.warn("given-output", message, at=outputs[0], hint="Another row's value is probably meant."),)
