"""The folder of the demo: two notebooks, their data, and what words mean in them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from jupyter_qwen.demo.notebooks import rides_notebook, shop_notebook
from jupyter_qwen.demo.rides import build_rides
from jupyter_qwen.demo.shop import build_shop

SHOP_NOTEBOOK = "jupyter_qwen demo.ipynb"
RIDES_NOTEBOOK = "jupyter_qwen demo for pandas.ipynb"


@dataclass(frozen=True)
class Demo:
    """A demo on disk. `digests` has the SHA-256 of each notebook whose loading cells may run when it opens, by absolute path:
    those of a folder that did not exist before. In any other folder something else may lie beside them, such as a `duckdb.py`."""

    notebook: Path
    digests: dict[str, str]


def build_demo(folder: Path) -> Demo:
    """Put notebooks and data into `folder`. Files that are there already stay as they are. Raises OSError."""
    try:
        folder.mkdir(parents=True)
        fresh = True
    except FileExistsError:
        fresh = False
    build_shop(folder / "shop.duckdb")
    build_rides(folder)
    _write(folder / "qwen.md", files("jupyter_qwen.demo").joinpath("qwen.md").read_bytes())
    contents = {SHOP_NOTEBOOK: _encoded(shop_notebook()), RIDES_NOTEBOOK: _encoded(rides_notebook())}
    for name, content in contents.items():
        _write(folder / name, content)
    digests = {
        str((folder / name).resolve()): hashlib.sha256(content).hexdigest()
        for name, content in contents.items()
        if fresh
    }
    return Demo(folder / SHOP_NOTEBOOK, digests)


def _encoded(notebook: dict[str, Any]) -> bytes:
    return (json.dumps(notebook, indent=1) + "\n").encode()


def _write(path: Path, content: bytes) -> None:
    if not path.exists():
        path.write_bytes(content)
