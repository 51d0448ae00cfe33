"""One figure over all rows where the question asks for one of each: "average delivery days per carrier" without a group."""

from __future__ import annotations

import re

from sqlglot import exp

from jupyter_qwen.schema.words import identifier_stems, stem, words

from ..scopes import ScopeView
from .bound import Bound

_OF_EACH = re.compile(
    r"\b(?:per|for each|for every|of each|of every|in each|in every|by each)\s+(?P<noun>[a-z]\w*)(?!\w|,? and\b)",
    re.IGNORECASE,
)
_MEAN_OF_COUNTS = re.compile(r"\baverage (?:number|count|amount)\b|\bon average\b|\bmean number\b", re.IGNORECASE)


def group_by_each(bound: Bound) -> str | None:
    """The one column that "per …" names becomes the group where every output adds up all rows.

    "The average number of orders per customer" is one figure, and rates such as "per hour" name no column: both stay.
    """
    tree = bound.tree
    found = list(_OF_EACH.finditer(bound.question))
    if len(found) != 1 or _MEAN_OF_COUNTS.search(bound.question) or not isinstance(tree, exp.Select):
        return None
    if any(tree.args.get(part) is not None for part in ("group", "having", "qualify", "limit", "distinct")):
        return None
    outputs = [item.unalias() for item in tree.expressions]
    if not outputs or not all(item.find(exp.AggFunc) and not item.find(exp.Window, exp.Subquery) for item in outputs):
        return None
    view = next((each for each in bound.over_tables() if each.select is tree), None)
    column = _named(view, found[0]["noun"]) if view is not None else None
    if column is None or column in [inner for item in outputs for inner in item.find_all(exp.Column)]:
        return None
    tree.set("expressions", [column.copy(), *tree.expressions])
    tree.set("group", exp.Group(expressions=[column]))
    return f"The question asks for one row for each {column.name}."


def _named(view: ScopeView, noun: str) -> exp.Column | None:
    """The column that `noun` names in full, or else the only one with `noun` in its name; None where that is not certain."""
    wanted = [stem(word) for word in words(noun)]
    whole, partly = [], []
    for source in view.sources:
        for name in source.columns.values():
            stems = identifier_stems(name)
            if list(stems) == wanted:
                whole.append(source.written(name))
            elif wanted and wanted[0] in stems:
                partly.append(source.written(name))
    found = whole or partly
    if len(found) != 1:
        return None
    if len(view.sources) == 1:
        found[0].set("table", None)
    return found[0]
