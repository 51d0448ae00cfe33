"""Which tables join with which: declared foreign keys, then columns that plainly mean the same thing."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ..schema.model import Column, Schema, Table
from .likeness import words

#: The schemas asked about last, held so that their identity stays theirs.
_remembered: deque[tuple[Schema, dict[tuple[str, ...], tuple[Edge, ...]]]] = deque(maxlen=4)
_lock = threading.Lock()
_GENERIC: Final = frozenset(("id", "key", "code", "no", "number", "uid", "nr"))


@dataclass(frozen=True)
class Edge:
    """`left` joins `right` on pairs of columns. `declared` is false for an edge that the names alone suggest."""

    left: Table
    right: Table
    on: tuple[tuple[str, str], ...]
    declared: bool = True


def edges_from(table: Table, schema: Schema) -> tuple[Edge, ...]:
    """Edges that leave `table`, declared ones first. Remembered per schema, since every rule asks for the same ones."""
    with _lock:
        known = next((edges for held, edges in _remembered if held is schema), None)
        if known is None:
            known = {}
            _remembered.append((schema, known))
        found = known.get(table.reference)
    if found is None:
        found = known[table.reference] = tuple(_edges(table, schema))
    return found


def _edges(table: Table, schema: Schema) -> Iterator[Edge]:
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
    """A pair of columns of one type, one of which identifies its table's rows, whose names say that they mean the same."""
    best: tuple[float, tuple[str, str]] | None = None
    left_keys = {c.name for c in left.columns if _identifies(c, left)}
    right_keys = {c.name for c in right.columns if _identifies(c, right)}
    for a in left.columns if left_keys or right_keys else ():
        for b in right.columns:
            if a.name not in left_keys and b.name not in right_keys:
                continue
            if a.type and b.type and a.type != b.type:
                continue
            score = max(_points_at(a, left, b, right), _points_at(b, right, a, left))
            if score and (best is None or score > best[0]):
                best = score, (a.name, b.name)
    return best[1] if best else None


def _points_at(column: Column, table: Table, key: Column, target: Table) -> float:
    """How plainly `column` refers to `key`, which must identify the rows of `target`; 0 when it does not."""
    if not _identifies(key, target):
        return 0.0
    mine, its = words(column.name), words(key.name)
    if mine == its and not (len(its) == 1 and its[0] in _GENERIC):
        return 1.0
    if len(its) == 1 and its[0] in _GENERIC:
        # `customer_id` refers to `customers.id`.
        return 0.9 if len(mine) > 1 and mine[-1] == its[0] and mine[:-1] == words(target.name) else 0.0
    # `sbTxCustId` of sbTransaction refers to `sbCustId` of sbCustomer: its words are all there, with more between.
    between = len(its) > 1 and mine[-1:] == its[-1:] and its[-1] in _GENERIC and set(its) < set(mine)
    return 0.7 if between and not _identifies(column, table) else 0.0


def _identifies(column: Column, table: Table) -> bool:
    if table.primary_key:
        return is_primary_key(table, column.name)
    if column.distinct is not None and table.row_count:
        return column.distinct == table.row_count
    last = words(column.name)[-1:]
    return bool(last) and last[0] in _GENERIC
