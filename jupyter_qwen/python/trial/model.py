"""What a trial of a cell gave, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from jupyter_qwen.sql.first_rows import TableRead

Status = Literal["ran", "fails", "not tried"]


@dataclass(frozen=True)
class TrialError:
    """What the cell raised: the class's name, its words, and the line of the cell (from 1) where that is known."""

    kind: str
    message: str
    line: int | None = None


@dataclass(frozen=True)
class Result:
    """What the cell gave: the value of its last expression, or what it assigned last (`name`, else "").

    `shape` as the library has it, ``None`` for what has none; `columns` as (name, type), the index's first where it says
    something; `rows` the first ones, of JSON scalars. Of a sample, they are no answer and must not be shown as one.
    """

    type: str
    name: str = ""
    shape: tuple[int, ...] | None = None
    columns: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()


@dataclass(frozen=True)
class Axes:
    """One pair of axes: its labels, what is drawn on it by kind (line, bar, points, wedge, image), whether that is nothing."""

    title: str = ""
    x: str = ""
    y: str = ""
    marks: tuple[tuple[str, int], ...] = ()
    has_data: bool = False
    empty: bool = False
    legend: bool = False


@dataclass(frozen=True)
class Figure:
    """What the cell drew. `overlap`: neighbouring labels lie over one another. `png`: a picture 320 pixels wide, or ``None``."""

    library: str
    axes: tuple[Axes, ...]
    overlap: bool = False
    png: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class CellTrial:
    """The outcome of one trial.

    `reason` says in a sentence why a cell was not tried. `digest` is equal for two cells that gave the same rows in any
    order (`sql.results.result_key`: also of a query's rows); ``None`` when there were no rows to compare. `complete`: it
    had every row of every table that it names; else `sampled` says which it had a part of. `printed` is what it printed,
    at most 20,000 characters. `seconds` from the fork to its end by the clock, `processor_seconds` of the processor.
    """

    status: Status
    reason: str = ""
    error: TrialError | None = None
    result: Result | None = None
    digest: str | None = None
    complete: bool = False
    sampled: tuple[TableRead, ...] = ()
    figure: Figure | None = None
    printed: str = ""
    seconds: float = 0.0
    processor_seconds: float = 0.0
