"""A LIMIT over everything where rows of each group are asked for, or none at all."""

from __future__ import annotations

import re

from sqlglot import exp

from ..demands.asked import limit_beside_each, unasked_limit
from .bound import Bound
from .extremes import EXTREME
from .rows_for_each import group_column, group_noun, named_column

_BEST_OF_EACH = re.compile(
    rf"\bthe (?:single )?{EXTREME} (?P<noun>[a-z]+[a-rt-z]) (?:for|of|in|from|per|by) ?(?:each|every)?\b", re.IGNORECASE
)


def limit_of_each(bound: Bound) -> str | None:
    """`ORDER BY price DESC LIMIT 3` becomes the three of every category where the question says "of every category".

    One row for each group, cut off after the first, loses its LIMIT. Only where one column of the tables is the group.
    """
    tree = bound.tree
    if not isinstance(tree, exp.Select) or limit_beside_each(bound.question, tree) is None:
        return None
    kept = tree.args["limit"].expression.name
    group = group_column(bound, tree)
    if group is not None and tree.args.get("group") is not None and not _beside(tree, group):
        if kept != "1":
            return None
        tree.set("limit", None)
        return "A row is asked for each, so none is cut off."
    return _keep_of_each(bound, tree, kept)


def best_of_each(bound: Bound) -> str | None:
    """Only the first row of each group where all stand, sorted, and "the cheapest product of each category" is asked for."""
    tree, found = bound.tree, _BEST_OF_EACH.search(bound.question)
    if found is None or not isinstance(tree, exp.Select) or group_noun(bound.question) is None:
        return None
    order = tree.args.get("order")
    if tree.args.get("limit") is not None or order is None or tree.args.get("distinct") is not None:
        return None
    if tree.find(exp.Window, exp.Max, exp.Min, exp.ArgMax, exp.ArgMin, exp.Subquery) is not None:
        return None
    return _keep_of_each(bound, tree, "1")


def needless_limit(bound: Bound) -> str | None:
    """No LIMIT where the question names no number and nothing that is first."""
    if not isinstance(bound.tree, exp.Select) or unasked_limit(bound.question, bound.tree) is None:
        return None
    if bound.tree.args.get("offset") is not None:
        return None  # the second of all, the next page
    bound.tree.set("limit", None)
    return "Nobody asked for the first rows alone."


def _keep_of_each(bound: Bound, tree: exp.Select, kept: str) -> str | None:
    """Put `kept` rows of each group in place of a LIMIT; the group's column is shown, too."""
    order = tree.args.get("order")
    if tree.args.get("qualify") is not None or tree.args.get("offset") is not None or not isinstance(order, exp.Order):
        return None
    group = group_column(bound, tree)
    unseen = None if group is not None else _unseen_group(bound, tree)
    group = group if group is not None else unseen
    if group is None or not _beside(tree, group):
        return None
    named = {item.alias.casefold(): item.unalias() for item in tree.expressions if item.alias}
    spelled = order.copy()
    for column in list(spelled.find_all(exp.Column)):
        if not column.table and column.name.casefold() in named:
            column.replace(named[column.name.casefold()].copy())
    measures = [key for key in spelled.expressions if key.find(exp.AggFunc) is not None]
    ranks = measures or [key for key in spelled.expressions if key.this != group]
    if not ranks:
        return None
    if unseen is not None:
        tree.set("expressions", [unseen.copy(), *tree.expressions])
        if isinstance(tree.args.get("group"), exp.Group) and not tree.args["group"].args.get("all"):
            tree.args["group"].append("expressions", unseen.copy())
    ranking = exp.Rank() if kept == "1" else exp.RowNumber()  # two that are first together are both shown
    place = exp.Window(this=ranking, partition_by=[group.copy()], order=exp.Order(expressions=ranks))
    tree.set("qualify", exp.Qualify(this=exp.LTE(this=place, expression=exp.Literal.number(kept))))
    tree.set("limit", None)
    return f"The first {kept} of each {group.name} are asked for, not of all."


def _beside(tree: exp.Select, group: exp.Column) -> list[exp.Expr]:
    """What is shown beside the group and is no figure."""
    shown = [item.unalias() for item in tree.expressions]
    return [item for item in shown if item != group and item.find(exp.AggFunc) is None]


def _unseen_group(bound: Bound, tree: exp.Select) -> exp.Column | None:
    """The column that the words behind "each" name, where the query's tables have it and the result does not."""
    view = next((each for each in bound.over_tables() if each.select is tree), None)
    noun = group_noun(bound.question)
    if view is None or noun is None or any(isinstance(each, exp.Literal) for each in _positions(tree)):
        return None
    return named_column(view, noun.split()[0])


def _positions(tree: exp.Select) -> list[exp.Expr]:
    """The keys of GROUP BY and ORDER BY, which may be positions of outputs."""
    group, order = tree.args.get("group"), tree.args.get("order")
    return [*(group.expressions if group is not None else ()), *(k.this for k in (order.expressions if order else ()))]
