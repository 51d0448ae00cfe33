"""The lines of a cell that decide what it shows: those that choose, join, group, compute or sort the rows that its end rests on.

Read from the tree. Imports, texts around a number, and what the last line does not rest on decide nothing.
"""

from __future__ import annotations

import ast
from typing import Final

from jupyter_qwen.python.syntax import parsed

_SHOWS: Final = frozenset({"print", "display"})
_LOOKS: Final = frozenset({"head", "tail", "info", "copy", "reset_index", "rename", "to_frame", "tolist", "to_list"})
_FEWEST: Final = 2


def deciding_lines(source: str) -> tuple[int, ...]:
    """The numbers of these lines, from 1, in order; none where every step decides, as in a cell of one."""
    tree = parsed(source)
    steps = [node for node in (tree.body if tree else ()) if not isinstance(node, ast.Import | ast.ImportFrom)]
    if len(steps) < _FEWEST:
        return ()
    found: list[ast.stmt] = []
    wanted: set[str] = set()
    for number, step in enumerate(reversed(steps)):
        if number and not _given(step) & wanted:
            continue
        wanted |= _read(step)
        if _decides(step):
            found.append(step)
    lines = {line for step in found for line in _lines(step)}
    return tuple(sorted(lines)) if len(found) < len(steps) else ()


def _given(step: ast.stmt) -> set[str]:
    """The names that a step gives something: assigned, defined, or changed in place."""
    given: set[str] = set()
    for node in ast.walk(step):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                given.add(name)
            case ast.FunctionDef(name=name):
                given.add(name)
            case (
                ast.Subscript(value=ast.Name(id=name), ctx=ast.Store())
                | ast.Attribute(value=ast.Name(id=name), ctx=ast.Store())
                | ast.Subscript(value=ast.Attribute(value=ast.Name(id=name)), ctx=ast.Store())
                | ast.Call(func=ast.Attribute(value=ast.Name(id=name)))
            ):
                given.add(name)
    return given


def _read(step: ast.stmt) -> set[str]:
    return {node.id for node in ast.walk(step) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _decides(step: ast.stmt) -> bool:
    """Whether it does more than name, show or rename what is there."""
    for node in ast.walk(step):
        match node:
            case (
                ast.Compare()
                | ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() | ast.FloorDiv() | ast.Mod())
            ):
                if not isinstance(step, ast.Expr) or not _only_shows(step):
                    return True
            case ast.Call(func=ast.Attribute(attr=name)) if name not in _LOOKS:
                return True
            case ast.Subscript(ctx=ast.Load()) | ast.For() | ast.While() | ast.If() | ast.Lambda():
                return True
            case ast.Call(func=ast.Name(id=name)) if name not in _SHOWS:
                return True
    return False


def _only_shows(step: ast.Expr) -> bool:
    call = step.value
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in _SHOWS


def _lines(step: ast.stmt) -> range:
    return range(step.lineno, (step.end_lineno or step.lineno) + 1)
