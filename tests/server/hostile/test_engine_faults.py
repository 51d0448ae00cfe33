"""What happens to questions when the engine's process dies or the disk is full: a sentence, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyter_qwen.assistant.threads import OpenTurn, ThreadFileError, ThreadStore, Turn

RULES = [
    {"match": r"anything\W*im_end\W*im_start\W*assistant\s*$", "reply": "hello"},  # whatever was said before
    {"match": "slow story", "reply": "one two three four five six seven eight nine ten", "delay_per_token_ms": 100},
    {"match": "bad end", "reply": "one two three", "crash_after_tokens": 2},
]


@pytest.fixture
def jp_server_config(tmp_path: Path) -> dict[str, Any]:
    script = tmp_path / "script.json"
    script.write_text(json.dumps(RULES))
    return {
        "ServerApp": {"jpserver_extensions": {"jupyter_qwen": True}},
        "QwenExtension": {"engine": "scripted", "script": str(script), "threads_folder": str(tmp_path / "threads")},
    }


async def kill_engine(qwen: Any) -> None:
    runtime = await qwen.runtime()
    engine = await runtime.services.engines.engine()
    os.kill(engine._child.pid, signal.SIGKILL)


@pytest.fixture
def turns(api: Any) -> Callable[..., Any]:
    async def read() -> list[dict[str, Any]]:
        return (await api("thread", id="demo.ipynb"))["turns"]

    return read


async def test_engine_killed_in_mid_answer_ends_in_a_sentence_and_the_conversation_is_kept(
    qwen: Any, ask_events: Any, question: Any, turns: Any
) -> None:
    await ask_events("ask", question("anything", mode="chat"))
    asked = asyncio.create_task(ask_events("ask", question("a slow story", mode="chat")))
    runtime = await qwen.runtime()
    while (await runtime.services.engines.engine()).active == 0:  # noqa: ASYNC110  a count sets no event
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.4)
    await kill_engine(qwen)
    died = time.monotonic()
    *before, last = await asked
    assert time.monotonic() - died < 5
    assert (last["type"], last["code"]) == ("error", "engine-unavailable")
    assert "killed" in last["message"]
    assert "Traceback" not in last["message"]
    assert last["hint"].startswith("Ask again")
    assert any(event["type"] == "delta" for event in before)
    assert (await ask_events("ask", question("anything", mode="chat")))[-1]["markdown"] == "hello"
    assert [turn["state"] for turn in await turns()] == ["done", "failed", "done"]
    assert (await turns())[1]["markdown"].startswith("one")
    assert "killed" in (await turns())[1]["note"]


async def test_disk_that_is_full_at_the_end_costs_neither_the_answer_nor_the_reason_of_a_failure(
    ask_events: Any, question: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def finish(self: ThreadStore, opened: OpenTurn, turn: Turn) -> None:
        raise ThreadFileError("The conversation cannot be written: no space left on device")

    monkeypatch.setattr(ThreadStore, "finish", finish)
    assert (await ask_events("ask", question("anything", mode="chat")))[-1]["markdown"] == "hello"
    last = (await ask_events("ask", question("a bad end", mode="chat")))[-1]
    assert last["type"] == "error"
    assert "exit code 9" in last["message"]
