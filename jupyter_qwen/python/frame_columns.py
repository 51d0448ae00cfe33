"""Columns that generated Python reads from DataFrames whose columns are known."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator, Sequence

from jupyter_qwen.python.syntax import parsed_cell
from jupyter_qwen.schema.model import Schema, Table
from jupyter_qwen.schema.notebook import Cell
from jupyter_qwen.sql.model import Diagnostic, Repair

_CHANGE_COLUMNS = ("columns", "rename", "insert", "drop")


def with_columns(
    source: str, tree: ast.Module, schema: Schema, cells: Sequence[Cell]
) -> tuple[str, ast.Module, list[Repair]]:
    """Columns that differ in nothing but case and underscores from one that exists are written as it is."""
    repairs: list[Repair] = []
    for table, item in sorted(_reads(tree, schema, cells), key=lambda found: (-found[1].lineno, -found[1].col_offset)):
        alike = [column.name for column in table.columns if _squeezed(column.name) == _squeezed(str(item.value))]
        if len(alike) != 1 or item.end_lineno != item.lineno:
            continue
        lines = source.split("\n")
        line = lines[item.lineno - 1].encode()
        lines[item.lineno - 1] = b"".join(
            (line[: item.col_offset], repr(alike[0]).encode(), line[item.end_col_offset :])
        ).decode()
        mended = "\n".join(lines)
        reason = f"{table.name} has {alike[0]!r}, not {item.value!r}."
        repairs.append(Repair("column-spelling", reason, source, mended))
        source = mended
    return source, parsed_cell(source) or tree, repairs


def unknown_columns(tree: ast.Module, schema: Schema, cells: Sequence[Cell]) -> Iterator[Diagnostic]:
    for table, item in _reads(tree, schema, cells):
        names = [column.name for column in table.columns]
        near = difflib.get_close_matches(str(item.value), names, n=3, cutoff=0.5)
        yield Diagnostic(
            "unknown-column",
            "warning",
            f"{table.name} has no column {item.value!r}.",
            candidates=tuple(near or names[:5]),
            line=item.lineno,
            column=item.col_offset + 1,
        )


def _reads(tree: ast.Module, schema: Schema, cells: Sequence[Cell]) -> Iterator[tuple[Table, ast.Constant]]:
    """Each column that the code reads by name from a DataFrame whose columns are known as texts, and that it lacks."""
    frames = {t.name: t for t in schema.tables if t.kind == "dataframe" and t.columns and not t.labels}
    changed = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    added = {
        c for part in (tree, *(parsed_cell(cell.source) for cell in cells if cell.type == "code")) for c in _new(part)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in _CHANGE_COLUMNS:
            changed.add(node.value.id)
    for node in ast.walk(tree):
        if not (
            isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and isinstance(node.value, ast.Name)
        ):
            continue
        table = frames.get(node.value.id)
        if table is None or table.name in changed:
            continue
        items = node.slice.elts if isinstance(node.slice, (ast.List, ast.Tuple)) else [node.slice]
        for item in items:
            if (
                isinstance(item, ast.Constant)
                and isinstance(item.value, str)
                and item.value not in added
                and all(column.name != item.value for column in table.columns)
            ):
                yield table, item


def _new(tree: ast.Module | None) -> Iterator[str]:
    """Columns that code assigns to some frame."""
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            for item in ast.walk(node.slice):
                if isinstance(item, ast.Constant) and isinstance(item.value, str):
                    yield item.value


def _squeezed(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()
