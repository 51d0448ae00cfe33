"""Starting an engine where sharing is impossible or its partner is gone: sharing is lost, never the answer."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from jupyter_qwen.engine.choice import EngineChoice
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.process.sharing import PREFIX, Registry, identity
from jupyter_qwen.engine.process.starting import RunningEngine, start
from jupyter_qwen.engine.slots.cache_files import SlotFiles
from jupyter_qwen.engine.slots.parking import SlotMemory

CHOICE = EngineChoice("scripted", "", context_tokens=2048)


def run(config: EngineConfig) -> tuple[RunningEngine, int | None]:
    async def main() -> tuple[RunningEngine, int | None]:
        running = await start(CHOICE, config, None, lambda usage: None)
        try:
            assert await running.engine.count_tokens("one two") > 0
            return running, running.child.pid if running.child else None
        finally:
            await running.stop()

    return asyncio.run(main())


def test_runtime_folder_that_is_no_folder_costs_the_sharing_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    running, pid = run(EngineConfig(share=True, runtime_folder=tmp_path / "file" / "x", log_folder=tmp_path))
    assert pid is not None
    assert running.registry is None


async def test_caches_that_cannot_be_deleted_leave_no_process(tmp_path: Path) -> None:
    class Broken(SlotMemory):
        async def close(self) -> None:
            raise RuntimeError("a disk of a kind that nobody has seen")

    running = await start(CHOICE, EngineConfig(log_folder=tmp_path), None, lambda usage: None)
    assert running.child is not None
    running.engine.memory = Broken(running.engine.http, SlotFiles(tmp_path))
    with pytest.raises(RuntimeError, match="nobody has seen"):
        await running.stop()
    assert running.child.returncode is not None
    assert running.engine.http._client.is_closed


@pytest.fixture
def stranger() -> Iterator[int]:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process.pid
    process.kill()
    process.wait()


def test_engine_of_another_server_that_does_not_answer_is_replaced_by_one_of_our_own(
    tmp_path: Path, stranger: int
) -> None:
    registry = Registry(tmp_path)
    shared = registry.publish(CHOICE, identity(), pid=stranger, url="http://127.0.0.1:9", key="k", device="x", dtype="")
    file = tmp_path / f"{PREFIX}{stranger}.json"
    file.write_text(json.dumps(asdict(replace(shared, server_pid=os.getppid()))))
    assert registry.find(CHOICE, identity())[0] is not None
    running, pid = run(EngineConfig(share=True, runtime_folder=tmp_path, log_folder=tmp_path))
    assert not running.borrowed
    assert pid != stranger
    assert running.sharing == ""
