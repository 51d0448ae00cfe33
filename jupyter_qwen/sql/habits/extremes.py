"""What belongs to an extreme of each group: its name ("the cheapest carrier for each country"), or the extreme itself."""

from __future__ import annotations

import re

from sqlglot import exp

from jupyter_qwen.schema.words import identifier_stems, stem, words

from ..scopes import ScopeView, column_of
from .bound import Bound
from .rows_for_each import group_column, named_column

_NO_EXTREME = r"(?!(?:inter|requ|w|t|gu|for|inv|harv|manif|r|n)est\b)"
#: "the cheapest carrier", "the best-selling product": one of each, told by what comes before the noun.
EXTREME = rf"(?:(?:most|least|best|worst)(?:[- ][a-z]+)?|{_NO_EXTREME}[a-z]+est|first|last)"
_OF_EACH = r"(?:for|of|in|per|by|from|at|on)? ?(?:each|every|per)\b"
_ONE_OF_EACH = re.compile(rf"\b(?P<extreme>{EXTREME}) (?P<noun>[a-z]\w+) {_OF_EACH}", re.IGNORECASE)
_VALUE_OF_EACH = re.compile(
    rf"\b(?P<extreme>first|earliest|last|latest|most recent|highest|lowest|largest|smallest|biggest|longest|shortest)"
    rf" (?P<noun>[a-z]\w+(?: [a-z]\w+)?) {_OF_EACH}",
    re.IGNORECASE,
)
_LEAST = frozenset({"first", "earliest", "lowest", "smallest", "shortest"})
_KINDS = frozenset({"date", "time", "day", "value"})
_LABELS = frozenset({"name", "title", "label"})


def name_of_extreme(bound: Bound) -> str | None:
    """`arg_min(carrier, price)` for `min(price)` where the cheapest *carrier* for each country is asked for.

    Only where one column is the thing that is asked for, and neither it nor another name of it is in the result.
    """
    tree, found = bound.tree, _ONE_OF_EACH.search(bound.question)
    if found is None or not isinstance(tree, exp.Select) or not isinstance(tree.args.get("group"), exp.Group):
        return None
    view = next((each for each in bound.over_tables() if each.select is tree), None)
    figures = [item for item in tree.expressions if item.find(exp.AggFunc) is not None]
    if view is None or len(figures) != 1:
        return None
    extreme = figures[0].unalias()
    if not isinstance(extreme, exp.Max | exp.Min) or not isinstance(extreme.this, exp.Column) or extreme.expressions:
        return None
    noun = stem(found["noun"])
    shown = [column for item in tree.expressions for column in item.find_all(exp.Column)]
    if any(noun in identifier_stems(column.name) for column in shown):
        return None
    column = named_column(view, found["noun"], labels=_LABELS)
    if column is None or column in tree.args["group"].expressions:
        return None
    function = exp.ArgMax if isinstance(extreme, exp.Max) else exp.ArgMin
    alias = figures[0].alias if noun in identifier_stems(figures[0].alias) else column.name
    figures[0].replace(exp.alias_(function(this=column, expression=extreme.this.copy()), alias))
    return f"The {found['noun']} is asked for, not its {extreme.this.name}."


def value_of_extreme(bound: Bound) -> str | None:
    """`min(order_date) … GROUP BY customer` where every row stands and the first order date of each customer is asked for."""
    tree, found = bound.tree, _VALUE_OF_EACH.search(bound.question)
    if (
        found is None
        or not isinstance(tree, exp.Select)
        or tree.find(exp.AggFunc, exp.Window, exp.Subquery) is not None
    ):
        return None
    if any(tree.args.get(part) is not None for part in ("group", "having", "qualify", "limit", "distinct")):
        return None
    view = next((each for each in bound.over_tables() if each.select is tree), None)
    outputs = [item.unalias() for item in tree.expressions]
    if view is None or not all(isinstance(item, exp.Column) and not item.is_star for item in outputs):
        return None
    asked = {stem(word) for word in words(found["noun"])}
    measured = [item for item in outputs if _is_called(item, asked) and _has_order(view, item)]
    group = group_column(bound, tree)
    if len(measured) != 1 or group is None or group is measured[0]:
        return None
    others = [item for item in outputs if item is not measured[0]]
    if any(item is not group and view.owner(item) is not view.owner(group) for item in others):
        return None
    if view.owner(group) is view.owner(measured[0]) and len(others) > 1:
        return None
    kept = [key for key in _order_keys(tree) if measured[0] not in list(key.find_all(exp.Column))]
    tree.set("order", exp.Order(expressions=kept) if kept else None)
    tree.set("group", exp.Group(expressions=[item.copy() for item in others]))
    function = exp.Min if found["extreme"].lower() in _LEAST else exp.Max
    whole = next(item for item in tree.expressions if item.unalias() is measured[0])
    whole.replace(exp.alias_(function(this=measured[0].copy()), whole.alias_or_name))
    return f"The {found['extreme'].lower()} {measured[0].name} of each {group.name} is asked for, not every one."


def _is_called(column: exp.Expr, asked: set[str]) -> bool:
    """Whether the question's words name the column; "date" and its like say only what kind of column it is."""
    stems = set(identifier_stems(column.name))
    return asked <= stems or (bool(asked - _KINDS) and asked - _KINDS <= stems)


def _order_keys(tree: exp.Select) -> list[exp.Expr]:
    order = tree.args.get("order")
    return list(order.expressions) if order is not None else []


def _has_order(view: ScopeView, column: exp.Expr) -> bool:
    """Whether the values are numbers or dates: a least text is no first one."""
    found = column_of(view, column) if isinstance(column, exp.Column) else None
    return found is not None and found[1].type.upper().split("(")[0] not in ("VARCHAR", "BOOLEAN", "BLOB", "UUID")
