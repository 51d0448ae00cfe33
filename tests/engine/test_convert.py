"""Safetensors made from a GGUF file: the same network and tokenizer, whole or not at all."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tiny_gguf import FAMILIES, write

from jupyter_qwen.engine.children.decoder.weights import load
from jupyter_qwen.engine.children.transformers_convert import STEPS, ConversionError, convert

FAMILY = FAMILIES[0]


def run(*arguments: str) -> tuple[int, list[dict[str, Any]]]:
    command = [sys.executable, "-m", "jupyter_qwen.engine.children.transformers_convert", *arguments, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_folder_made_from_a_gguf_file_loads_and_keeps_weights_tokens_and_template(tmp_path: Path) -> None:
    from gguf import GGUFReader

    source, folder = write(FAMILY, tmp_path / "tiny.gguf"), tmp_path / "made"
    code, events = run(str(source), str(folder))
    assert code == 0, events
    assert [event["name"] for event in events if event["event"] == "step"] == list(STEPS)
    assert events[-1]["event"] == "done"
    assert events[-1]["bytes"] == sum(file.stat().st_size for file in folder.iterdir())
    assert not (tmp_path / "made.partial").exists()
    loaded = load(folder, threads=1, context_tokens=512, dtype="bfloat16")
    (tensor,) = (tensor for tensor in GGUFReader(source).tensors if tensor.name == "blk.1.ffn_down.weight")
    made = loaded.model.model.layers[1].mlp.down_proj.weight.detach().float().numpy()
    assert abs(made - tensor.data).max() < 0.01
    for name in FAMILY.control:
        assert len(loaded.tokenizer(name, add_special_tokens=False)["input_ids"]) == 1, name
    assert loaded.tokenizer("def x", add_special_tokens=False)["input_ids"][0] == loaded.tokenizer.vocab["def"]
    assert "<|im_start|>" in loaded.tokenizer.chat_template


def test_what_cannot_be_converted_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    source = tmp_path / "mine.gguf"
    source.write_bytes(b"not a model at all")
    code, events = run(str(source), str(tmp_path / "made"))
    assert code == 1
    assert "mine.gguf could not be read" in events[-1]["message"]
    assert not (tmp_path / "made").exists()
    with pytest.raises(ConversionError, match="There is no file"):
        convert(tmp_path / "other.gguf", tmp_path / "made", print)


def test_folder_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    source = write(FAMILY, tmp_path / "tiny.gguf")
    (tmp_path / "made").mkdir()
    with pytest.raises(ConversionError, match="exists already"):
        convert(source, tmp_path / "made", print)


def test_too_little_disk_is_said_with_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write(FAMILY, tmp_path / "tiny.gguf")
    monkeypatch.setattr("jupyter_qwen.engine.children.transformers_convert.GROWTH", 1e12)
    with pytest.raises(ConversionError, match=r"takes .* GB of disk"):
        convert(source, tmp_path / "made", print)
