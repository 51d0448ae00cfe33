"""What a cell would do to the tables that there are, one value a step. `cells` are ids of the cells that a step needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

#: A change of a frame's columns: keep or drop these, rename, add one, give one another type.
Change = (
    tuple[Literal["keep", "drop"], tuple[str, ...]]
    | tuple[Literal["rename"], Mapping[str, str]]
    | tuple[Literal["add"], str, str]
)


@dataclass(frozen=True)
class FromFile:
    """A file that a library reads; `options` are those of its reader that decide names and types."""

    path: str
    form: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FromQuery:
    """What a query on `connection` gives."""

    connection: str
    sql: str


@dataclass(frozen=True)
class FromLiteral:
    """A frame that is written out: names of columns, and types of DuckDB."""

    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FrameValue:
    """A DataFrame, or a relation of DuckDB, and what has been done to its columns since."""

    origin: FromFile | FromQuery | FromLiteral
    library: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class OpenDatabase:
    """A connection under a name; `path` is empty for one in memory. `system` is ``duckdb`` or ``sqlite``."""

    connection: str
    path: str
    cell: str
    system: str = "duckdb"


@dataclass(frozen=True)
class MakeFrame:
    """A variable is given a frame; ``None``: something whose columns are known once it runs."""

    variable: str
    frame: FrameValue | None
    cell: str


@dataclass(frozen=True)
class RunSql:
    """A connection runs SQL for what it does."""

    connection: str
    sql: str
    cell: str


Step = OpenDatabase | MakeFrame | RunSql


@dataclass(frozen=True)
class Plan:
    """What all cells would do, in order. `needs` tells for each cell which cells make the names that it uses, itself included.

    `notes` say why something is not known, in words for the user.
    """

    steps: tuple[Step, ...] = ()
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
