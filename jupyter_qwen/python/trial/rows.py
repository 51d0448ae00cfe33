"""The copies that a trial has: sample rows of the kernel's frames and tables, and which Python the kernel is."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jupyter_qwen.schema.model import Schema, Table

_LIBRARY_FOLDERS = ("site-packages", "dist-packages")


@dataclass(frozen=True)
class KernelPython:
    """The Python of a kernel: its program, `sys.path`, and the machine that it runs on (`here` tells how that is named)."""

    executable: str
    path: tuple[str, ...] = ()
    machine: str = ""

    @classmethod
    def here(cls) -> KernelPython:
        """That of this process, for evaluations and for kernels that are started by it."""
        return cls(sys.executable, tuple(sys.path), platform.node())

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
        if self.machine != platform.node():
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
    """Everything of a kernel that a trial may name. `missing`: names that have no copy, and why, in a sentence."""

    frames: tuple[FrameCopy, ...] = ()
    schema: Schema = field(default_factory=Schema)
    values: Mapping[str, Any] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    python: KernelPython | None = None

    @classmethod
    def from_schema(cls, schema: Schema, python: KernelPython | None) -> FrameRows:
        """From the sample rows of a schema: values and types as DuckDB sees them, without an index."""
        tables = [table for table in schema.tables if table.kind == "dataframe"]
        copies = {table.name: _copy(table) for table in tables}
        return cls(
            frames=tuple(copy for copy in copies.values() if copy is not None),
            schema=schema,
            missing={name: f"There are no sample rows of `{name}`." for name, copy in copies.items() if copy is None},
            python=python,
        )

    def frame(self, name: str) -> FrameCopy | None:
        return next((frame for frame in self.frames if frame.name == name), None)


def _copy(table: Table) -> FrameCopy | None:
    kind = {"pandas": "pandas", "polars": "polars"}.get(table.library or "")
    if kind is None or (not table.rows and table.row_count != 0):
        return None
    columns = [{"name": column.name, "type": column.type} for column in table.columns]
    data = {"columns": columns, "rows": [list(row) for row in table.rows]}
    return FrameCopy(table.name, kind, len(table.rows), table.row_count, data, table.rows_complete)
