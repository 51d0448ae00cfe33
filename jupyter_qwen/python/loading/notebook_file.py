"""A notebook as it lies on the disk: read, never run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class NotebookFile:
    """A notebook on disk: its kernel's language, and its cells on the wire, as if none of them had run."""

    language: str
    cells: list[dict[str, Any]]

    @classmethod
    def read(cls, path: Path) -> NotebookFile:
        """Raises OSError, and ValueError for what is no notebook of version 4. https://nbformat.readthedocs.io/"""
        content: Any = json.loads(path.read_text(encoding="utf-8"))
        try:
            language = content.get("metadata", {}).get("kernelspec", {}).get("language", "python")
            cells = [
                {"id": str(cell.get("id", "")), "type": cell["cell_type"], "source": "".join(cell["source"])}
                for cell in content["cells"]
            ]
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"{path.name} is no notebook: {error}") from error
        return cls(str(language), cells)
