"""The parts of a ratio beside the ratio."""

from __future__ import annotations

import re

from sqlglot import exp

from .bound import Bound

_ONE_RATIO = re.compile(
    r"\b(?:what|which|compute|calculate|find|give|show|return)\b[\w ']{0,25}\b(?:ratio|percentage|proportion|share|fraction)\b",
    re.IGNORECASE,
)
_MORE_THAN_ONE = re.compile(
    r"\b(?:each|every|per|by|and|along|together|respectively|as well|also|ratios|percentages|shares)\b(?! (?:what|of)\b)",
    re.IGNORECASE,
)


def only_the_ratio(bound: Bound) -> str | None:
    """The ratio alone where the question asks for one ratio and the parts it is made of stand beside it."""
    if not _ONE_RATIO.search(bound.question) or _MORE_THAN_ONE.search(bound.question):
        return None
    tree = bound.tree
    if not isinstance(tree, exp.Select) or tree.args.get("group") is not None or len(tree.expressions) < 2:
        return None
    if not all(column.find(exp.AggFunc) for column in tree.expressions):
        return None
    ratios = [column for column in tree.expressions if column.find(exp.Div)]
    if len(ratios) != 1:
        return None
    tree.set("expressions", ratios)
    return "The question asks for the ratio alone."
