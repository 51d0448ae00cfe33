"""What stands in the result and was not asked for so: parts beside a ratio, the group said twice, a full name in two columns."""

from __future__ import annotations

import re
from typing import TypeGuard

from sqlglot import exp

from jupyter_qwen.schema.words import identifier_stems

from .bound import Bound

_ONE_RATIO = re.compile(
    r"\b(?:what|which|compute|calculate|find|give|show|return)\b[\w ']{0,25}\b(?:ratio|percentage|proportion|share|fraction)\b",
    re.IGNORECASE,
)
_FULL_NAME = re.compile(r"\bfull names?\b", re.IGNORECASE)
_PART_OF_NAME = re.compile(r"\b(?:first|last|given|family|middle) ?names?\b|\bsurnames?\b", re.IGNORECASE)
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


def full_names(bound: Bound) -> str | None:
    """`first || ' ' || last` in one column where the question asks for a full name and the two parts stand side by side."""
    tree = bound.tree
    if (
        not _FULL_NAME.search(bound.question)
        or _PART_OF_NAME.search(bound.question)
        or not isinstance(tree, exp.Select)
    ):
        return None
    if tree.args.get("group") is not None or tree.args.get("distinct") is not None:
        return None
    items: list[exp.Expr] = []
    joined = False
    for item in tree.expressions:
        column, before = item.unalias(), items[-1].unalias() if items else None
        if _is_part(before, "first") and _is_part(column, "last") and before.table == column.table:
            space = exp.Literal.string(" ")
            whole = exp.DPipe(this=exp.DPipe(this=before.copy(), expression=space), expression=column.copy())
            items[-1] = whole
            joined = True
        else:
            items.append(item)
    if not joined:
        return None
    tree.set("expressions", items)
    return "The question asks for full names, each in one column."


def constant_aggregates(bound: Bound) -> str | None:
    """No `max(name)` beside `name` that the query groups by: within a group there is only one."""
    tree = bound.tree
    group = tree.args.get("group")
    if not isinstance(tree, exp.Select) or not isinstance(group, exp.Group):
        return None
    kept = [
        item
        for item in tree.expressions
        if not (isinstance(item.unalias(), exp.Max | exp.Min) and item.unalias().this in group.expressions)
    ]
    shown = [item.unalias() for item in kept]
    gone = [item for item in tree.expressions if item not in kept]
    order = tree.args.get("order")
    if not gone or not all(item.unalias().this in shown for item in gone):
        return None
    if order is not None and {c.name for c in order.find_all(exp.Column)} & {item.alias for item in gone}:
        return None
    tree.set("expressions", kept)
    return f"{', '.join(item.alias_or_name or item.sql() for item in gone)} says again what the group is."


def _is_part(node: exp.Expr | None, part: str) -> TypeGuard[exp.Column]:
    if not isinstance(node, exp.Column):
        return False
    stems = identifier_stems(node.name)
    return part in stems or (len(stems) == 1 and stems[0] in (f"{part}name", f"{part[0]}name"))
