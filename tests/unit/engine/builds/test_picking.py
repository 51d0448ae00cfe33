"""Which llama.cpp answers: the wheel's, unless another was measured to be faster here."""

from __future__ import annotations

from pathlib import Path

import pytest
from making import MakeServer

from jupyter_qwen.engine.builds import where
from jupyter_qwen.engine.builds.picking import pick
from jupyter_qwen.engine.builds.server_facts import LlamaServer
from jupyter_qwen.engine.builds.speeds import Speed, Speeds, gain
from jupyter_qwen.engine.builds.where import default_folder, found

WHEEL = Speed(prefill=33, decode=10)


@pytest.fixture
def server(make_server: MakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LlamaServer:
    """One llama-server, on PATH, and a folder of measurements that is empty."""
    path = make_server("on path")
    monkeypatch.setenv("PATH", str(path.parent))
    monkeypatch.setenv("JUPYTER_QWEN_ENGINES", str(tmp_path / "engines"))
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    monkeypatch.setattr(where, "HOMEBREW", ())
    (one,) = found()
    return one


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"weights")
    return path


def measured(server: LlamaServer, model: Path, speed: Speed, wheel: Speed = WHEEL) -> None:
    Speeds().keep(None, model, 2, wheel)
    Speeds().keep(server, model, 2, speed)


def test_server_on_path_is_found_once_and_not_in_the_folder_somebody_works_in(
    server: LlamaServer, make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert server.where == "on PATH"
    elsewhere = make_server("elsewhere").parent
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("PATH", f"{server.path.parent}:.::{server.path.parent}")
    assert [one.path for one in found()] == [server.path]


def test_what_we_built_comes_before_what_is_on_path(server: LlamaServer, make_server: MakeServer) -> None:
    ours = make_server("engines/xllamacpp-1")
    assert [one.path for one in found()] == [ours, server.path]
    assert found()[0].where == "built by jupyter qwen engine build"


def test_nobody_is_taken_before_it_was_measured(server: LlamaServer, model: Path) -> None:
    picked = pick(model, 2)
    assert (picked.server, picked.unmeasured) == (None, (server,))
    assert "not measured with this model yet" in picked.considered[0]


def test_server_that_is_a_fifth_faster_is_taken(server: LlamaServer, model: Path) -> None:
    measured(server, model, Speed(prefill=67, decode=10))
    picked = pick(model, 2)
    assert (picked.server, picked.unmeasured) == (server, ())
    assert picked.reason == "1.4 times as fast here as the llama.cpp of the wheel"


def test_server_answers_where_the_wheel_cannot_and_says_why(server: LlamaServer, model: Path) -> None:
    measured(server, model, Speed(prefill=67, decode=10), wheel=Speed(failed="The engine crashed (SIGILL)."))
    picked = pick(model, 2)
    assert picked.server == server
    assert "cannot be used: The engine crashed (SIGILL)" in picked.reason


@pytest.mark.parametrize(
    ("speed", "words"),
    [
        (Speed(prefill=36, decode=11), "less than 1.2 times as fast"),
        (Speed(failed="The engine crashed (SIGILL)."), "SIGILL"),
    ],
)
def test_server_that_is_hardly_faster_or_dies_is_not(
    server: LlamaServer, model: Path, speed: Speed, words: str
) -> None:
    measured(server, model, speed)
    picked = pick(model, 2)
    assert (picked.server, picked.unmeasured) == (None, ())
    assert words in picked.considered[0]


def test_another_model_other_threads_or_another_file_is_measured_anew(server: LlamaServer, model: Path) -> None:
    measured(server, model, Speed(prefill=67, decode=10))
    assert pick(model, 4).unmeasured == (server,)
    server.path.write_text(server.path.read_text() + "\n")
    assert [one.path for one in pick(model, 2).unmeasured] == [server.path]


def test_server_that_cannot_serve_is_told_and_never_measured(server: LlamaServer, model: Path) -> None:
    (server.path.parent / "MODE").write_text("old")
    server.path.write_text(server.path.read_text() + "\n")
    picked = pick(model, 2)
    assert (picked.server, picked.unmeasured) == (None, ())
    assert "lacks --slots" in picked.considered[0]


def test_file_of_measurements_that_is_damaged_costs_a_measurement(server: LlamaServer, model: Path) -> None:
    measured(server, model, Speed(prefill=67, decode=10))
    (default_folder() / "speeds.json").write_text("{")
    assert pick(model, 2).unmeasured == (server,)


def test_gain_counts_reading_and_writing_as_an_answer_does() -> None:
    assert gain(Speed(prefill=66, decode=20), WHEEL) == pytest.approx(2.0)
    assert gain(Speed(failed="no"), WHEEL) == 0
    assert gain(Speed(prefill=1, decode=1), Speed(failed="no")) == float("inf")
