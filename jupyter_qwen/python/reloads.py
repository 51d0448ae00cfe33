"""Statements of generated code that a cell has run already and that would make a live DataFrame anew: they are left out.

The model repeats them from the cells that it sees; running them again costs time and undoes what was changed since.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from jupyter_qwen.python.frame_columns import unknown_columns, with_columns
from jupyter_qwen.python.mends.always import root_of
from jupyter_qwen.python.syntax import parsed_cell
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.notebook import Cell
from jupyter_qwen.sql.model import Repair


def without_reloads(source: str, tree: ast.Module, schema: Schema, cells: Sequence[Cell]) -> tuple[str, list[Repair]]:
    """Leave out what makes a live frame anew, word for word as a cell has run it, and with it what that cell did to the frame.

    Half of such a chain must not stay: a column that is mapped once more is empty. Nothing is left out where the rest then
    reads a column that the live frame has no longer, for it was written for the frame as it was loaded.
    """
    frames = {table.name for table in schema.tables if table.kind == "dataframe"}
    trees = (parsed_cell(cell.source) for cell in cells if cell.type == "code")
    run = {ast.dump(node) for part in trees if part is not None for node in part.body}
    repeated = [node for node in tree.body if ast.dump(node) in run]
    made_anew = {name for node in repeated if (name := _made(node)) in frames}
    left, repairs = source, list[Repair]()
    for node in reversed(repeated):
        name = _made(node) or _changed(node)
        if name not in made_anew:
            continue
        lines = left.split("\n")
        own = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        if own.strip() != ast.get_source_segment(left, node):
            continue
        kept = "\n".join([*lines[: node.lineno - 1], *lines[node.end_lineno :]]).strip("\n")
        if not kept:
            continue
        repairs.append(Repair("loaded-already", f"Left out a line that makes {name} anew: it exists.", left, kept))
        left = kept
    return (source, []) if repairs and _lacks_columns(left, schema, cells) else (left, repairs)


def _made(node: ast.stmt) -> str:
    """The variable that a statement gives its value."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return ""


def _changed(node: ast.stmt) -> str:
    """The variable of which a statement changes a part: a column, the labels, rows in place."""
    if isinstance(node, (ast.Assign, ast.AugAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return root_of(targets[0]) if len(targets) == 1 and not isinstance(targets[0], ast.Name) else ""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        in_place = any(word.arg == "inplace" for word in node.value.keywords)
        return root_of(node.value) if in_place else ""
    return ""


def _lacks_columns(source: str, schema: Schema, cells: Sequence[Cell]) -> bool:
    tree = parsed_cell(source)
    if tree is None:
        return True
    _, tree, _ = with_columns(source, tree, schema, cells)
    return any(True for _ in unknown_columns(tree, schema, cells))
