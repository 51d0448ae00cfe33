"""`jupyter qwen bench` measures what is here beside its raw library, and says why another is not."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest

from jupyter_qwen.cli import main
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.evaluate.bench import measure

FIGURES = ("prefill", "decode", "first token, cold", "first token, warm")


def test_engine_and_raw_library_are_measured_on_the_same_weights(taught_weights: Path, tmp_path: Path) -> None:
    told: list[str] = []
    config = EngineConfig(model=str(taught_weights), threads=1, context_tokens=2048, log_folder=tmp_path)
    table = asyncio.run(measure(config, ("transformers",), 1, told.append))
    assert told == ["transformers: loading"]
    for figure in FIGURES:
        (row,) = re.findall(rf"^transformers +{figure} +([\d.]+) +([\d.]+) [a-z/ ]+ [\d.]+$", table, re.MULTILINE)
        assert all(float(value) > 0 for value in row)


def test_engine_without_weights_is_a_line_that_says_so(tmp_path: Path) -> None:
    config = EngineConfig(models_folder=tmp_path, log_folder=tmp_path)
    table = asyncio.run(measure(config, ("transformers",), 1, lambda words: None))
    assert "is not on this machine" in table


def test_engine_with_no_library_beside_it_is_measured_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps([{"match": "", "reply": "word " * 40, "delay_per_token_ms": 1}]))
    assert main(["bench", "--engine", "scripted", "--script", str(script), "--rounds", "1"]) == 0
    out = capsys.readouterr().out
    for figure in FIGURES:
        assert re.search(rf"^scripted +{figure} +[\d.]+ +– ", out, re.MULTILINE), out
