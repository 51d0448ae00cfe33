"""What the wire says of a trial run of Python: one frozen value, the `trial` of a block in docs/reference/protocol.md."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jupyter_qwen.python.trial.model import Axes, CellTrial, Status, TrialError
from jupyter_qwen.sql.first_rows import TableRead

#: A data URI of at most 40 kB of PNG; a larger picture is left out.
THUMBNAIL_BYTES: Final = 40_000
_PNG: Final = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class ColumnReport:
    name: str
    dtype: str


@dataclass(frozen=True)
class ResultReport:
    """What the cell's last expression was: its class, rows and columns where it has them. Never its values."""

    type: str
    shape: tuple[int, ...] | None = None
    columns: tuple[ColumnReport, ...] = ()


@dataclass(frozen=True)
class FigureReport:
    """What the trial drew, in words for who cannot see it, and as a data URI; empty where there is no small picture."""

    alt: str
    thumbnail: str = ""


@dataclass(frozen=True)
class TrialReport:
    """`reason` says why a cell was not tried. `complete`: the trial had every row of what the cell reads; else `sampled`
    names the tables that it had only a part of, and no number of the result is the answer. `same_in_sql`: a query for the
    same question gave the same rows on the same copies.
    """

    status: Status
    reason: str = ""
    error: TrialError | None = None
    result: ResultReport | None = None
    complete: bool = False
    sampled: tuple[TableRead, ...] = ()
    figure: FigureReport | None = None
    seconds: float = 0.0
    same_in_sql: bool = False


def thumbnail_uri(png: bytes | None) -> str:
    """The picture as a data URI; empty for none, for what is no PNG and for what is over `THUMBNAIL_BYTES`."""
    if not png or not png.startswith(_PNG) or len(png) > THUMBNAIL_BYTES:
        return ""
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"


def report_of(trial: CellTrial) -> TrialReport:
    """The trial as the wire tells it: no value of a sample is in it."""
    result, figure = trial.result, trial.figure
    told = None
    if result is not None:
        columns = tuple(ColumnReport(str(name), str(dtype)) for name, dtype in result.columns)
        told = ResultReport(result.type, result.shape, columns)
    return TrialReport(
        trial.status, trial.reason, trial.error, told, trial.complete, trial.sampled,
        FigureReport(_described(figure.axes), thumbnail_uri(figure.png)) if figure is not None else None, trial.seconds,
    )  # fmt: skip


def _described(axes: Sequence[Axes]) -> str:
    return "; ".join(", ".join(text for text in (each.title, each.x, each.y) if text) for each in axes)
