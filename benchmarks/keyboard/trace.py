"""Typing traces and the notebook they are typed in, read from a folder.

FOLDER/notebook.json      cells and schema, in wire form
FOLDER/traces/*.json      name, after_cell, closes_brackets, prefix, suffix, ends_ms, keys: [[ms, text], …]
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jupyter_qwen.evaluate.predictions import PackError
from jupyter_qwen.schema.model import Column, Schema, Table
from jupyter_qwen.schema.notebook import Cell

_PAIRS = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'"}


@dataclass(frozen=True)
class Key:
    """What one key puts into the cell, `at` seconds after the trace began. Enter brings the editor's indentation along."""

    at: float
    text: str


@dataclass(frozen=True)
class Trace:
    """One stretch of typing between `prefix` and `suffix` of the cell below the first `after_cell` cells."""

    name: str
    after_cell: int
    closes_brackets: bool
    prefix: str
    suffix: str
    ends: float
    keys: tuple[Key, ...]

    @property
    def typed(self) -> str:
        """All that is going to be typed."""
        return "".join(key.text for key in self.keys)


@dataclass(frozen=True)
class Notebook:
    """The cells and tables around the active cell."""

    cells: tuple[Cell, ...]
    schema: Schema

    def grown(self, *, cells: int, columns: int) -> Notebook:
        """The notebook with copies of its cells above it, under other names, until there are `cells`, and every frame
        widened to `columns` columns.
        """
        copies: list[Cell] = []
        number = 0
        while len(copies) + len(self.cells) < cells:
            number += 1
            copies = [
                Cell(_renamed(cell.source, number), cell.type, f"{cell.id}-{number}") for cell in self.cells
            ] + copies  # fmt: skip
        kept = copies[len(copies) + len(self.cells) - cells :] if cells > len(self.cells) else []
        tables = tuple(_widened(table, columns) for table in self.schema.tables)
        return Notebook((*kept, *self.cells), replace(self.schema, tables=tables))


class TracedEditor:
    """The text of the active cell and its cursor, with the editor's habit of closing brackets."""

    def __init__(self, trace: Trace) -> None:
        self.prefix, self.suffix = trace.prefix, trace.suffix
        self._closes = trace.closes_brackets

    def press(self, text: str) -> None:
        """One key. A closing bracket is typed over when it stands there already."""
        if self._closes and len(text) == 1:
            if self.suffix.startswith(text) and text in _PAIRS.values():
                self.prefix, self.suffix = self.prefix + text, self.suffix[1:]
                return
            behind = self.suffix[:1]
            if text in _PAIRS and (not behind or behind in " \n)]}"):
                opens_word = text in "\"'" and (self.prefix[-1:].isalnum() or self.prefix.endswith(text))
                if not opens_word:
                    self.suffix = _PAIRS[text] + self.suffix
        self.prefix += text


def load(folder: Path) -> tuple[Notebook, tuple[Trace, ...]]:
    """The notebook and all traces of `folder`. Raises PackError when something is missing or not in the documented form."""
    try:
        data = json.loads((folder / "notebook.json").read_text(encoding="utf8"))
        notebook = Notebook(
            tuple(Cell.from_json(item) for item in data["cells"]), Schema.from_json(data["schema"])
        )  # fmt: skip
        traces = tuple(
            _trace(json.loads(path.read_text(encoding="utf8"))) for path in sorted((folder / "traces").glob("*.json"))
        )
    except OSError as error:
        raise PackError(f"{error.filename} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise PackError(f"the typing traces in {folder} are not in the documented form: {error!r}") from error
    if not traces:
        raise PackError(f"{folder} holds no traces")
    return notebook, traces


def _trace(data: dict[str, Any]) -> Trace:
    return Trace(
        name=str(data["name"]),
        after_cell=int(data["after_cell"]),
        closes_brackets=bool(data["closes_brackets"]),
        prefix=str(data["prefix"]),
        suffix=str(data["suffix"]),
        ends=float(data["ends_ms"]) / 1000,
        keys=tuple(Key(float(at) / 1000, str(text)) for at, text in data["keys"]),
    )


def _renamed(source: str, number: int) -> str:
    for name in ("orders", "sales", "items", "customers", "monthly", "by_country", "per_order"):
        source = source.replace(f"{name} =", f"{name}_{number} =")
    return source


def _widened(table: Table, columns: int) -> Table:
    missing = columns - len(table.columns)
    if table.kind != "dataframe" or missing <= 0:
        return table
    more = tuple(Column(f"feature_{number:03}", "DOUBLE") for number in range(missing))
    return replace(table, columns=(*table.columns, *more))
