"""Which cells of a notebook may run unasked: those of a demo that the command has just made, once, and as it was made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_qwen.demo.demo_folder import SHOP_NOTEBOOK, build_demo
from jupyter_qwen.server.demo import FreshDemo

Cells = list[dict[str, str]]


def test_a_fresh_demo_loads_once(tmp_path: Path) -> None:
    made = build_demo(tmp_path / "demo")
    fresh = FreshDemo(made.digests, str(tmp_path / "demo"))
    cells = fresh.take(SHOP_NOTEBOOK)
    assert [cell["id"] for cell in cells] == ["tables", "frames"]
    assert "duckdb.connect" in cells[0]["source"]
    assert fresh.take(SHOP_NOTEBOOK) == []


def test_a_copy_of_the_demo_elsewhere_loads_nothing(tmp_path: Path) -> None:
    made = build_demo(tmp_path / "demo")
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / SHOP_NOTEBOOK).write_bytes(made.notebook.read_bytes())
    fresh = FreshDemo(made.digests, str(tmp_path))
    assert fresh.take(f"theirs/{SHOP_NOTEBOOK}") == []
    assert fresh.take(f"theirs/../demo/{SHOP_NOTEBOOK}") != []


def test_a_demo_that_was_changed_loads_nothing(tmp_path: Path) -> None:
    made = build_demo(tmp_path / "demo")
    notebook = json.loads(made.notebook.read_text(encoding="utf-8"))
    notebook["cells"][1]["source"] += "\nimport os"
    made.notebook.write_text(json.dumps(notebook, indent=1), encoding="utf-8")
    assert FreshDemo(made.digests, str(tmp_path / "demo")).take(SHOP_NOTEBOOK) == []


@pytest.mark.parametrize("body", [{}, {"path": 3}, {"path": ""}, {"path": "a\0b"}])
async def test_a_path_is_asked_for_in_a_sentence(api: Any, refusal: Any, body: dict[str, object]) -> None:
    code, told = await refusal(api("demo", body))
    assert code == 400
    assert "path of a notebook" in told["message"]


async def test_a_server_that_was_started_otherwise_runs_no_demo(api: Any, jp_root_dir: Path) -> None:
    build_demo(jp_root_dir / "demo")
    assert await api("demo", {"path": f"demo/{SHOP_NOTEBOOK}"}) == {"cells": []}
