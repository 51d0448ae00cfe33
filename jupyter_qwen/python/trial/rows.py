"""The copies that a trial has: sample rows of the kernel's frames and tables, and which Python the kernel is."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from jupyter_qwen.schema.collector.copies import machine_name
from jupyter_qwen.schema.model import Schema, Table

_KINDS = ("pandas", "series", "polars", "polars_series", "arrow")
_LIBRARY_FOLDERS = ("site-packages", "dist-packages")


#: In the place of a schema's `trial`: an administrator wants no Python tried.
SWITCHED_OFF: Final[Mapping[str, Any]] = {"off": "Trials of Python are switched off on this server."}


@dataclass(frozen=True)
class KernelPython:
    """The Python of a kernel: its program, `sys.path`, and the machine that it runs on (`here` tells how that is named)."""

    executable: str
    path: tuple[str, ...] = ()
    machine: str = ""

    @classmethod
    def here(cls) -> KernelPython:
        """That of this process, for evaluations and for kernels that are started by it."""
        return cls(sys.executable, tuple(sys.path), machine_name())

    @property
    def libraries(self) -> tuple[str, ...]:
        """The folders of installed packages on its path."""
        return tuple(
            folder for folder in self.path if os.path.isabs(folder) and os.path.basename(folder) in _LIBRARY_FOLDERS
        )

    @property
    def own_folders(self) -> tuple[str, ...]:
        """The other folders on its path: the user's."""
        return tuple(
            folder
            for folder in self.path
            if os.path.isabs(folder) and folder not in self.libraries and "site-packages" not in folder
        )

    def why_not(self) -> str:
        """Why it cannot be started here, in a sentence; "" when it can."""
        if self.machine != machine_name():
            return "The kernel runs on another machine, where no trial can be made."
        if not os.path.isabs(self.executable) or not os.access(self.executable, os.X_OK):
            return "The kernel's Python is not to be found from here."
        return ""


@dataclass(frozen=True)
class FrameCopy:
    """`rows` rows of the frame `name`, of `total`.

    `kind`: pandas, series, polars, polars_series, polars_lazy or arrow. `data` is what the runner builds it from
    (`runner.variables`): ``arrow``, an IPC stream in base64, or ``columns`` and ``rows`` as a schema has them.
    """

    name: str
    kind: str
    rows: int
    total: int | None
    data: Mapping[str, Any]
    complete: bool = False


@dataclass(frozen=True)
class FrameRows:
    """Everything of a kernel that a trial may name. `missing`: names that have no copy, and why, in a sentence.

    `off` says why nothing is to be tried at all; "" when it may be.
    """

    frames: tuple[FrameCopy, ...] = ()
    schema: Schema = field(default_factory=Schema)
    values: Mapping[str, Any] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    python: KernelPython | None = None
    off: str = ""

    @classmethod
    def from_schema(cls, schema: Schema, python: KernelPython | None = None) -> FrameRows:
        """What came with a schema: its `trial`, and, where that has no copy of a frame, the rows as DuckDB sees them.

        `python` overrides what the kernel said of itself. What was taken out of the schema has no copy. Entries of
        another shape than `schema.collector.copies` gives are passed over.
        """
        told = schema.trial or {}
        seen = {table.name for table in schema.tables if table.kind == "dataframe"}
        sent = [copy for copy in map(_sent, _list(told, "frames")) if copy is not None]
        frames = {copy.name: copy for copy in sent if copy.name in seen or copy.kind.endswith("series")}
        missing = {
            copy.name: f"`{copy.name}` was taken out of the context." for copy in sent if copy.name not in frames
        }
        why = told.get("missing")
        for name, reason in why.items() if isinstance(why, Mapping) else ():
            missing[str(name)] = str(reason)[:300]
        for table in schema.tables:
            if table.kind == "dataframe" and table.name not in frames:
                copy = _copy(table) if table.name not in missing else None
                if copy is not None:
                    frames[table.name] = copy
                else:
                    missing.setdefault(table.name, f"There are no sample rows of `{table.name}`.")
        values = told.get("values")
        return cls(
            frames=tuple(frames.values()),
            schema=schema,
            values=dict(values) if isinstance(values, Mapping) else {},
            missing=missing,
            python=python or _python(told.get("python")),
            off=str(told.get("off", "")),
        )

    def frame(self, name: str) -> FrameCopy | None:
        return next((frame for frame in self.frames if frame.name == name), None)


def _list(told: Mapping[str, Any], key: str) -> list[Any]:
    found = told.get(key)
    return found if isinstance(found, list) else []


def _python(told: object) -> KernelPython | None:
    if (
        not isinstance(told, Mapping)
        or not isinstance(told.get("executable"), str)
        or not isinstance(told.get("machine"), str)
    ):
        return None
    path = [folder for folder in _list(told, "path") if isinstance(folder, str)]
    return KernelPython(told["executable"], tuple(path), told["machine"])


def _sent(told: object) -> FrameCopy | None:
    """A frame that travelled as Arrow; ``None`` for anything else."""
    if not isinstance(told, Mapping) or told.get("kind") not in _KINDS:
        return None
    name, rows, total, arrow = (told.get(key) for key in ("name", "rows", "total", "arrow"))
    if not (isinstance(name, str) and name.isidentifier() and isinstance(rows, int) and isinstance(arrow, str)):
        return None
    data = {"arrow": arrow, **({"label": told["label"]} if isinstance(told.get("label"), str) else {})}
    return FrameCopy(
        name, told["kind"], rows, total if isinstance(total, int) else None, data, told.get("complete") is True
    )


def _copy(table: Table) -> FrameCopy | None:
    kind = {"pandas": "pandas", "polars": "polars"}.get(table.library or "")
    if kind is None or (not table.rows and table.row_count != 0):
        return None
    columns = [{"name": column.name, "type": column.type} for column in table.columns]
    data = {"columns": columns, "rows": [list(row) for row in table.rows]}
    return FrameCopy(table.name, kind, len(table.rows), table.row_count, data, table.rows_complete)
