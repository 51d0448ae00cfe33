"""A throw-away database that holds empty clones of a schema's tables: the place where candidates are bound.

It is in memory, single-threaded, without files, network or extensions, with its configuration locked, and it never holds
a value of the user's data (`sql.trial` fills a second one). Only tables whose name occurs in a query are cloned, so that a
catalogue of a thousand tables costs nothing; a database is kept per schema because one question is bound many times.
"""

from __future__ import annotations

import atexit
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import Final

import duckdb

from jupyter_qwen.schema.quoting import quote_identifier, quote_reference
from jupyter_qwen.sql.read.database import open_locked

from ..schema.model import Column, Schema, Table

_KEPT: Final = 8
#: DuckDB 1.x ends a SQL text at NUL: it reads a DataFrame with such a column, which no query can then name.
_NAMES_HOLD_NUL: Final = int(duckdb.__version__.split(".")[0]) >= 2


class Clone:
    """The throw-away database of one schema. Use it inside `with clone.lock`."""

    def __init__(self, schema: Schema, *, optimize: bool = False) -> None:
        self.schema = schema
        self.lock = threading.RLock()
        #: Columns whose type could not be cloned, as ``table.column: type``.
        self.substituted: dict[str, str] = {}
        self._cloned: set[int] = set()
        self._names = [(i, table.name.casefold()) for i, table in enumerate(schema.tables)]
        self._holders: dict[tuple[str, ...], int] = {}
        self._attached: set[str] = set()
        # Folding constants would run `list_sum(range(100000000))` while planning, deaf to interrupts.
        planning = "SET disabled_optimizers = 'expression_rewriter'" if optimize else "PRAGMA disable_optimizer"
        self.connection = open_locked("256MB", settings=(planning,))
        self._catalog = self._main_catalog()

    def admit(self, sql: str) -> tuple[Table, ...]:
        """Clone every table whose name occurs in `sql` and is not there yet; returns the tables that were added."""
        folded = sql.casefold()
        unquoted = folded.replace('""', '"')
        added = []
        for i, name in self._names:
            if name not in folded and name not in unquoted:
                continue
            table = self.schema.tables[i]
            place = tuple(part.casefold() for part in table.reference)
            holder = self._holders.get(place)
            if holder == i:
                continue
            if holder is not None:
                # DataFrames `df` and `DF` are two tables; a catalogue holds one of them, the one that is spelled out.
                if table.name not in sql or self.schema.tables[holder].name in sql:
                    continue
                self.connection.execute(
                    f"DROP TABLE {quote_reference(self.schema.tables[holder].reference, always=True)}"
                )
            self._holders[place] = i
            self._create(table)
            added.append(table)
        return tuple(added)

    def close(self) -> None:
        self.connection.close()

    def _main_catalog(self) -> str:
        """Call the main catalogue what the user's connection calls it, for references such as ``shop.main.orders``."""
        files = [c.database for c in self.schema.connections if c.database and not c.database.startswith(":memory:")]
        if len(self.schema.connections) != 1 or not files:
            return "memory"
        name = PurePath(files[0].replace("\\", "/")).stem
        if not name or name.casefold() in ("memory", "system", "temp"):
            return "memory"
        self._attach(name)
        self.connection.execute(f"USE {quote_identifier(name, always=True)}")
        return name

    def _attach(self, name: str) -> None:
        if name.casefold() in self._attached or name.casefold() in ("memory", "system", "temp"):
            return
        self._attached.add(name.casefold())
        self.connection.execute(f"ATTACH ':memory:' AS {quote_identifier(name, always=True)}")

    def _create(self, table: Table) -> None:
        if len(table.reference) > 2:
            self._attach(table.reference[-3])
        if len(table.reference) > 1:
            self.connection.execute(
                f"CREATE SCHEMA IF NOT EXISTS {quote_reference(table.reference[-3:-1], always=True)}"
            )
        name = quote_reference(table.reference[-3:], always=True)
        columns = list(visible_columns(table))
        try:
            self.connection.execute(
                f"CREATE TABLE {name} ({', '.join(_definition(n, declared(c)) for n, c in columns)})"
            )
        except duckdb.Error:
            parts = []
            for spelled, column in columns:
                if self._knows(declared(column)):
                    parts.append(_definition(spelled, declared(column)))
                else:
                    self.substituted[f"{table.name}.{column.name}"] = column.type
                    parts.append(_definition(spelled, "VARCHAR"))
            self.connection.execute(f"CREATE TABLE {name} ({', '.join(parts)})")

    def _knows(self, type_name: str) -> bool:
        try:
            self.connection.execute(f"EXPLAIN CREATE TABLE one_column (c {type_name})")
        except duckdb.Error:
            return False
        return True


def visible_columns(table: Table) -> Iterator[tuple[str, Column]]:
    """The columns under the names that a query uses: DuckDB calls the second of `a` and `A` in a DataFrame `A_1`."""
    taken: set[str] = set()
    for column in table.columns:
        spelled = column.name if _NAMES_HOLD_NUL else column.name.replace("\0", "\ufffd")
        name, number = spelled, 0
        while name.casefold() in taken:
            number += 1
            name = f"{spelled}_{number}"
        taken.add(name.casefold())
        if name:
            yield name, column
    if not taken - {""}:
        yield "no_columns", Column("no_columns", "INTEGER")


def declared(column: Column) -> str:
    """The type to clone; a type hidden by the privacy level becomes DuckDB's NULL type, which casts to everything."""
    return column.type if column.type and column.type.upper() != "NULL" else '"NULL"'


def _definition(name: str, type_name: str) -> str:
    return f"{quote_identifier(name, always=True)} {type_name}"


class CloneCache:
    """The most recently used clones. A schema is recognised by identity first, then by the names and types in it."""

    def __init__(self, make: Callable[[Schema], Clone], key: Callable[[Schema], object], size: int = _KEPT) -> None:
        self._make, self._key, self._size = make, key, size
        self._lock = threading.Lock()
        self._clones: OrderedDict[object, Clone] = OrderedDict()
        atexit.register(self.clear)

    @contextmanager
    def use(self, schema: Schema) -> Iterator[Clone]:
        """The clone of `schema`, held alone until the block ends."""
        clone = self._find(schema)
        with clone.lock:
            yield clone

    def clear(self) -> None:
        """Close every database. DuckDB complains at the exit of the interpreter about those still open."""
        with self._lock:
            for clone in self._clones.values():
                clone.close()
            self._clones.clear()

    def _find(self, schema: Schema) -> Clone:
        with self._lock:
            for key, clone in self._clones.items():
                if clone.schema is schema:
                    self._clones.move_to_end(key)
                    return clone
        key = self._key(schema)
        with self._lock:
            if key not in self._clones:
                self._clones[key] = self._make(schema)
            self._clones.move_to_end(key)
            while len(self._clones) > self._size:
                self._clones.popitem(last=False)  # closed by DuckDB when its last user lets go
            return self._clones[key]


def structure(schema: Schema) -> object:
    """What decides how a query binds, as one hashable value."""
    return (
        tuple((t.reference, t.kind, tuple((c.name, c.type) for c in t.columns)) for t in schema.tables),
        schema.connections,
    )


clones: Final = CloneCache(Clone, structure)
