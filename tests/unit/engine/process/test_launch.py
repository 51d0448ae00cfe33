"""What a child process is given besides its settings."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest

from jupyter_qwen.engine.choice import Choice
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.process import running
from jupyter_qwen.engine.process.launch import SHORT_WAITS, USERS_OWN, ChildFailed, ChildProcess, short_waits


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


@pytest.mark.parametrize("name", USERS_OWN)
def test_the_users_own_openmp_settings_are_left_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert short_waits() == SHORT_WAITS
    monkeypatch.setenv(name, "1")
    assert short_waits() == {}


@pytest.mark.parametrize(("engine", "given"), [("llama", SHORT_WAITS), ("transformers", None)])
def test_llamas_threads_wait_shortly_and_torchs_as_torch_likes(
    engine: str, given: Mapping[str, str] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Mapping[str, str] | None] = []

    def launched(*_: Any, environment: Mapping[str, str] | None, **__: Any) -> ChildProcess:
        seen.append(environment)
        raise ChildFailed("seen enough")

    monkeypatch.setattr(running, "ChildProcess", launched)
    config = EngineConfig(log_folder=tmp_path, share=False)
    with pytest.raises(ChildFailed):
        asyncio.run(running.start(Choice(engine, "", context_tokens=512), config, tmp_path / "m", lambda usage: None))
    assert seen == [given]
