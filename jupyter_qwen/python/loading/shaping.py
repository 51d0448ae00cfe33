"""A frame's columns after what its cells do to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from jupyter_qwen.schema.model import Column, Table

from .model import Change


def shaped(table: Table, changes: Sequence[Change], options: Mapping[str, Any]) -> Table:
    """`table` as its reader's `options` and then `changes` leave it. Its rows are a sample: a cell may filter."""
    columns = _columns(table, changes, options)
    kept = [column for _, column in columns]
    rows = tuple(tuple(row[at] if at >= 0 else None for at, _ in columns) for row in table.rows)
    return replace(
        sampled(table), columns=tuple(replace(c, values_complete=False, distinct=None) for c in kept), rows=rows
    )


def identifying(table: Table, changes: Sequence[Change], options: Mapping[str, Any]) -> frozenset[str]:
    """The columns of the shaped table that have another value in every row of `table`: they do so in any part of it."""
    rows = table.row_count or 0
    return frozenset(
        column.name
        for at, column in _columns(table, changes, options)
        if at >= 0 and rows > 1 and column.distinct == rows
    )


def _columns(table: Table, changes: Sequence[Change], options: Mapping[str, Any]) -> list[tuple[int, Column]]:
    """The columns that are left, each with its place in `table`, -1 for one that is new."""
    columns = list(enumerate(table.columns))
    if options.get("names"):
        columns = [
            (at, replace(column, name=name)) for (at, column), name in zip(columns, options["names"], strict=False)
        ]
    if options.get("index_first"):
        columns = columns[1:]
    for change in changes:
        columns = _changed(columns, change)
    return columns


def sampled(table: Table) -> Table:
    """`table` with its rows taken for a sample."""
    columns = tuple(replace(column, values_complete=False, distinct=None) for column in table.columns)
    return replace(table, columns=columns, rows_complete=False, row_count=None)


def _changed(columns: list[tuple[int, Column]], change: Change) -> list[tuple[int, Column]]:
    if change[0] == "keep":
        by_name = {column.name: (at, column) for at, column in columns}
        return [by_name[name] for name in change[1] if name in by_name]
    if change[0] == "drop":
        return [(at, column) for at, column in columns if column.name not in change[1]]
    if change[0] == "rename":
        return [(at, replace(column, name=change[1].get(column.name, column.name))) for at, column in columns]
    name, kind = change[1], change[2]
    added = (-1, Column(name, kind))
    if any(column.name == name for _, column in columns):
        return [added if column.name == name else (at, column) for at, column in columns]
    return [*columns, added]
