"""A predictions file: one JSON object a line, written as soon as a case is done so that a run can be resumed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TextIO


class PackError(Exception):
    """A pack or a predictions file is missing or not in the documented form; the message names file and line."""


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON-lines file. Raises PackError; a last line cut short by a crash is left out."""
    try:
        lines = path.read_text(encoding="utf8").split("\n")
    except OSError as error:
        raise PackError(f"{path} cannot be read: {error.strerror}") from error
    found: list[dict[str, Any]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except ValueError as error:
            if number == len(lines):
                break
            raise PackError(f"{path}, line {number}, is not JSON: {error}") from error
        if not isinstance(item, dict) or not isinstance(item.get("id"), str):
            raise PackError(f"{path}, line {number}, has no text field id")
        found.append(item)
    return found


class Predictions:
    """The file that grows. With `resume` the answers that it holds already are kept and not asked again."""

    def __init__(self, path: Path, *, resume: bool) -> None:
        self.path = path
        self.done = read_lines(path) if resume and path.exists() else []
        self._file: TextIO | None = None

    def __enter__(self) -> Predictions:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("w", encoding="utf8")
        for item in self.done:
            self._write(item)
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, item: dict[str, Any]) -> None:
        """Keep one answer, on disk before the next case begins."""
        self.done.append(item)
        self._write(item)

    def _write(self, item: Mapping[str, Any]) -> None:
        assert self._file is not None
        self._file.write(json.dumps(item, ensure_ascii=False) + "\n")
        self._file.flush()


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which `share` (0 to 1) of `values` lie, nearest rank; 0 for none."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]
