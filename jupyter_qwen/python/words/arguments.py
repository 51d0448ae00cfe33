"""What stands between the brackets of a call: names, lists of names, and options that change nothing."""

from __future__ import annotations

import ast
from typing import Any

from jupyter_qwen.python.words.chained_frame import NotPlain


def elements(node: ast.expr) -> list[ast.expr]:
    """The items of a list, or the one thing that stands in its place."""
    return list(node.elts) if isinstance(node, (ast.List, ast.Tuple)) else [node]


def names_in(node: ast.expr) -> list[str]:
    """Texts: one, or a list of them. Raises NotPlain for others."""
    return [text(each) for each in elements(node)]


def text(node: Any) -> str:
    """A text that stands there. Raises NotPlain for one that is computed."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise NotPlain("a name that is computed")


def only(words: list[ast.keyword], **allowed: tuple[Any, ...] | None) -> None:
    """Raise NotPlain for options that change what is said; ``None`` allows any value."""
    for word in words:
        if word.arg not in allowed:
            raise NotPlain(str(word.arg))
        values = allowed[word.arg]
        if values is not None and not (isinstance(word.value, ast.Constant) and word.value.value in values):
            raise NotPlain(str(word.arg))
