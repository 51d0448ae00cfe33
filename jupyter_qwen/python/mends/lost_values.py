"""Values that a cell computes and nobody sees: a notebook shows that of the last expression alone."""

from __future__ import annotations

import ast
from collections.abc import Collection

from jupyter_qwen.python.mends.edits import Edit, Places, in_place

_PURE = frozenset((
    "abs", "bool", "dict", "float", "int", "len", "list", "max", "min", "round", "set", "sorted", "str", "sum", "tuple",
))  # fmt: skip
_ACTS = ("plot", "hist", "boxplot", "to_", "info", "insert", "pop", "update", "append", "close", "show", "save")


def shown_together(source: str, tree: ast.Module, variables: Collection[str]) -> str | None:
    """`source` with the expressions at its end as one tuple; None where there is one only, or one may do more than give a value.

    `variables` hold the notebook's frames: what is called on them gives values, but for drawing, writing and changing in place.
    """
    known = _frames_and_values(tree, variables)
    values: list[ast.Expr] = []
    for node in reversed(tree.body):
        if not isinstance(node, ast.Expr) or not _gives_a_value(node.value, known):
            break
        values.insert(0, node)
    if len(values) < 2:
        return None
    places = Places(source)
    first, last = values[0], values[-1]
    edits = [Edit(places.start(first), places.start(first), "(\n"), Edit(places.end(last), places.end(last), ",\n)")]
    edits += [Edit(places.end(node), places.end(node), ",") for node in values[:-1]]
    return places.replaced(edits)


def _frames_and_values(tree: ast.Module, variables: Collection[str]) -> frozenset[str]:
    """`variables` and what is computed from them; not axes, models or anything else whose methods act."""
    known = set(variables)
    for node in tree.body:
        if isinstance(node, ast.Assign) and _gives_a_value(node.value, known):
            known |= {name.id for name in node.targets if isinstance(name, ast.Name)}
    return frozenset(known)


def _gives_a_value(value: ast.expr, known: Collection[str]) -> bool:
    if isinstance(value, (ast.Constant, ast.Await, ast.Yield, ast.NamedExpr, ast.JoinedStr)):
        return False
    for call in (node for node in ast.walk(value) if isinstance(node, ast.Call)):
        if in_place(call) is not None:
            return False
        if isinstance(call.func, ast.Name):
            if call.func.id not in _PURE:
                return False
        elif (
            not isinstance(call.func, ast.Attribute)
            or call.func.attr.startswith(_ACTS)
            or _root(call) not in {*known, "np"}
        ):
            return False
    return any(isinstance(node, ast.Name) and node.id in known for node in ast.walk(value))


def _root(node: ast.expr) -> str:
    """The variable that a chain begins with; of a calculation in brackets, that of its left side."""
    while isinstance(node, (ast.Call, ast.Attribute, ast.Subscript, ast.BinOp, ast.Compare, ast.UnaryOp)):
        if isinstance(node, (ast.BinOp, ast.Compare)):
            node = node.left
        elif isinstance(node, ast.UnaryOp):
            node = node.operand
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            node = node.args[0]
        else:
            node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
