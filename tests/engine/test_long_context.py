"""Contexts beyond what the model was trained on: llama.cpp is told to stretch, and only then."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from endpoints import real_model

from jupyter_qwen.engine.children.llama import params_for
from jupyter_qwen.engine.choice import EngineChoice
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.process.child_process import ChildProcess
from jupyter_qwen.engine.process.child_settings import child_settings
from jupyter_qwen.models.catalog import find

CODER = find("Qwen2.5-Coder-7B-Instruct")


@pytest.mark.parametrize(("tokens", "scale", "original"), [(32_768, 0.0, 0), (131_072, 0.25, 32_768)])
def test_llama_is_told_of_yarn_only_beyond_the_native_length(tokens: int, scale: float, original: int) -> None:
    choice = EngineChoice("llama", "", model=CODER, context_tokens=tokens, threads=2)
    params = params_for({**child_settings(choice, EngineConfig(), Path("x.gguf")), "key": "k"})
    assert (params.rope_freq_scale, params.yarn_orig_ctx) == (scale, original)
    assert params.kv_unified_per_slot == tokens


@pytest.mark.model
def test_server_gives_each_slot_the_stretched_length(tmp_path: Path) -> None:
    """With the real weights, which llama.cpp would cut to 32,768 without YaRN; nothing long is computed."""
    choice = EngineChoice("llama", "", context_tokens=33_000, threads=2)
    settings = child_settings(choice, EngineConfig(), real_model())
    settings["yarn"] = {"factor": 2, "original_tokens": 32_768}
    child = ChildProcess("jupyter_qwen.engine.children.llama", settings, log_folder=tmp_path)
    try:
        ready = child.ready.result(120)
        slots = httpx.get(f"{ready.url}/slots", headers={"Authorization": f"Bearer {child.key}"}, timeout=20).json()
        assert {slot["n_ctx"] for slot in slots} == {33_000}
    finally:
        child.kill()
