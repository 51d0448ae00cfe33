"""How long a batch of the prompt is: what this machine was measured to read in a quarter of a second."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_qwen.engine.builds.speeds import Speed, Speeds
from jupyter_qwen.engine.choice import EngineChoice
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.process.child_settings import batch_tokens, child_settings


@pytest.mark.parametrize(("prefill", "tokens"), [(33, 16), (80, 16), (100, 24), (300, 72), (20_000, 512)])
def test_measured_speed_sets_the_batch_within_what_llama_does_well(prefill: float, tokens: int) -> None:
    assert batch_tokens(2, 1.54e9, prefill) == tokens


def test_stop_waits_for_two_batches_at_most_half_a_second() -> None:
    for prefill in range(64, 2000, 7):
        assert 2 * batch_tokens(2, 1.54e9, prefill) / prefill <= 0.5


def test_unmeasured_machine_is_taken_for_a_common_one() -> None:
    assert batch_tokens(2, 1.54e9) == 16
    assert batch_tokens(8, 1.54e9) == 64
    assert batch_tokens(8, 7.6e9) == 16


def test_child_is_told_what_was_measured_with_its_build_and_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_QWEN_ENGINES", str(tmp_path / "engines"))
    model = tmp_path / "model.gguf"
    model.write_bytes(b"weights")
    choice = EngineChoice("llama", "", context_tokens=2048, threads=2)
    assert child_settings(choice, EngineConfig(), model)["batch_tokens"] == 16
    Speeds().keep(None, model, 2, Speed(prefill=300, decode=30))
    assert child_settings(choice, EngineConfig(), model)["batch_tokens"] == 72
