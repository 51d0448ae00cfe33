"""A build of llama.cpp measured with the real model, as it is before it may be chosen."""

from __future__ import annotations

from pathlib import Path

import pytest
from endpoints import own_server, real_model

from jupyter_qwen.engine.builds.server_facts import LlamaServer
from jupyter_qwen.engine.choice import EngineChoice
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.process.speed_probe import measure


@pytest.mark.model
@pytest.mark.parametrize("build", ["wheel", "llama-server"])
async def test_build_is_measured_with_the_model_that_it_shall_run(build: str, tmp_path: Path) -> None:
    server: LlamaServer | None = own_server() if build == "llama-server" else None
    choice = EngineChoice("llama", "", context_tokens=2048, threads=2, server=server)
    speed = await measure(choice, EngineConfig(log_folder=tmp_path), real_model())
    assert speed.failed == ""
    assert speed.prefill > speed.decode > 0
    assert speed.seconds() < 1000
