"""``jupyter qwen lab`` fetches a model only where none that serves is on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_qwen.cli import lab
from jupyter_qwen.models.catalog import find
from jupyter_qwen.models.store import ModelStore


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    monkeypatch.setenv("JUPYTER_QWEN_MODELS", str(tmp_path))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    pulled: list[object] = []
    monkeypatch.setattr("jupyter_qwen.cli.model.pull", lambda store, model, **options: pulled.append(model))
    return pulled


def test_nothing_is_fetched_where_another_model_is_here(asked: list[object], tmp_path: Path) -> None:
    small = find("qwen2.5-coder-0.5b-instruct")
    assert small.gguf is not None
    with (tmp_path / small.gguf.name).open("wb") as file:
        file.truncate(small.gguf.bytes)
    assert ModelStore().path(small) is not None
    lab._fetch_model()
    assert asked == []


def test_the_default_model_is_fetched_where_there_is_none(asked: list[object]) -> None:
    lab._fetch_model()
    assert asked == [None]
