"""The notebook side of the context: cells as the browser, or IPython's history, hands them over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

CellType = Literal["code", "markdown", "raw"]


@dataclass(frozen=True)
class CellError:
    """What a failed execution left behind: exception class, its message, and the traceback without terminal colours."""

    name: str
    message: str
    traceback: str = ""


@dataclass(frozen=True)
class Cell:
    """One notebook cell. `id` is nbformat's cell id; `execution_count` is ``None`` for a cell that never ran."""

    source: str
    type: CellType = "code"
    id: str = ""
    execution_count: int | None = None
    error: CellError | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Cell:
        """Decode the wire form; unknown cell types count as raw. Raises ValueError when `source` is not a text."""
        source = data.get("source", "")
        if not isinstance(source, str):
            raise ValueError(f"cell.source must be a text, not {type(source).__name__}")
        kind = data.get("type", "code")
        error, count = data.get("error"), data.get("execution_count")
        return cls(
            source=source,
            type=kind if kind in ("code", "markdown", "raw") else "raw",
            id=str(data.get("id", "")),
            execution_count=count if isinstance(count, int) else None,
            error=CellError(str(error.get("name", "")), str(error.get("message", "")), str(error.get("traceback", "")))
            if isinstance(error, Mapping)
            else None,
        )
