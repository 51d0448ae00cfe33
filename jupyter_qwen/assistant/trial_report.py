"""What the wire says of a trial run of Python: one frozen value, the `trial` of a block in docs/reference/protocol.md."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Final, Literal

TrialStatus = Literal["ran", "fails", "not tried"]

#: A data URI of at most 40 kB of PNG; a larger picture is left out.
THUMBNAIL_BYTES: Final = 40_000
_PNG: Final = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class ErrorReport:
    """What the cell raised: the exception's class, its words, and the line of the cell, from 1."""

    kind: str
    message: str
    line: int | None = None


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
class SampleReport:
    """A table of which the trial had `rows` rows, of `of`; ``None`` where the whole was not counted."""

    table: str
    rows: int
    of: int | None = None


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

    status: TrialStatus
    reason: str = ""
    error: ErrorReport | None = None
    result: ResultReport | None = None
    complete: bool = False
    sampled: tuple[SampleReport, ...] = ()
    figure: FigureReport | None = None
    seconds: float = 0.0
    same_in_sql: bool = False


def thumbnail_uri(png: bytes | None) -> str:
    """The picture as a data URI; empty for none, for what is no PNG and for what is over `THUMBNAIL_BYTES`."""
    if not png or not png.startswith(_PNG) or len(png) > THUMBNAIL_BYTES:
        return ""
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"
