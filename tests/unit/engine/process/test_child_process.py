"""What a child process is given besides its settings."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest

from jupyter_qwen.engine.choice import EngineChoice
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.process import starting
from jupyter_qwen.engine.process.child_process import SHORT_WAITS, USERS_OWN, ChildFailed, ChildProcess, short_waits


@pytest.fixture(autouse=True)
def nothing_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in USERS_OWN:
        monkeypatch.delenv(name, raising=False)


def test_what_is_added_to_the_environment_reaches_the_child_beside_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THE_USER", "kept")
    child = ChildProcess(
        "jupyter_qwen.engine.children.scripted", {}, log_folder=tmp_path, environment={"GOMP_SPINCOUNT": "7"}
    )
    try:
        environment = psutil.Process(child.pid).environ()
    finally:
        child.kill()
    assert (environment["GOMP_SPINCOUNT"], environment["OF_THE_USER"]) == ("7", "kept")
    assert child.key not in environment.values()


async def test_child_that_writes_something_else_is_ended_all_the_same(tmp_path: Path) -> None:
    child = ChildProcess("this", {}, log_folder=tmp_path)  # it prints a poem
    with pytest.raises(ChildFailed, match="exit code 0"):
        await child.wait_ready(10)
    await asyncio.wait_for(child.stop(), 10)


async def test_waiter_that_gives_up_leaves_the_news_to_the_others(tmp_path: Path) -> None:
    child = ChildProcess("jupyter_qwen.engine.children.scripted", {"key": "k"}, log_folder=tmp_path)
    try:
        with pytest.raises(ChildFailed, match="not ready after 0 seconds"):
            await child.wait_ready(0.001)
        assert (await child.wait_ready(20)).url.startswith("http://127.0.0.1:")
    finally:
        await child.stop()
    assert child.returncode == 0


async def test_log_that_cannot_be_written_costs_no_engine(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    child = ChildProcess("jupyter_qwen.engine.children.scripted", {}, log_folder=tmp_path / "file")
    assert (await child.wait_ready(20)).url
    await child.stop()
    assert child.log is None


@pytest.mark.parametrize("name", USERS_OWN)
def test_the_users_own_openmp_settings_are_left_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert short_waits() == SHORT_WAITS
    monkeypatch.setenv(name, "1")
    assert short_waits() == {}


@pytest.mark.parametrize(("engine", "given"), [("llama", SHORT_WAITS), ("transformers", None)])
async def test_llamas_threads_wait_shortly_and_torchs_as_torch_likes(
    engine: str, given: Mapping[str, str] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Mapping[str, str] | None] = []

    def launched(*_: Any, environment: Mapping[str, str] | None, **__: Any) -> ChildProcess:
        seen.append(environment)
        raise ChildFailed("seen enough")

    monkeypatch.setattr(starting, "ChildProcess", launched)
    config = EngineConfig(log_folder=tmp_path, share=False)
    with pytest.raises(ChildFailed):
        await starting.start(EngineChoice(engine, "", context_tokens=512), config, tmp_path / "m", lambda usage: None)
    assert seen == [given]
