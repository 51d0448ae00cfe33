"""Which tables join with which: declared foreign keys, then columns that plainly mean the same thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...schema.model import Schema, Table


@dataclass(frozen=True)
class Edge:
    """`left` joins `right` on pairs of columns. `declared` is false for an edge that the names alone suggest."""

    left: Table
    right: Table
    on: tuple[tuple[str, str], ...]
    declared: bool = True


def edges_from(table: Table, schema: Schema) -> Iterator[Edge]:
    """Edges that leave `table`, declared ones first."""
    declared = set()
    for key in table.foreign_keys:
        other = schema.table(key.table)
        if other is not None:
            declared.add(other.reference)
            yield Edge(table, other, tuple(zip(key.columns, key.referenced_columns, strict=False)))
    for other in schema.tables:
        for key in other.foreign_keys:
            target = schema.table(key.table)
            if target is not None and target.reference == table.reference:
                declared.add(other.reference)
                yield Edge(table, other, tuple(zip(key.referenced_columns, key.columns, strict=False)))
    for other in schema.tables:
        if other.reference != table.reference and other.reference not in declared:
            pair = _same_meaning(table, other)
            if pair is not None:
                yield Edge(table, other, (pair,), declared=False)


def is_foreign_key(table: Table, column: str) -> bool:
    return any(column.casefold() == name.casefold() for key in table.foreign_keys for name in key.columns)


def is_primary_key(table: Table, column: str) -> bool:
    return len(table.primary_key) == 1 and table.primary_key[0].casefold() == column.casefold()


def _same_meaning(left: Table, right: Table) -> tuple[str, str] | None:
    """A column of the same name and type class whose name says that it identifies something."""
    for column in left.columns:
        other = right.column(column.name)
        folded = column.name.casefold()
        if other is None or (column.type and other.type and column.type != other.type):
            continue
        keyed = is_primary_key(left, column.name) or is_primary_key(right, other.name)
        if folded not in ("id", "key", "code") and (keyed or folded.endswith(("id", "_key", "_code", "_no", "_name"))):
            return column.name, other.name
    return None
