"""Comparisons with a text that the column does not hold."""

from __future__ import annotations

import difflib

from ..literals import compared_literals, equivalent_value, folded
from ..model import Diagnostic
from .examined import Examined


def literal_not_in_values(examined: Examined) -> tuple[Diagnostic, ...]:
    """``state = 'NC'`` where every state is written out: no row can match."""
    if examined.tree is None:
        return ()
    found = []
    for compared in compared_literals(examined.tree, examined.schema):
        column, text = compared.column, compared.literal.this
        if not column.values_complete or not column.values or text in column.values:
            continue
        near = near_values(text, column.values)
        same = equivalent_value(text, column)
        shown = ", ".join(repr(value) for value in (near or column.values)[:5])
        message = f"{compared.table}.{column.name} has no value {text!r}."
        hint = f"It is spelled {same!r}." if same else f"It holds {shown}."
        code = "literal-not-in-values"
        found.append(examined.warn(code, message, at=compared.literal, hint=hint, candidates=near))
    return tuple(found)


def near_values(text: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """Up to three values that `text` may mean: equal but for case, containing it, abbreviated by it, or nearly the same."""
    plain = {folded(value): value for value in reversed(values)}
    wanted = folded(text)
    close = [value for key, value in plain.items() if key == wanted or (len(wanted) > 2 and wanted in key)]
    close += [
        value for key, value in plain.items() if len(wanted) > 1 and wanted == "".join(word[0] for word in key.split())
    ]
    close += [plain[key] for key in difflib.get_close_matches(wanted, list(plain), cutoff=0.7)]
    return tuple(dict.fromkeys(close))[:3]
