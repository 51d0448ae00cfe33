"""The demo notebook, and the folder it is opened in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jupyter_qwen.demo.shop import build_shop

NOTEBOOK_NAME = "jupyter_qwen demo.ipynb"

_INTRO = """\
# Ask your data

Open the **Qwen** panel on the right and ask, for example:

> monthly revenue per product category in 2024

The answer streams from the model on your own machine. Its SQL is proved against the tables below before you can insert it:
the badge says *bound*. **Insert** puts it into a new cell below this one. In a code cell, wait a moment while you type and
grey text completes the line; `Tab` accepts it.
"""

_SETUP = """\
import duckdb
import pandas as pd

con = duckdb.connect("shop.duckdb")
con.sql("SHOW TABLES")"""

_FRAMES = """\
targets = pd.DataFrame(
    {
        "category": ["Tents", "Sleeping Bags", "Backpacks", "Footwear", "Stoves", "Climbing"],
        "target_revenue": [240_000, 120_000, 115_000, 110_000, 60_000, 90_000],
    }
)
channels = pd.DataFrame(
    {
        "channel": ["search", "newsletter", "social", "partners", "direct"],
        "web_visits": [81_200, 29_400, 44_100, 12_700, 63_900],
        "advertising_cost": [18_400.0, 1_200.0, 9_800.0, 4_100.0, 0.0],
    }
)
targets"""

_MAGIC = """\
## The same from a cell

`%%qwen` works in JupyterLab, Notebook, VS Code and a terminal. The query lands in the next cell."""

_NOTEBOOK: dict[str, Any] = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    },
    "cells": [],
}


def _cells() -> list[dict[str, Any]]:
    def code(name: str, source: str) -> dict[str, Any]:
        return {
            "cell_type": "code",
            "id": name,
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": source,
        }

    def markdown(name: str, source: str) -> dict[str, Any]:
        return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source}

    return [
        markdown("intro", _INTRO),
        code("setup", _SETUP),
        code("frames", _FRAMES),
        markdown("magic", _MAGIC),
        code("load", "%load_ext jupyter_qwen"),
        code("ask", "%%qwen sql\nthe ten customers with the highest revenue in 2024, with their country"),
    ]


def build_demo(folder: Path) -> Path:
    """Put notebook and database into `folder` and return the notebook. Files that are there already stay as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    build_shop(folder / "shop.duckdb")
    notebook = folder / NOTEBOOK_NAME
    if not notebook.exists():
        notebook.write_text(json.dumps({**_NOTEBOOK, "cells": _cells()}, indent=1) + "\n", encoding="utf-8")
    return notebook
