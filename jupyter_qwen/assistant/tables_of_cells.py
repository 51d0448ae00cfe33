"""What the steps of a notebook's cells make, one after the other: tables by connection, and the cells that made each.

Files that cells name are read by the worker (`sql/files`), queries planned on empty tables (`sql/bind`).
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any, Final

from jupyter_qwen.python.loading.model import FromFile, FromQuery, MakeFrame, OpenDatabase, Plan
from jupyter_qwen.python.loading.shaping import identifying, sampled, shaped
from jupyter_qwen.schema.keys import with_inferred_keys
from jupyter_qwen.schema.model import Column, Connection, PrivacyLevel, Schema, Table
from jupyter_qwen.sql.elsewhere import WorkerFailed, WorkerStopped, result_of
from jupyter_qwen.sql.files.looking import look_at
from jupyter_qwen.sql.files.place import FoundFile, NotebookFolder, NotRead
from jupyter_qwen.sql.files.statements import AttachedDatabase, MadeTable, Query, TouchedTable, effects_of
from jupyter_qwen.sql.read.lexer import tokens

SECONDS: Final = 20.0
_DESCRIBE_SECONDS: Final = 2.0
_SOME: Final = 2  # rows: for inferring keys only that no value is there twice matters
REMOTE: Final = "The kernel runs elsewhere, so files are read by nobody before their cells run."
LATE: Final = "Not all files were looked at in time."

_Key = tuple[str | None, tuple[str, ...]]


class TablesOfCells:
    """The tables so far, by connection and folded reference, and the cells that made each."""

    def __init__(self, plan: Plan, folder: NotebookFolder | None, privacy: PrivacyLevel) -> None:
        self.tables: dict[_Key, Table] = {}
        self.cells: dict[_Key, set[str]] = {}
        self.sources: dict[_Key, str] = {}
        self._identifying: dict[_Key, frozenset[str]] = {}
        self.connections: dict[str, Connection] = {}
        self.notes: list[str] = list(plan.notes)
        self.named: set[str] = set()
        self.sqlite_files: list[FoundFile] = []
        self._sqlite: dict[str, Schema] = {}
        self._plan, self._folder, self._privacy = plan, folder, privacy
        self._ends = time.monotonic() + SECONDS

    @property
    def late(self) -> bool:
        return time.monotonic() > self._ends

    def open(self, step: OpenDatabase) -> None:
        self._close(step.connection)
        if step.system == "sqlite":
            self._open_sqlite(step)
            return
        database = step.path.replace("\\", "/").rsplit("/", 1)[-1] if step.path else ":memory:"
        self.connections[step.connection] = Connection(step.connection, database)
        if step.path:
            self._read_database(step.path, step.connection, step.cell)

    def _open_sqlite(self, step: OpenDatabase) -> None:
        """Its tables are for what pandas reads through the connection; DuckDB cannot ask it."""
        self._sqlite[step.connection] = Schema()
        if step.path:
            try:
                file = self._find(step.path)
                held = look_at(file, "database", name=step.connection, library="pandas", privacy=self._privacy)
            except NotRead as error:
                self.notes.append(str(error))
                return
            self._sqlite[step.connection] = held
            self.sqlite_files.append(file)

    def run(self, connection: str, sql: str, cell: str) -> Query | None:
        """Follow what `sql` does; the last query of it, which may be made a frame."""
        if connection == "duckdb":
            self.connections.setdefault("duckdb", Connection("duckdb", is_default=True))
        if connection not in self.connections:
            return None
        last: Query | None = None
        for effect in effects_of(sql):
            if isinstance(effect, Query):
                last = effect
            elif isinstance(effect, AttachedDatabase):
                self._read_database(effect.path, connection, cell, effect.alias)
            elif isinstance(effect, TouchedTable):
                self._touch(connection, effect, cell)
            else:
                self._make(connection, effect, sql, cell)
        return last

    def frame(self, step: MakeFrame) -> None:
        key = (None, (step.variable.casefold(),))
        self._drop(key)
        if step.frame is None:
            self._close(step.variable)
            return
        origin, library = step.frame.origin, step.frame.library
        if isinstance(origin, FromFile):
            table = self._file(origin.path, origin.form, step.variable, library, origin.options)
            source, used = origin.path, set[str]()
            changes, options = step.frame.changes, origin.options
        elif isinstance(origin, FromQuery):
            if origin.connection in self._sqlite:
                query = next((effect for effect in effects_of(origin.sql) if isinstance(effect, Query)), None)
            else:
                query = self.run(origin.connection, origin.sql, step.cell)
            table = self._described(query, origin.connection, step.variable, library)
            source, used = "", self._used(origin.connection, origin.sql)
            changes, options = step.frame.changes, {}
        else:
            table = Table(
                (step.variable,), "dataframe", tuple(Column(*column) for column in origin.columns), library=library
            )
            source, used, changes, options = "", set[str](), step.frame.changes, {}
        if table is not None:
            self._add(key, shaped(table, changes, options), step.cell, source, used)
            self._identifying[key] = identifying(table, changes, options)

    def _make(self, connection: str, effect: MadeTable, sql: str, cell: str) -> None:
        key = (connection, tuple(part.casefold() for part in effect.reference))
        used = self._used(connection, sql)
        self._drop(key)
        if effect.query is None:
            table: Table | None = Table(effect.reference, "table", effect.columns)
        else:
            table = self._described(effect.query, connection, effect.reference[-1], None)
        if table is not None:
            kind = "view" if effect.view else "table"
            table = replace(table, reference=effect.reference, kind=kind, connection=connection, library=None)  # type: ignore[arg-type]
            self._add(key, table, cell, effect.query.files[0].path if effect.query and effect.query.files else "", used)

    def in_order(self) -> list[tuple[_Key, Table]]:
        """The tables as the collector will find them, so that a prompt is the same before and after the cells ran: frames first,
        with the keys by which files join."""
        keys = sorted(self.tables, key=lambda key: key[0] is not None)
        whole = [self._as_if_counted(key) for key in keys]
        joined = with_inferred_keys(whole)
        return [
            (key, replace(self.tables[key], foreign_keys=table.foreign_keys))
            for key, table in zip(keys, joined, strict=True)
        ]

    def _as_if_counted(self, key: _Key) -> Table:
        """A frame is a sample, since a cell may filter; what identifies the rows of its file identifies those of any part."""
        table, names = self.tables[key], self._identifying.get(key)
        if not names:
            return table
        columns = tuple(replace(c, distinct=_SOME if c.name in names else None) for c in table.columns)
        return replace(table, columns=columns, row_count=_SOME)

    def _described(self, query: Query | None, connection: str, name: str, library: str | None) -> Table | None:
        """What `query` gives, planned on empty tables; ``None`` when it does not bind."""
        if query is None or self.late:
            return None
        files = [
            self._file(f.path, f.form, f.name, "duckdb", {"separator": f.separator, "header": f.header})
            for f in query.files
        ]
        if None in files:
            return None
        made = Schema(tuple(self.tables.values()), tuple(self.connections.values())).visible_from(connection)
        seen = self._sqlite.get(connection, made)
        schema = replace(seen, tables=(*seen.tables, *(table for table in files if table is not None)), seconds=0.0)
        try:
            columns = result_of(
                "describe", query.sql, schema, seconds=_DESCRIBE_SECONDS, time_limit_s=_DESCRIBE_SECONDS
            )
        except (WorkerFailed, WorkerStopped):
            return None
        return Table((name,), "dataframe", tuple(Column(*column) for column in columns), library=library)

    def _file(self, path: str, form: str, name: str, library: str, options: Any) -> Table | None:
        try:
            schema = self._look(path, form, name, library, options)
        except NotRead as error:
            self.notes.append(str(error))
            return None
        return schema.tables[0] if schema.tables else None

    def _look(self, path: str, form: str, name: str, library: str, options: Any) -> Schema:
        file = self._find(path)
        self.named.add(file.shown)
        return look_at(file, form, name=name, library=library, privacy=self._privacy, options=options)

    def _find(self, path: str) -> FoundFile:
        if self._folder is None:
            raise NotRead(REMOTE)
        if self.late:
            raise NotRead(LATE)
        return self._folder.find(path)

    def _read_database(self, path: str, connection: str, cell: str, alias: str = "") -> None:
        try:
            found = self._look(path, "database", "con", "duckdb", None)
        except NotRead as error:
            self.notes.append(str(error))
            return
        self.notes += found.notes
        for table in found.tables:
            reference = table.reference
            if alias:
                reference = (alias, *(("main",) if len(reference) == 1 else ()), *reference[-2:])
            key = (connection, tuple(part.casefold() for part in reference))
            self._add(key, replace(table, reference=reference, connection=connection), cell, path, set())

    def _touch(self, connection: str, effect: TouchedTable, cell: str) -> None:
        key = (connection, tuple(part.casefold() for part in effect.reference))
        if key not in self.tables:
            return
        if effect.altered:
            self._drop(key)
        else:
            self.tables[key] = sampled(self.tables[key])
            self.cells[key] |= set(self._plan.needs.get(cell, (cell,)))

    def _used(self, connection: str, sql: str) -> set[str]:
        """The cells behind the tables and frames that `sql` names."""
        names = {token.name.casefold() for token in tokens(sql) if token.kind in ("word", "quoted")}
        keys = [key for key in self.tables if key[0] in (None, connection) and key[1][-1] in names]
        return {cell for key in keys for cell in self.cells[key]}

    def _add(self, key: _Key, table: Table, cell: str, source: str, used: set[str]) -> None:
        if table.columns:
            self.tables[key] = table
            self.cells[key] = {*self._plan.needs.get(cell, (cell,)), *used}
            self.sources[key] = source

    def _drop(self, key: _Key) -> None:
        for known in (self.tables, self.cells, self.sources, self._identifying):
            known.pop(key, None)

    def _close(self, connection: str) -> None:
        self._sqlite.pop(connection, None)
        if self.connections.pop(connection, None) is not None:
            for key in [key for key in self.tables if key[0] == connection]:
                self._drop(key)
