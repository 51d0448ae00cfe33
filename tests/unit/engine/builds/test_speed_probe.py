"""The short measurement of a build: what goes wrong is told, kept, and leaves no process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from making import MakeServer, gone

from jupyter_qwen.engine.builds.server_facts import ask
from jupyter_qwen.engine.builds.speeds import Speed, Speeds
from jupyter_qwen.engine.choice import EngineChoice
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.process import speed_probe


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file in place of weights, which no stand-in reads, and a folder of measurements that is empty."""
    monkeypatch.setenv("JUPYTER_QWEN_ENGINES", str(tmp_path / "engines"))
    path = tmp_path / "model.gguf"
    path.write_bytes(b"weights")
    return path


def choice_of(path: Path) -> EngineChoice:
    return EngineChoice("llama", "", context_tokens=2048, threads=2, server=ask(path, "PATH"))


async def test_server_that_cannot_load_is_told_in_its_own_words(
    make_server: MakeServer, model: Path, tmp_path: Path
) -> None:
    speed = await speed_probe.measure(
        choice_of(make_server(mode="fails")), EngineConfig(log_folder=tmp_path / "log"), model
    )
    assert "failed to read magic" in speed.failed
    assert speed.seconds() == float("inf")


async def test_server_that_answers_nothing_fails_and_is_ended(
    make_server: MakeServer, model: Path, tmp_path: Path
) -> None:
    path = make_server()
    speed = await speed_probe.measure(choice_of(path), EngineConfig(log_folder=tmp_path / "log"), model)
    assert speed.failed
    assert gone(json.loads((path.parent / "started.json").read_text())["pid"])


async def test_what_is_known_is_not_measured_again_unless_it_shall_be(
    make_server: MakeServer, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speed_probe, "has_llama", lambda: False)
    choice, config, told = choice_of(make_server(mode="fails")), EngineConfig(log_folder=tmp_path / "log"), list[str]()
    assert choice.server is not None
    Speeds().keep(choice.server, model, 2, Speed(prefill=60, decode=10))
    await speed_probe.compare(choice, config, model, (choice.server,), told.append)
    assert told == []
    await speed_probe.compare(choice, config, model, (choice.server,), told.append, anew=True)
    assert told == ["Measuring llama-server b6700 (1e6fc8a) (PATH), once."]
    kept = Speeds().recall(choice.server, model, 2)
    assert kept is not None
    assert "failed to read magic" in kept.failed
