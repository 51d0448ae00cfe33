"""A Hub on this machine with one sharded model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_hub import FakeHub

SHARDED = "someone/Tiny-Coder"
CONFIG = {
    "model_type": "qwen2", "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "hidden_size": 64,
    "max_position_embeddings": 4096, "torch_dtype": "bfloat16", "tie_word_embeddings": True,
}  # fmt: skip
SHARDS = {f"model-0000{number}-of-00003.safetensors": bytes([number]) * 200_000 for number in (1, 2, 3)}


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
