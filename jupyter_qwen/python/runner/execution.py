"""Run one cell as IPython does: the value of its last expression, what it displayed, what it printed."""

from __future__ import annotations

import ast
import io
import re
import sys
import types
from dataclasses import dataclass, field
from typing import Any

from .raised import CELL, Untried, words_of

_PRINTED = 20_000
_DISPLAYED = 5
_SILENT = re.compile(r";\s*(#[^\n]*)?$")


@dataclass
class Ran:
    """What a cell gave. `value` is that of its last expression or assignment; `name` what it was assigned to, "" when shown."""

    value: Any = None
    name: str = ""
    displayed: list[Any] = field(default_factory=list)
    printed: str = ""
    namespace: dict[str, Any] = field(default_factory=dict)


class _Bounded(io.TextIOBase):
    """A text stream that keeps the first characters and lets the others go."""

    def __init__(self) -> None:
        self._kept: list[str] = []
        self._left = _PRINTED

    def write(self, text: str) -> int:
        if self._left > 0:
            self._kept.append(text[: self._left])
            self._left -= len(text)
        return len(text)

    def writable(self) -> bool:
        return True

    def text(self) -> str:
        return "".join(self._kept)


def run_source(code: str, setup: str, namespace: dict[str, Any]) -> Ran:
    """Run `setup` statement by statement, then `code`, in `namespace`. Raises what the cell raises, and Untried.

    A statement of the setup that fails is left out: it ran in the kernel, so the trial lacks something that it needs.
    """
    ran = Ran(namespace=namespace)
    main = types.ModuleType("__main__")
    vars(main).update(namespace)
    names = ran.namespace = vars(main)
    sys.modules["__main__"] = main  # DuckDB and classes look there
    stream = _Bounded()
    sys.stdout = sys.stderr = stream
    names["display"] = lambda *values, **options: ran.displayed.extend(values[: _DISPLAYED - len(ran.displayed)])
    lost = _set_up(setup, names)
    try:
        _run(code, names, ran)
    except NameError as error:
        name = getattr(error, "name", None) or words_of(error).partition("'")[2].partition("'")[0]
        if name in lost:
            raise Untried(f"`{name}`, which the notebook defines, could not be made here: {lost[name]}") from error
        raise
    finally:
        ran.printed = stream.text()
    return ran


def _set_up(setup: str, names: dict[str, Any]) -> dict[str, str]:
    """Runs each statement; the names that could not be defined, and why."""
    lost: dict[str, str] = {}
    for statement in ast.parse(setup).body:
        try:
            exec(compile(ast.Module([statement], []), "<setup>", "exec"), names)
        except Exception as error:  # noqa: BLE001 - see run_source
            for node in ast.walk(statement):
                for name in _defined(node):
                    lost[name] = f"{type(error).__name__}: {words_of(error)[:100]}"
    return lost


def _defined(node: ast.AST) -> list[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
        return [node.name]
    if isinstance(node, ast.alias):
        return [(node.asname or node.name).partition(".")[0]]
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return [node.id]
    return []


def _run(code: str, names: dict[str, Any], ran: Ran) -> None:
    tree = compile(code, CELL, "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    if any(isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith)) for node in _outer(tree)):
        raise Untried("It awaits, and a trial has no event loop.")
    body = tree.body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    exec(compile(tree, CELL, "exec"), names)
    if last is not None:
        value = eval(compile(ast.Expression(last.value), CELL, "eval"), names)
        if value is not None and not _SILENT.search(code.rstrip()):
            ran.value = value
    elif body and isinstance(body[-1], (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        _take_assigned(body[-1], names, ran)
    if ran.value is None and ran.displayed:
        ran.value, ran.name = ran.displayed[-1], ""


def _outer(tree: ast.AST) -> list[ast.AST]:
    """The nodes of `tree` outside of its functions."""
    found, waiting = [], [tree]
    while waiting:
        node = waiting.pop()
        found.append(node)
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)
    return found


def _take_assigned(statement: ast.stmt, names: dict[str, Any], ran: Ran) -> None:
    """What the last assignment of the cell gave; of a column's, the frame that got it."""
    assert isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign))
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    while isinstance(target, (ast.Subscript, ast.Attribute)):
        target = target.value
    if isinstance(target, ast.Name) and target.id in names:
        ran.value, ran.name = names[target.id], target.id
