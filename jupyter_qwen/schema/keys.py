"""How tables join: by the keys that are declared, and by those that nobody declared, found by names and confirmed by values.

The only place that guesses keys. DataFrames have none and many databases do not declare theirs; a small model that is not told
how tables join guesses, and joins a code with a name. A column is taken to point at another table's key when their names say so
and no value at hand speaks against it.
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .model import Column, ForeignKey, Schema, Table
from .words import identifier_stems

_COLUMNS_AT_MOST = 2000  # beyond this the catalogue is cut by linking first, and keys are looked for in what is left
_KEY_WORDS = frozenset({"id", "key", "code", "no", "nr", "num", "number", "uid", "uuid", "fk", "ref"})
_VALUES_COMPARED = 300
_SHARE_FOUND = 0.8


@dataclass(frozen=True)
class Edge:
    """`left` joins `right` on pairs of columns; it `points` when the columns of `left` are the foreign key.

    `declared` is false for a key that was inferred.
    """

    left: Table
    right: Table
    on: tuple[tuple[str, str], ...]
    declared: bool = True
    points: bool = True


#: The schemas asked about last, held so that their identity stays theirs.
_remembered: deque[tuple[Schema, dict[tuple[str, ...], tuple[Edge, ...]]]] = deque(maxlen=4)
_lock = threading.Lock()


def edges_from(table: Table, schema: Schema) -> tuple[Edge, ...]:
    """Edges that leave `table`, declared ones first. Remembered per schema, since every rule asks for the same ones."""
    with _lock:
        known = next((edges for held, edges in _remembered if held is schema), None)
        if known is None:
            known = _edges(schema.tables)
            _remembered.append((schema, known))
    return known.get(table.reference, ())


def _edges(tables: Sequence[Table]) -> dict[tuple[str, ...], tuple[Edge, ...]]:
    found: dict[tuple[str, ...], list[Edge]] = defaultdict(list)
    for i, key, j in resolved_keys(with_inferred_keys(tables, most_columns=None)):
        table, target = tables[i], tables[j]
        declared = key in table.foreign_keys
        pairs = tuple(zip(key.columns, key.referenced_columns, strict=False))
        found[table.reference].append(Edge(table, target, pairs, declared))
        found[target.reference].append(Edge(target, table, tuple((b, a) for a, b in pairs), declared, points=False))
    kept: dict[tuple[str, ...], tuple[Edge, ...]] = {}
    for reference, edges in found.items():
        joined = {edge.right.reference for edge in edges if edge.declared}
        sure = [edge for edge in edges if edge.declared or edge.right.reference not in joined]
        kept[reference] = tuple(sorted(sure, key=lambda edge: (not edge.declared, not edge.points)))
    return kept


def resolved_keys(tables: Sequence[Table]) -> Iterator[tuple[int, ForeignKey, int]]:
    """(position of the table, its key, position of the table that the key points at) for every key within `tables`."""
    by_name: dict[str, int] = {}
    for i, table in enumerate(tables):
        by_name.setdefault(table.name.casefold(), i)
        by_name.setdefault(".".join(table.reference).casefold(), i)
    for i, table in enumerate(tables):
        for key in table.foreign_keys:
            j = by_name.get(key.table.casefold(), by_name.get(key.table.rsplit(".", 1)[-1].casefold()))
            if j is not None:
                yield i, key, j


def is_foreign_key(table: Table, column: str) -> bool:
    return any(column.casefold() == name.casefold() for key in table.foreign_keys for name in key.columns)


def is_primary_key(table: Table, column: str) -> bool:
    return len(table.primary_key) == 1 and table.primary_key[0].casefold() == column.casefold()


def with_inferred_keys(tables: Sequence[Table], *, most_columns: int | None = _COLUMNS_AT_MOST) -> tuple[Table, ...]:
    """`tables` with the keys that can be inferred added to those declared; unchanged beyond `most_columns`. Pure.

    20,000 columns take some 100 ms.
    """
    if len(tables) < 2 or (most_columns is not None and sum(len(t.columns) for t in tables) > most_columns):
        return tuple(tables)
    targets = _Targets(tables)
    keyed: list[Table] = []
    by_name: dict[str, Table] = {}
    for table in tables:
        keyed.append(_with_keys(table, targets, by_name))
        by_name[table.name] = keyed[-1]
    return tuple(keyed)


class _Targets:
    """The columns that identify rows, by the words that a column which points at them may hold."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._found: list[tuple[Table, int]] = []
        self._by_words: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for table in tables:
            for position in _key_positions(table):
                stems = identifier_stems(table.columns[position].name)
                for words in {stems, stems[-2:], ("", *identifier_stems(table.name)[-1:])}:
                    self._by_words[words].append(len(self._found))
                self._found.append((table, position))

    def for_column(self, column: Column) -> Iterator[tuple[Table, int]]:
        own = identifier_stems(column.name)
        bare = [part for part in own if part not in _KEY_WORDS]
        wanted = {own, own[-2:], ("", *bare[-1:])}
        for number in sorted({number for words in wanted for number in self._by_words.get(words, ())}):
            yield self._found[number]


def _with_keys(table: Table, targets: _Targets, keyed: Mapping[str, Table]) -> Table:
    """`table` with the best target for each column that has none; not back to a table of `keyed` that points here."""
    declared = {column for key in table.foreign_keys for column in key.columns}
    found: list[ForeignKey] = []
    for position, column in enumerate(table.columns):
        if column.name in declared:
            continue
        best: tuple[float, Table, Column] | None = None
        for other, key_position in targets.for_column(column):
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
    """Columns that identify a row: the declared key of one column, else whatever is unique in rows that are all there.

    Where nothing is known of the rows, the column that is called so: ``id``, or ``customer_id`` of customers.
    """
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
        elif column.distinct is None and not table.rows:
            stems = identifier_stems(column.name)
            bare = tuple(part for part in stems if part not in _KEY_WORDS)
            if stems != bare and bare in ((), identifier_stems(table.name)):
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
