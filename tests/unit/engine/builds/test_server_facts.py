"""What a llama-server says of itself, read."""

from __future__ import annotations

from pathlib import Path

import pytest
from making import MakeServer

from jupyter_qwen.engine.builds import server_facts as facts


def test_binary_is_asked_for_its_build_its_options_and_what_it_was_built_for(make_server: MakeServer) -> None:
    found = facts.ask(make_server(), "PATH")
    assert (found.build, found.unusable, found.devices) == ("b6700 (1e6fc8a)", "", ())
    assert {"--kv-unified", "--no-kv-unified", "-lv", "--api-key-file", "--slots"} <= found.options
    assert found.instructions == ("SSE3", "AVX2", "AVX512", "REPACK")
    assert found.label == "llama-server b6700 (1e6fc8a) (PATH)"


def test_graphics_card_is_a_device(make_server: MakeServer) -> None:
    assert facts.ask(make_server(mode="card"), "PATH").devices == ("CUDA0: NVIDIA H200 (143771 MiB, 143000 MiB free)",)


def test_binary_without_an_option_that_we_need_is_refused_by_name(make_server: MakeServer) -> None:
    found = facts.ask(make_server(mode="old"), "PATH")
    assert "lacks --slots" in found.unusable


def test_what_is_not_there_or_no_program_is_refused_in_words(tmp_path: Path) -> None:
    assert "cannot be read" in facts.ask(tmp_path / "nowhere", "it is set").unusable
    (tmp_path / "text").write_text("no program")
    assert "does not start" in facts.ask(tmp_path / "text", "it is set").unusable


def test_file_that_was_replaced_is_asked_again(make_server: MakeServer) -> None:
    path = make_server(mode="old")
    assert facts.ask(path, "PATH").unusable
    (path.parent / "MODE").write_text("serves")
    path.write_text(path.read_text() + "\n")
    assert not facts.ask(path, "PATH").unusable


@pytest.mark.parametrize(
    ("said", "build"),
    [
        ("version: 6700 (1e6fc8a)\nbuilt with clang", "b6700 (1e6fc8a)"),
        ("version: 0.4.1-dev (build 0, commit unknown)\nbuilt with GNU", "0.4.1-dev"),
        ("version: 0.4.1 (build 7000, commit 1e6fc8a)", "0.4.1 (build 7000, commit 1e6fc8a)"),
        ("Ollama is running", ""),
    ],
)
def test_version_is_read_in_old_words_and_new(said: str, build: str) -> None:
    assert facts.build_of(said) == build


def test_what_would_configure_a_server_behind_our_back_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLAMA_ARG_HOST", "0.0.0.0")
    monkeypatch.setenv("LLAMA_API_KEY", "everybody's")
    monkeypatch.setenv("OMP_WAIT_POLICY", "passive")
    left = facts.environment()
    assert "LLAMA_ARG_HOST" not in left
    assert "LLAMA_API_KEY" not in left
    assert left["OMP_WAIT_POLICY"] == "passive"
