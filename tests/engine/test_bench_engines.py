"""`jupyter qwen bench engines` measures what is here beside its raw library, and says why another is not."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.evaluate.bench.engines import measure


def test_engine_and_raw_library_are_measured_on_the_same_weights(taught_weights: Path, tmp_path: Path) -> None:
    told: list[str] = []
    config = EngineConfig(model=str(taught_weights), threads=1, context_tokens=2048, log_folder=tmp_path)
    table = asyncio.run(measure(config, ("transformers",), 1, told.append))
    assert told == ["transformers: loading"]
    for what in ("prefill", "decode"):
        (row,) = re.findall(rf"^transformers +{what} +([\d.]+) +([\d.]+) +[\d.]+$", table, re.MULTILINE)
        assert all(float(speed) > 0 for speed in row)


def test_engine_without_weights_is_a_line_that_says_so(tmp_path: Path) -> None:
    config = EngineConfig(models_folder=tmp_path, log_folder=tmp_path)
    table = asyncio.run(measure(config, ("transformers",), 1, lambda words: None))
    assert "is not on this machine" in table
