"""A read-only home or a full disk costs the conversation, and never the answer."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def threads(jp_server_config: dict[str, Any]) -> Path:
    return Path(jp_server_config["QwenExtension"]["threads_folder"])


def _block(threads: Path) -> None:
    """A file where the folder of conversations would be: nothing can be read or written below it, not even by root."""
    threads.write_text("")


def _taken_away(threads: Path) -> None:
    """As soon as a question is kept."""
    until = time.monotonic() + 30
    while not list(threads.rglob("*.json")) and time.monotonic() < until:
        time.sleep(0.02)
    threads.rename(threads.with_name("gone"))
    _block(threads)


def _read_only(threads: Path) -> None:
    threads.mkdir()
    threads.chmod(0o500)


async def test_an_answer_is_given_where_nothing_can_be_written(ask_events: Any, question: Any, threads: Path) -> None:
    _block(threads)
    answer = (await ask_events("ask", question("how many orders")))[-1]
    assert (answer["type"], answer["blocks"][0]["verdict"]) == ("answer", "bound")
    (note,) = answer["notes"]
    assert str(threads) in note


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes into read-only folders")
async def test_an_answer_is_given_in_a_read_only_home(ask_events: Any, question: Any, threads: Path) -> None:
    _read_only(threads)
    answer = (await ask_events("ask", question("how many orders")))[-1]
    assert answer["blocks"][0]["verdict"] == "bound"
    assert "cannot be written" in answer["notes"][0]


async def test_an_answer_that_cannot_be_kept_in_the_end_is_given(ask_events: Any, question: Any, threads: Path) -> None:
    asking = asyncio.ensure_future(ask_events("ask", question("count the stars", mode="chat")))
    await asyncio.to_thread(_taken_away, threads)
    answer = (await asking)[-1]
    assert answer["markdown"].endswith("nine ten")
    assert "not kept" in answer["notes"][0]


async def test_the_rest_of_the_server_says_what_is_wrong(jp_fetch: Any, threads: Path) -> None:
    _block(threads)
    for route, method in (
        ("status", "GET"),
        ("settings", "GET"),
        ("models", "GET"),
        ("thread", "GET"),
        ("thread", "DELETE"),
    ):
        response = await jp_fetch(
            "jupyter-qwen", route, method=method, params={"id": "a.ipynb"}, raise_error=False, request_timeout=60
        )
        assert response.code in (200, 204, 503)
        if response.code == 503:
            assert str(threads) in json.loads(response.body)["message"]


def _refused() -> str:
    """Why no disk can be mounted here; empty where one can."""
    if shutil.which("unshare") is None:
        return "needs unshare (Linux)"
    tried = subprocess.run(
        ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, text=True, check=False
    )
    return "" if tried.returncode == 0 else f"no disk may be mounted here: {tried.stderr.strip()}"


@pytest.mark.timeout(300)
def test_a_disk_that_is_really_full_costs_what_would_be_written_and_nothing_else(tmp_path: Path) -> None:
    if why := _refused():
        pytest.skip(why)
    command = ["unshare", "-rm", sys.executable, str(Path(__file__).with_name("full_disk_session.py")), str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=290, env=environment)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    for step in ("before", "full", "engine started on a full disk", "room again"):
        assert told[step]["type"] == "answer", told[step]
        assert told[step]["blocks"][0]["verdict"] == "bound", (step, told[step])
    for step in ("filled meanwhile", "full", "new conversation", "engine started on a full disk"):
        assert "No space left" in told[step]["notes"][0], told[step]
        assert "not kept" in told[step]["notes"][0]
    assert told["before"]["notes"] == told["room again"]["notes"] == []
    assert told["filled meanwhile"]["markdown"].endswith("nine ten")
    assert told["completion"]["type"] == "completion"
    assert told["kept while full"] == told["kept"][:1]  # nothing is lost that was there
    assert [turn["state"] for turn in told["kept"]] == ["done", "done"]
    assert [turn["state"] for turn in told["begun"]] == ["cut"]
    assert told["lives"]
