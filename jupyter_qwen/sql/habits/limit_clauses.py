"""A LIMIT over everything where rows of each group are asked for, or none at all."""

from __future__ import annotations

import re

from sqlglot import exp

from jupyter_qwen.schema.words import identifier_stems, stem, words

from .bound import Bound
from .demands import limit_beside_each, unasked_limit

_GROUP = re.compile(r"\b(?:(?:for|of|in|by|per)\s+)?(?:each|every|per)\s+(?P<noun>\w+(?:\s+\w+)?)", re.IGNORECASE)


def limit_of_each(bound: Bound) -> str | None:
    """`ORDER BY price DESC LIMIT 3` becomes the three of every category where the question says "of every category".

    One row for each group, cut off after the first, loses its LIMIT. Only where one column of the result is the group.
    """
    tree = bound.tree
    if not isinstance(tree, exp.Select) or limit_beside_each(bound.question, tree) is None:
        return None
    if tree.args.get("qualify") is not None or tree.args.get("offset") is not None:
        return None
    group = _group_column(bound, tree)
    if group is None:
        return None
    shown = [item.unalias() for item in tree.expressions]
    beside = [item for item in shown if item != group and item.find(exp.AggFunc) is None]
    kept = tree.args["limit"].expression.name
    if tree.args.get("group") is not None and not beside:
        if kept != "1":
            return None
        tree.set("limit", None)
        return "A row is asked for each, so none is cut off."
    order = tree.args.get("order")
    if not beside or not isinstance(order, exp.Order):
        return None
    named = {item.alias.casefold(): item.unalias() for item in tree.expressions if item.alias}
    spelled = order.copy()
    for column in list(spelled.find_all(exp.Column)):
        if not column.table and column.name.casefold() in named:
            column.replace(named[column.name.casefold()].copy())
    ranking = exp.Rank() if kept == "1" else exp.RowNumber()  # two that are first together are both shown
    place = exp.Window(this=ranking, partition_by=[group.copy()], order=spelled)
    tree.set("qualify", exp.Qualify(this=exp.LTE(this=place, expression=exp.Literal.number(kept))))
    tree.set("limit", None)
    return f"The first {kept} of each {group.name} are asked for, not of all."


def needless_limit(bound: Bound) -> str | None:
    """No LIMIT where the question names no number and nothing that is first."""
    if not isinstance(bound.tree, exp.Select) or unasked_limit(bound.question, bound.tree) is None:
        return None
    bound.tree.set("limit", None)
    return "Nobody asked for the first rows alone."


def _group_column(bound: Bound, tree: exp.Select) -> exp.Column | None:
    """The one column of the result that the words behind "each" name, by itself or by its table."""
    found = _GROUP.search(bound.question)
    if found is None:
        return None
    noun = {stem(word) for word in words(found["noun"])}
    owners = {name.casefold(): node for name, node in _tables(tree)}
    best: list[tuple[int, exp.Column]] = []
    for item in tree.expressions:
        column = item.unalias()
        if not isinstance(column, exp.Column):
            continue
        owner = owners.get(column.table.casefold())
        said = 2 * len(noun & set(identifier_stems(column.name)))
        said += len(noun & set(identifier_stems(owner.name))) if owner is not None else 0
        if said:
            best.append((said, column))
    most = max((said for said, _ in best), default=0)
    leading = [column for said, column in best if said == most]
    return leading[0] if len(leading) == 1 else None


def _tables(tree: exp.Select) -> list[tuple[str, exp.Table]]:
    return [(node.alias_or_name, node) for node in tree.find_all(exp.Table)]
