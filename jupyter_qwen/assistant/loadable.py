"""The tables that a notebook's cells would make, and those of files beside it that no cell loads: asked about before they run.

No cell runs for it. Files are read by the worker, by name and type, below the server's folder alone (`sql/files/place.py`).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from jupyter_qwen.assistant.offered_files import offers
from jupyter_qwen.assistant.question import BadRequest
from jupyter_qwen.python.loading.cell_steps import plan_of
from jupyter_qwen.python.loading.model import FromFile, FromQuery, MakeFrame, OpenDatabase, Plan, RunSql
from jupyter_qwen.python.loading.shaping import sampled, shaped
from jupyter_qwen.schema.model import PRIVACY_LEVELS, Column, Connection, PrivacyLevel, Schema, Table
from jupyter_qwen.schema.not_loaded import Loading
from jupyter_qwen.schema.notebook import Cell
from jupyter_qwen.sql.elsewhere import WorkerFailed, WorkerStopped, result_of
from jupyter_qwen.sql.files.looking import look_at
from jupyter_qwen.sql.files.place import NotebookFolder, NotRead
from jupyter_qwen.sql.files.statements import AttachedDatabase, MadeTable, Query, TouchedTable, effects_of
from jupyter_qwen.sql.read.lexer import tokens

SECONDS: Final = 20.0
_DESCRIBE_SECONDS: Final = 2.0
_NOTES: Final = 20
_OPENED: Final = 50
_REMOTE: Final = "The kernel runs elsewhere, so files are read by nobody before their cells run."
_LATE: Final = "Not all files were looked at in time."


@dataclass(frozen=True)
class Loadable:
    """`schema`: what the cells would make. `offered`: tables of files that no cell loads, each with the code that would.

    `notes` say why a file that was opened is not among them.
    """

    schema: Schema
    offered: tuple[Table, ...] = ()
    connections: tuple[Connection, ...] = ()
    notes: tuple[str, ...] = ()


def loadable(
    cells: Sequence[Cell], folder: NotebookFolder | None, privacy: PrivacyLevel, opened: Sequence[str] = ()
) -> Loadable:
    """What `cells` would load, each table marked with the cells to run. ``None`` for `folder`: no file may be read.

    `opened` are files that somebody chose, as paths from the server's root; they are offered wherever they lie below it.
    Blocking, for at most about twenty seconds. Never raises for what cells or files hold; notes say what is not known.
    """
    plan = plan_of(cells)
    made = _Making(plan, folder, privacy)
    for step in plan.steps:
        if isinstance(step, OpenDatabase):
            made.open(step)
        elif isinstance(step, RunSql):
            made.run(step.connection, step.sql, step.cell)
        else:
            made.frame(step)
    order = {cell.id: position for position, cell in reversed(list(enumerate(cells)))}
    tables = tuple(
        replace(table, loading=Loading(tuple(sorted(made.cells[key], key=order.__getitem__)), "", made.sources[key]))
        for key, table in made.tables.items()
    )
    schema = Schema(tables, tuple(made.connections.values()), privacy, tuple(dict.fromkeys(made.notes))[:_NOTES])
    schema = _at(schema, privacy)
    if folder is None or made.late:
        return Loadable(schema, notes=(_REMOTE if folder is None else _LATE,) if opened else ())
    found, notes = offers(cells, schema, folder, made.named, privacy, opened=opened, late=lambda: made.late)
    return Loadable(
        schema,
        tuple(table for offer in found for table in offer.tables),
        tuple(offer.connection for offer in found if offer.connection is not None),
        tuple(notes),
    )


def describe_loadable(
    cells: Sequence[Cell], root: Path | None, notebook: object, privacy: object, opened: object = None
) -> dict[str, Any]:
    """The answer of the route `loadable`. `notebook` is its path below `root`, which is ``None`` where no file may be read.

    Raises BadRequest for an unknown privacy level, and where `opened` is given and no short list of paths.
    """
    if privacy not in PRIVACY_LEVELS:
        raise BadRequest(f"privacy is {privacy!r}; it must be one of {', '.join(PRIVACY_LEVELS)}.")
    level = next(known for known in PRIVACY_LEVELS if known == privacy)
    folder = NotebookFolder(root, notebook) if root is not None and isinstance(notebook, str) and notebook else None
    files = [] if opened is None else opened
    if not isinstance(files, list) or len(files) > _OPENED or not all(isinstance(path, str) for path in files):
        raise BadRequest(f"opened must be a list of at most {_OPENED} paths.")
    found = loadable(cells, folder, level, files)
    offered = Schema(found.offered, found.connections, level, found.notes)
    return {"schema": found.schema.to_json(), "offered": offered.to_json()}


def _at(schema: Schema, privacy: PrivacyLevel) -> Schema:
    """Declared columns and literal ones are known in full, whatever the level; names alone are left where that is all."""
    return replace(replace(schema, privacy="samples").at_privacy(privacy), privacy=privacy)


_Key = tuple[str | None, tuple[str, ...]]


class _Making:
    """The tables so far, by connection and folded reference, and the cells that made each."""

    def __init__(self, plan: Plan, folder: NotebookFolder | None, privacy: PrivacyLevel) -> None:
        self.tables: dict[_Key, Table] = {}
        self.cells: dict[_Key, set[str]] = {}
        self.sources: dict[_Key, str] = {}
        self.connections: dict[str, Connection] = {}
        self.notes: list[str] = list(plan.notes)
        self.named: set[str] = set()
        self._plan, self._folder, self._privacy = plan, folder, privacy
        self._ends = time.monotonic() + SECONDS

    @property
    def late(self) -> bool:
        return time.monotonic() > self._ends

    def open(self, step: OpenDatabase) -> None:
        self._close(step.connection)
        database = step.path.replace("\\", "/").rsplit("/", 1)[-1] if step.path else ":memory:"
        self.connections[step.connection] = Connection(step.connection, database)
        if step.path:
            self._read_database(step.path, step.connection, step.cell)

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
        seen = Schema(tuple(self.tables.values()), tuple(self.connections.values())).visible_from(connection)
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
        if self._folder is None:
            raise NotRead(_REMOTE)
        if self.late:
            raise NotRead(_LATE)
        file = self._folder.find(path)
        self.named.add(file.shown)
        return look_at(file, form, name=name, library=library, privacy=self._privacy, options=options)

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
        for known in (self.tables, self.cells, self.sources):
            known.pop(key, None)

    def _close(self, connection: str) -> None:
        if self.connections.pop(connection, None) is not None:
            for key in [key for key in self.tables if key[0] == connection]:
                self._drop(key)
