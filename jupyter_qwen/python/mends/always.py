"""Repairs of code that cannot do what it says in today's pandas, whatever the data. Only frames that are known are touched.

Sources: https://pandas.pydata.org/docs/whatsnew/v2.0.0.html (append, iteritems), v2.1.0 (applymap), v3.0.0 (copy on write: a
column that is changed in place leaves its frame as it was).
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from jupyter_qwen.python.mends.edits import Edit, Places, in_place
from jupyter_qwen.python.syntax import parsed
from jupyter_qwen.sql.model import Repair

# Methods of a column that give as many values as it has, so that the result can be assigned to it.
_SAME_LENGTH = frozenset(
    ("fillna", "replace", "ffill", "bfill", "clip", "interpolate", "mask", "where", "round", "astype", "map")
)
_RENAMED = {"iteritems": "items"}


def always_mended(source: str, frames: Collection[str]) -> tuple[str, tuple[Repair, ...]]:
    """`source` with what pandas has given up replaced, a repair for each kind. `frames` are variables that hold pandas frames."""
    repairs: list[Repair] = []
    for name, reason, find in (
        ("inplace-column", "A column is no longer changed in place: its result is assigned.", _column_in_place),
        ("inplace-result", "What is changed in place has no result to assign.", _assigned_in_place),
        ("removed-method", "pandas has no append and no iteritems any more.", _removed),
    ):
        tree = parsed(source)
        if tree is None:
            return source, tuple(repairs)
        places = Places(source)
        known = known_frames(tree, frames)
        edits = list(find(tree, places, known))
        if edits:
            mended = places.replaced(edits)
            repairs.append(Repair(name, reason, source, mended))
            source = mended
    return source, tuple(repairs)


def known_frames(tree: ast.Module, frames: Collection[str]) -> frozenset[str]:
    """`frames` and the variables that `tree` makes of them."""
    known = set(frames)
    for node in tree.body:
        if not (isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)):
            continue
        if root_of(node.value) in known:
            known.add(node.targets[0].id)
    return frozenset(known)


def root_of(node: ast.expr) -> str:
    """The variable that a chain of calls, attributes and subscripts begins with; "" for none."""
    while isinstance(node, (ast.Call, ast.Attribute, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _column_in_place(tree: ast.Module, places: Places, known: frozenset[str]) -> Iterator[Edit]:
    """``df['a'].fillna(0, inplace=True)`` → ``df['a'] = df['a'].fillna(0)``; the same for ``df.loc[:, 'a']``."""
    for node in ast.walk(tree):
        call = node.value if isinstance(node, ast.Expr) else None
        if not isinstance(node, ast.Expr) or not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        keyword, column = in_place(call), call.func.value
        if keyword is None or call.func.attr not in _SAME_LENGTH:
            continue
        frame = column.value if isinstance(column, ast.Subscript) else None
        if isinstance(frame, ast.Attribute) and frame.attr == "loc":
            frame = frame.value
        if isinstance(frame, ast.Name) and frame.id in known:
            yield Edit(places.start(node), places.start(node), f"{places.text(column)} = ")
            yield places.without_keyword(call, keyword)


def _assigned_in_place(tree: ast.Module, places: Places, known: frozenset[str]) -> Iterator[Edit]:
    """``df = df.dropna(inplace=True)`` → ``df = df.dropna()``"""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and root_of(node.value) in known:
            keyword = in_place(node.value)
            if keyword is not None:
                yield places.without_keyword(node.value, keyword)


def _removed(tree: ast.Module, places: Places, known: frozenset[str]) -> Iterator[Edit]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and root_of(node) in known):
            continue
        method = node.func
        if method.attr in _RENAMED:
            yield Edit(*places.name(method), _RENAMED[method.attr])
        if method.attr == "append" and len(node.args) == 1 and isinstance(method.value, ast.Name):
            row = node.args[0]
            other = f"pd.DataFrame([{places.text(row)}])" if isinstance(row, ast.Dict) else places.text(row)
            options = "".join(f", {places.text(keyword)}" for keyword in node.keywords)
            yield Edit(places.start(node), places.end(node), f"pd.concat([{method.value.id}, {other}]{options})")
