"""Polars as it is called today: the names that polars has renamed, and pandas' words for the same things.

The model learnt from older polars and from far more pandas. Only calls on frames that are known to be polars are touched, and
only where the old name does not exist any more, so the code could not have run. Source of the renames: polars' upgrade guides,
https://docs.pola.rs/releases/upgrade/
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.model import Repair

_METHODS = {
    "groupby": "group_by", "with_column": "with_columns", "sort_values": "sort", "drop_duplicates": "unique",
    "groupby_dynamic": "group_by_dynamic", "with_row_count": "with_row_index", "melt": "unpivot", "dropna": "drop_nulls",
    "fillna": "fill_null", "isnull": "is_null", "isin": "is_in", "notnull": "is_not_null", "astype": "cast",
}  # fmt: skip
# Methods whose result is no polars frame or expression any more.
_LEAVES = frozenset(("to_pandas", "to_numpy", "to_list", "to_dict", "to_arrow", "item", "height", "width", "shape"))


def with_polars_names(source: str, tree: ast.Module, schema: Schema) -> tuple[str, list[Repair]]:
    """`source` with outdated and pandas' names replaced on frames of polars, a repair for each."""
    frames = {table.name for table in schema.tables if table.kind == "dataframe" and table.library == "polars"}
    if not frames:
        return source, []
    edits = sorted(set(_edits(tree, frames)), reverse=True)
    repairs: list[Repair] = []
    lines = source.split("\n")
    for row, start, end, new, reason in edits:
        before = "\n".join(lines)
        line = lines[row].encode()
        lines[row] = b"".join((line[:start], new.encode(), line[end:])).decode()
        repairs.append(Repair("polars-name", reason, before, "\n".join(lines)))
    return "\n".join(lines), repairs


def _edits(tree: ast.Module, frames: set[str]) -> Iterator[tuple[int, int, int, str, str]]:
    """(line from 0, first byte, end byte, new text, reason) of every name to replace."""
    known = _polars_variables(tree, frames)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        method = node.func
        root = _root(method.value)
        if (root not in known and root != "pl") or _leaves(method.value):
            continue
        if method.attr in _METHODS and method.end_lineno is not None and method.end_col_offset is not None:
            new = _METHODS[method.attr]
            end = method.end_col_offset
            reason = f"polars says {new}, not {method.attr}."
            yield method.end_lineno - 1, end - len(method.attr.encode()), end, new, reason
        if method.attr in ("sort", "sort_values"):
            yield from _sorting(node)


def _sorting(call: ast.Call) -> Iterator[tuple[int, int, int, str, str]]:
    for keyword in call.keywords:
        value = keyword.value
        if value.end_lineno != keyword.lineno or value.end_col_offset is None:
            continue
        if keyword.arg == "reverse":
            yield (
                keyword.lineno - 1,
                keyword.col_offset,
                keyword.col_offset + len("reverse"),
                "descending",
                "polars says descending, not reverse.",
            )
        elif keyword.arg == "ascending" and isinstance(value, ast.Constant) and isinstance(value.value, bool):
            yield (
                keyword.lineno - 1,
                keyword.col_offset,
                value.end_col_offset,
                f"descending={not value.value}",
                "polars says descending, not ascending.",
            )


def _polars_variables(tree: ast.Module, frames: set[str]) -> set[str]:
    """Names of frames of polars, those included that the code makes of others. A name that it binds to something else is out."""
    known = set(frames)
    for node in tree.body:
        if not (isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)):
            continue
        name = node.targets[0].id
        if _root(node.value) in known and not _leaves(node.value):
            known.add(name)
        else:
            known.discard(name)
    return known


def _root(node: ast.expr) -> str | None:
    """The variable that a chain of calls, attributes and subscripts begins with."""
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, (ast.Attribute, ast.Subscript)):
            node = node.value
        else:
            return node.id if isinstance(node, ast.Name) else None


def _leaves(node: ast.expr) -> bool:
    """Whether somewhere in the chain polars is left: what follows belongs to pandas or to Python."""
    return any(isinstance(part, ast.Attribute) and part.attr in _LEAVES for part in ast.walk(node))
