"""Expressions that have one value whenever they run: texts, paths that are joined, lists and dictionaries of them."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Mapping
from typing import Any, Final

#: A text that doubles itself in every line would fill the memory.
MAX_CHARACTERS: Final = 10_000
MAX_ITEMS: Final = 10_000


class NotConstant(Exception):
    """The value of an expression is known once it runs."""


class PathText(str):
    """The text of a `pathlib.Path`, which a slash joins."""

    __slots__ = ()


def constant(node: ast.expr | None, names: Mapping[str, Any], called: Callable[[ast.expr], str]) -> Any:
    """The value of `node`; `names` are the constants so far, `called` tells what a function is called in full.

    Raises NotConstant.
    """
    if isinstance(node, ast.Constant):
        if isinstance(node.value, (str, int, float, bool, type(None))):
            return _bounded(node.value)
    elif isinstance(node, ast.Name):
        if node.id in names:
            return names[node.id]
    elif isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        if len(node.elts) <= MAX_ITEMS:
            return [constant(item, names, called) for item in node.elts]
    elif isinstance(node, ast.Dict):
        if len(node.keys) <= MAX_ITEMS and None not in node.keys:
            keys = [constant(key, names, called) for key in node.keys]
            if all(isinstance(key, (str, int)) for key in keys):
                return dict(zip(keys, [constant(value, names, called) for value in node.values], strict=True))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = constant(node.operand, names, called)
        if isinstance(value, (int, float)):
            return -value
    elif isinstance(node, ast.BinOp):
        return _joined(node, names, called)
    elif isinstance(node, ast.JoinedStr):
        return _bounded("".join(_part(part, names, called) for part in node.values))
    elif isinstance(node, ast.Call):
        return _called(node, names, called)
    raise NotConstant


def text(node: ast.expr | None, names: Mapping[str, Any], called: Callable[[ast.expr], str]) -> str:
    """As `constant`, for what must be a text. Raises NotConstant."""
    value = constant(node, names, called)
    if not isinstance(value, str):
        raise NotConstant
    return str(value)


def _joined(node: ast.BinOp, names: Mapping[str, Any], called: Callable[[ast.expr], str]) -> Any:
    left, right = constant(node.left, names, called), constant(node.right, names, called)
    if isinstance(left, list):
        return _longer(left, node.op, right)
    if not isinstance(left, str) or not isinstance(right, str):
        raise NotConstant
    if isinstance(node.op, ast.Div) and (isinstance(left, PathText) or isinstance(right, PathText)):
        return PathText(_bounded(os.path.join(left, right)))
    if isinstance(node.op, ast.Add) and not isinstance(left, PathText) and not isinstance(right, PathText):
        return _bounded(left + right)
    raise NotConstant


def _longer(left: list[Any], operator: ast.operator, right: Any) -> list[Any]:
    """``[1] * 3`` and ``[1] + [2]``."""
    if isinstance(operator, ast.Mult) and isinstance(right, int) and len(left) * right <= MAX_ITEMS:
        return left * right
    if isinstance(operator, ast.Add) and isinstance(right, list) and len(left) + len(right) <= MAX_ITEMS:
        return left + right
    raise NotConstant


def _part(part: ast.expr, names: Mapping[str, Any], called: Callable[[ast.expr], str]) -> str:
    if isinstance(part, ast.FormattedValue):
        value = constant(part.value, names, called)
        if part.format_spec is not None or part.conversion != -1 or not isinstance(value, (str, int)):
            raise NotConstant
        return str(value)
    return text(part, names, called)


def _called(node: ast.Call, names: Mapping[str, Any], called: Callable[[ast.expr], str]) -> Any:
    if node.keywords:
        raise NotConstant
    name = called(node.func)
    if name in ("pathlib.Path", "pathlib.PurePath", "os.path.join"):
        parts = [text(item, names, called) for item in node.args]
        joined = _bounded(os.path.join(*parts)) if parts else "."
        return joined if name == "os.path.join" else PathText(joined)
    if name in ("pathlib.Path.cwd", "os.getcwd") and not node.args:
        return PathText(".") if name.startswith("pathlib") else "."
    if name in ("str", "os.fspath") and len(node.args) == 1:
        return text(node.args[0], names, called)
    if isinstance(node.func, ast.Attribute):
        value = constant(node.func.value, names, called)
        if isinstance(value, PathText):
            if node.func.attr in ("resolve", "absolute", "expanduser") and not node.args:
                return value
            if node.func.attr == "as_posix" and not node.args:
                return str(value)
            if node.func.attr == "joinpath":
                return PathText(_bounded(os.path.join(value, *(text(item, names, called) for item in node.args))))
        elif isinstance(value, str) and node.func.attr in ("strip", "lower", "upper") and not node.args:
            return str(getattr(value, node.func.attr)())
    raise NotConstant


def _bounded(value: Any) -> Any:
    if isinstance(value, str) and len(value) > MAX_CHARACTERS:
        raise NotConstant
    return value
