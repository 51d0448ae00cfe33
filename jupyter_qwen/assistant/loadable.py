"""The tables that a notebook's cells would make, and those of files beside it that no cell loads: asked about before they run.

No cell runs for it. Files are read by the worker, by name and type, below the server's folder alone (`sql/files/place.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from jupyter_qwen.assistant.offered_files import offers
from jupyter_qwen.assistant.question import BadRequest
from jupyter_qwen.assistant.tables_of_cells import LATE, REMOTE, TablesOfCells
from jupyter_qwen.python.loading.cell_steps import plan_of
from jupyter_qwen.python.loading.model import OpenDatabase, RunSql
from jupyter_qwen.schema.model import PRIVACY_LEVELS, Connection, PrivacyLevel, Schema, Table
from jupyter_qwen.schema.not_loaded import Loading
from jupyter_qwen.schema.notebook import Cell
from jupyter_qwen.sql.files.place import FoundFile, NotebookFolder, NotRead

_NOTES: Final = 20
_OPENED: Final = 50


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
    made = TablesOfCells(plan, folder, privacy)
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
        for key, table in made.in_order()
    )
    schema = Schema(tables, tuple(made.connections.values()), privacy, tuple(dict.fromkeys(made.notes))[:_NOTES])
    schema = _at(schema, privacy)
    if folder is None or made.late:
        return Loadable(schema, notes=(REMOTE if folder is None else LATE,) if opened else ())
    chosen, refused = _chosen(folder, opened)
    wanted = (*made.sqlite_files, *chosen)
    found, notes = offers(cells, schema, folder, made.named, privacy, wanted=wanted, late=lambda: made.late)
    # Cells name a SQLite file, but no query runs on what they open: the line of an offer loads its tables.
    named = {file.shown for file in made.sqlite_files}
    of_cells = [offer for offer in found if offer.source in named]
    of_files = [offer for offer in found if offer.source not in named]
    schema = replace(
        schema,
        tables=(*schema.tables, *(table for offer in of_cells for table in offer.tables)),
        connections=(*schema.connections, *(offer.connection for offer in of_cells if offer.connection is not None)),
    )
    return Loadable(
        schema,
        tuple(table for offer in of_files for table in offer.tables),
        tuple(offer.connection for offer in of_files if offer.connection is not None),
        (*refused, *notes),
    )


def _chosen(folder: NotebookFolder, opened: Sequence[str]) -> tuple[list[FoundFile], list[str]]:
    """The files at these paths, and why some of them are none that may be read."""
    files, notes = [], []
    for path in opened:
        try:
            files.append(folder.opened(path))
        except NotRead as error:
            notes.append(str(error))
    return files, notes


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
