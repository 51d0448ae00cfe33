"""The first prompt about a notebook that is about to be opened, processed while its page loads.

Nothing of the notebook runs: its tables are those that its cells would load, read from their files (`assistant/loadable.py`), and
a prompt says the same of them before and after the cells ran.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jupyter_qwen.assistant.ask import UNASKED, likeliest, warm
from jupyter_qwen.assistant.failures import EXPECTED
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.assistant.services import Services


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


async def prepare_opening(question: Question, services: Services) -> bool:
    """Load the model and begin to process what the first question in its likeliest mode will begin with; whether that began.

    `question` holds the notebook's cells and the tables that they would load. Nobody asked for it: what fails is the status's to
    tell.
    """
    with suppress(*EXPECTED):
        await services.engines.engine()
        return await warm(replace(question, text=UNASKED, mode=likeliest(question)[0]), services)
    return False
