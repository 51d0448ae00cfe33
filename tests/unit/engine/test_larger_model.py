"""A larger model is proposed where it fits and would answer in time here, and never else."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_qwen.engine.builds.speeds import Speed
from jupyter_qwen.engine.choice import EngineChoice
from jupyter_qwen.engine.offers import PATIENCE_SECONDS, larger
from jupyter_qwen.models.catalog import find
from jupyter_qwen.models.machine import Machine
from jupyter_qwen.models.store import ModelStore

GIB = 2**30
CHOICE = EngineChoice("llama", "", model=find("Qwen2.5-Coder-1.5B-Instruct"), context_tokens=8192, threads=8)


def proposed(speed: Speed, memory: int, tmp_path: Path, choice: EngineChoice = CHOICE) -> tuple[str, float] | None:
    found = larger(choice, speed, ModelStore(tmp_path), Machine(8, memory, memory))
    return (found[0].short_name, found[1]) if found else None


def test_fast_machine_with_memory_is_told_of_the_largest_that_answers_in_time(tmp_path: Path) -> None:
    name, seconds = proposed(Speed(prefill=2000, decode=100), 64 * GIB, tmp_path)
    assert name == "Qwen2.5-Coder-14B-Instruct"
    assert seconds <= PATIENCE_SECONDS


@pytest.mark.parametrize(
    ("speed", "memory"),
    [
        (Speed(prefill=33, decode=10), 64 * GIB),
        (Speed(prefill=2000, decode=100), 2 * GIB),
        (Speed(failed="The engine crashed."), 64 * GIB),
    ],
)
def test_slow_machine_small_memory_and_failed_measurement_get_no_proposal(
    speed: Speed, memory: int, tmp_path: Path
) -> None:
    assert proposed(speed, memory, tmp_path) is None


def test_largest_model_and_other_engines_get_none(tmp_path: Path) -> None:
    fast = Speed(prefill=20_000, decode=1000)
    most = EngineChoice("llama", "", model=find("Qwen2.5-Coder-32B-Instruct"), context_tokens=8192, threads=8)
    assert proposed(fast, 64 * GIB, tmp_path, most) is None
    assert proposed(fast, 64 * GIB, tmp_path, EngineChoice("openai", "")) is None
