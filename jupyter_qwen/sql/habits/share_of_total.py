"""The part of each group in the whole, where the query gives the sums alone, or divides each sum by itself."""

from __future__ import annotations

import re

from sqlglot import exp

from .bound import Bound

_OF_THE_WHOLE = re.compile(
    r"\b(?:percent(?:age)?s?|shares?|proportions?|fractions?) of (?:the |all )?(?:total|overall|whole|all)\b(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_OF_EACH = re.compile(r"\b(?:each|every|per|by)\b", re.IGNORECASE)
_CONDITION = re.compile(r"\b(?:that|which|who|whose|with|without|were|was|are|is|have|has|had)\b", re.IGNORECASE)


def share_of_total(bound: Bound) -> str | None:
    """`sum(x)` of each group becomes `100.0 * sum(x) / sum(sum(x)) OVER ()` where the question asks for its part of the total.

    A share of those "that were late" is another thing, and stays.
    """
    tree, found = bound.tree, _OF_THE_WHOLE.search(bound.question)
    if found is None or _CONDITION.search(found["rest"]) or not _OF_EACH.search(bound.question):
        return None
    if not isinstance(tree, exp.Select) or tree.args.get("group") is None or tree.args.get("limit") is not None:
        return None
    if tree.find(exp.Window, exp.Subquery, exp.Having) is not None:
        return None
    counted = [item for item in tree.expressions if item.find(exp.AggFunc) is not None]
    if len(counted) != 1:
        return None
    parts = list(counted[0].find_all(exp.Sum, exp.Count))
    value = counted[0].unalias()
    if not parts or any(part != parts[0] for part in parts) or (len(parts) == 1 and value != parts[0]):
        return None
    if len(list(counted[0].find_all(exp.AggFunc))) != len(parts):
        return None
    whole = exp.Window(this=exp.Sum(this=parts[0].copy()))
    share = exp.Div(
        this=exp.Mul(this=exp.Literal.number("100.0"), expression=parts[0].copy()),
        expression=whole,
        safe=False,
        typed=False,
    )
    name = counted[0].alias
    counted[0].replace(exp.alias_(share, "percentage"))
    order = tree.args.get("order")
    for column in list(order.find_all(exp.Column)) if name and order is not None else []:
        if not column.table and column.name.casefold() == name.casefold():
            column.replace(exp.column("percentage"))
    return "The question asks for the part of each in the total."
