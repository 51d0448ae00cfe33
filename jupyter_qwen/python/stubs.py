"""Code that leaves the work to the reader: ``pass``, ``...``, a comment that says "your code here". A stub is no answer."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from jupyter_qwen.python.syntax import parsed

_PROMISE = re.compile(
    r"#\s*(?:todo\b|\.\.\.|(?:(?:add|write|put|insert|implement|complete)\b.{0,20})?\byour\b.{0,20}\b(?:code|logic|implementation)\b"
    r"|(?:code|implementation|logic) (?:goes )?here\b|(?:implement|complete) (?:this|the) (?:function|method)\b)",
    re.IGNORECASE,
)


def is_stub(source: str) -> bool:
    """Whether `source`, a whole cell, does nothing, or defines a function that does nothing.

    An empty class and an empty ``except`` are no stubs: Python has them so. False for what is no Python.
    """
    tree = parsed(source)
    if tree is None:
        return False
    if all(isinstance(node, ast.Pass) or ast.unparse(node) == "..." for node in tree.body):
        return bool(source.strip())
    return any(_is_unwritten(node) for node in tree.body)


def leaves_stub(text: str, prefix: str) -> bool:
    """Whether `text`, suggested behind `prefix`, gives the function that the cursor stands in no body but a stub."""
    tree = parsed(prefix + text)
    if tree is None:
        return _is_promise(text)
    last = prefix.count("\n") + 1
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    around = [node for node in functions if node.lineno <= last and (node.end_lineno or 0) >= last]
    if around:
        return _is_unwritten(max(around, key=lambda node: node.lineno))
    return any(_is_unwritten(node) for node in functions if node.lineno > last) or _is_promise(text)


def _is_unwritten(node: ast.AST) -> bool:
    return (
        isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and _is_empty(node.body)
        and not any(_decorator(item) in ("overload", "abstractmethod") for item in node.decorator_list)
    )


def _decorator(node: ast.expr) -> str:
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _is_empty(body: Iterable[ast.stmt]) -> bool:
    return all(
        isinstance(node, ast.Pass)
        or (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and (node.value.value is ... or isinstance(node.value.value, str))
        )
        or (isinstance(node, ast.Raise) and "NotImplemented" in ast.dump(node))
        for node in body
    )


def _is_promise(text: str) -> bool:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return (
        bool(lines)
        and all(line.startswith("#") or line in ("pass", "...") for line in lines)
        and (any(_PROMISE.search(line) for line in lines))
    )
