"""A Hub on this machine with one sharded model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_hub import CONFIG, SHARDED, SHARDS, FakeHub


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeHub]:
    found = FakeHub()
    found.repositories[SHARDED] = {
        "config.json": json.dumps(CONFIG).encode(),
        "tokenizer.json": json.dumps({"added_tokens": [{"content": "<|fim_middle|>"}]}).encode(),
        "tokenizer_config.json": json.dumps({"chat_template": "{{ messages }}"}).encode(),
        "model.safetensors.index.json": json.dumps(
            {"weight_map": {f"layer{n}": name for n, name in enumerate(SHARDS)}}
        ).encode(),
        **SHARDS,
        "README.md": b"not wanted",
        "pytorch_model.bin": b"not wanted either",
    }
    found.start()
    monkeypatch.setenv("HF_ENDPOINT", found.url)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub-cache"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub-cache"))
    yield found
    found.stop()
