"""What a user reads when an engine dies while it loads, or finds too little memory. Every kind of child."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from endpoints import real_model

from jupyter_qwen.engine.choice import EngineChoice
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.process.child_process import ChildFailed, ChildProcess
from jupyter_qwen.engine.process.child_settings import child_settings

MIB = 2**20
# Enough for the interpreter, too little for the weights (llama: 1,117 MB) or for torch's libraries.
ADDRESS_SPACE = {"llama": 1000 * MIB, "transformers": 300 * MIB}
LOADING = [pytest.param("transformers", id="transformers"), pytest.param("llama", id="llama", marks=pytest.mark.model)]


def settings(kind: str, request: pytest.FixtureRequest) -> dict[str, Any]:
    if kind == "llama":
        return child_settings(EngineChoice("llama", "", context_tokens=2048, threads=2), EngineConfig(), real_model())
    if kind == "transformers":
        folder = request.getfixturevalue("taught_weights")
        return {"model": str(folder), "context_tokens": 2048, "pool_tokens": 4096, "threads": 1}
    return {"context_tokens": 2048}


def failure(child: ChildProcess) -> ChildFailed:
    try:
        with pytest.raises(ChildFailed) as failed:
            asyncio.run(child.wait_ready(100))
        return failed.value
    finally:
        child.kill()


@pytest.mark.parametrize("kind", ["scripted", *LOADING])
def test_engine_killed_while_it_loads_says_so_and_names_the_way_out(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    child = ChildProcess(f"jupyter_qwen.engine.children.{kind}", settings(kind, request), log_folder=tmp_path)
    psutil.Process(child.pid).kill()
    failed = failure(child)
    assert "killed, most likely because the machine ran out of memory" in str(failed)
    assert failed.hint.startswith("Ask again")


@pytest.mark.skipif(sys.platform != "linux", reason="a limit on another process's memory exists on Linux alone")
@pytest.mark.parametrize("kind", LOADING)
def test_too_little_memory_while_loading_is_said_with_figures(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    child = ChildProcess(f"jupyter_qwen.engine.children.{kind}", settings(kind, request), log_folder=tmp_path)
    psutil.Process(child.pid).rlimit(psutil.RLIMIT_AS, (ADDRESS_SPACE[kind], ADDRESS_SPACE[kind]))
    failed = failure(child)
    assert "too little memory" in str(failed)
    assert "GB" in str(failed)
    assert "smaller model" in str(failed)
    assert "Fatal Python error" not in child.log.read_text(errors="replace")


@pytest.mark.parametrize("kind", LOADING)
def test_missing_weights_are_no_lack_of_memory(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    nowhere = settings(kind, request) | {"model": str(tmp_path / "nowhere.gguf")}
    child = ChildProcess(f"jupyter_qwen.engine.children.{kind}", nowhere, log_folder=tmp_path)
    assert "memory" not in str(failure(child))
