"""Foreign keys that nobody declared: found by names and confirmed by values.

DataFrames have no keys and many databases do not declare theirs; a small model that is not told how tables join guesses, and
joins a code with a name. A column is taken to point at another table's key when their names say so and no value at hand
speaks against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from jupyter_qwen.schema.model import Column, ForeignKey, Table
from jupyter_qwen.schema.words import identifier_stems

_COLUMNS_AT_MOST = 2000  # beyond this the catalogue is cut by linking first, and keys are looked for in what is left
_KEY_WORDS = frozenset({"id", "key", "code", "no", "nr", "num", "number", "uid", "uuid", "fk", "ref"})
_VALUES_COMPARED = 300
_SHARE_FOUND = 0.8


def with_inferred_keys(tables: Sequence[Table]) -> tuple[Table, ...]:
    """`tables` with the keys that can be inferred added to those declared; unchanged when there are too many columns."""
    if len(tables) < 2 or sum(len(t.columns) for t in tables) > _COLUMNS_AT_MOST:
        return tuple(tables)
    targets = [(table, position) for table in tables for position in _key_positions(table)]
    keyed: list[Table] = []
    for table in tables:
        keyed.append(_with_keys(table, targets, {t.name: t for t in keyed}))
    return tuple(keyed)


def _with_keys(table: Table, targets: Sequence[tuple[Table, int]], keyed: Mapping[str, Table]) -> Table:
    """`table` with the best target for each column that has none; not back to a table of `keyed` that points here."""
    declared = {column for key in table.foreign_keys for column in key.columns}
    found: list[ForeignKey] = []
    for position, column in enumerate(table.columns):
        if column.name in declared:
            continue
        best: tuple[float, Table, Column] | None = None
        for other, key_position in targets:
            key = other.columns[key_position]
            if other is table:
                continue
            likeness = _likeness(column, other, key)
            if not likeness or (best is not None and best[0] >= likeness):
                continue
            if _base(key.type) != _base(column.type) and not _all_contained(table, position, other, key_position):
                continue  # numbers kept as text still join, when every one of them is a key
            if _points_at(keyed.get(other.name), key, table):
                continue
            if _contained(table, position, other, key_position):
                best = (likeness, other, key)
        if best is not None:
            found.append(ForeignKey((column.name,), ".".join(best[1].reference), (best[2].name,)))
    return replace(table, foreign_keys=(*table.foreign_keys, *found)) if found else table


def _points_at(other: Table | None, key: Column, table: Table) -> bool:
    target = ".".join(table.reference)
    return other is not None and any(k.table == target and key.name in k.columns for k in other.foreign_keys)


def _key_positions(table: Table) -> Iterator[int]:
    """Columns that identify a row: the declared key of one column, else whatever is unique in rows that are all there."""
    for position, column in enumerate(table.columns):
        if table.primary_key:
            if table.primary_key == (column.name,):
                yield position
        elif table.row_count and column.distinct == table.row_count and table.row_count > 1:
            yield position
        elif table.rows_complete and len(table.rows) > 1:
            values = [row[position] for row in table.rows]
            if None not in values and len({str(v) for v in values}) == len(values):
                yield position


def _likeness(column: Column, other: Table, key: Column) -> float:
    """0 when the names say nothing; more when they say more. `airline_id` → airlines.uid, `state` → states.State."""
    own, theirs, owner = identifier_stems(column.name), identifier_stems(key.name), identifier_stems(other.name)
    if own == theirs and set(own) - _KEY_WORDS - {"name"}:
        # The same name on both sides; the table whose name it holds owns it.
        return 2.0 + (1.0 if set(own) & set(owner) else 0.0)
    bare = tuple(part for part in own if part not in _KEY_WORDS)
    if bare and owner and bare[-len(owner) :] == owner and _is_key_name(key, other):
        return 1.5
    shared = 0
    while shared < min(len(own), len(theirs)) and own[-1 - shared] == theirs[-1 - shared]:
        shared += 1
    ending = set(own[len(own) - shared :])
    return 1.2 if ending & _KEY_WORDS and ending - _KEY_WORDS else 0.0  # txCustId, custId


def _is_key_name(key: Column, other: Table) -> bool:
    stems = identifier_stems(key.name)
    return other.primary_key == (key.name,) or bool(set(stems) & _KEY_WORDS)


def _contained(table: Table, position: int, other: Table, key_position: int) -> bool:
    """Whether the values at hand allow the key. Without rows on both sides nothing speaks against it."""
    column, key = table.columns[position], other.columns[key_position]
    own = _some_values(table, position) or set(column.values)
    known = _some_values(other, key_position) or set(key.values)
    if not own or not known:
        return bool(table.primary_key != (column.name,))
    if not other.rows_complete and len(known) < len(own):
        return True
    found = sum(value in known for value in own)
    return found >= _SHARE_FOUND * len(own) if other.rows_complete else found > 0


def _all_contained(table: Table, position: int, other: Table, key_position: int) -> bool:
    own, known = _some_values(table, position), _some_values(other, key_position)
    return bool(own) and table.rows_complete and other.rows_complete and own <= known


def _some_values(table: Table, position: int) -> set[str]:
    values: set[str] = set()
    for row in table.rows:
        if row[position] is not None:
            values.add(str(row[position]).strip())
            if len(values) >= _VALUES_COMPARED:
                break
    return values


def _base(type_name: str) -> str:
    head = type_name.upper().split("(")[0].strip()
    return "INT" if head.endswith(("INT", "INTEGER")) else head
