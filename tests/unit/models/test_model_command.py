"""``jupyter qwen model`` and ``doctor`` from a user's side: what is printed, what is asked, what exit status comes back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fake_hub import SHARDED, SHARDS, FakeHub

from jupyter_qwen.cli import main
from jupyter_qwen.models.catalog import find
from jupyter_qwen.models.machine import Gpu, Machine

GIB = 2**30
THREE = "Qwen2.5-Coder-3B"


def command(folder: Path, action: str, *words: str) -> int:
    return main(["model", "--folder", str(folder), action, *words])


def test_list_says_what_fits_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("jupyter_qwen.models.fit.machine", lambda: Machine(8, 8 * GIB, 6 * GIB, limited_by="CPU limit"))
    assert command(tmp_path, "list") == 0
    out = capsys.readouterr().out
    rows = {line[2:].split()[0]: line for line in out.splitlines() if "Coder" in line or "CodeQwen" in line}
    assert rows["Qwen2.5-Coder-7B-Instruct"].startswith("* ")
    assert rows["Qwen2.5-Coder-14B-Instruct"].startswith("  ")
    assert "32K→128K" in rows["Qwen2.5-Coder-7B-Instruct"]
    assert "Qwen Research Licence §" in rows[THREE]
    assert "64 MB" in rows["CodeQwen1.5-7B-Chat"]
    assert "6.0 of 8.0 GB of memory are available, 8 cores (CPU limit)" in out
    assert command(tmp_path, "list", "--fits") == 0
    assert "14B" not in capsys.readouterr().out


def test_list_shows_what_is_here_and_what_is_half_here(
    hub: FakeHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(tmp_path, "pull", SHARDED, "--accept-licence") == 0
    half = find("Qwen2.5-Coder-0.5B-Instruct")
    assert half.gguf is not None
    assert half.gguf.sha256 is not None
    (tmp_path / f"{half.gguf.name}.{half.gguf.sha256[:12]}.part").write_bytes(b"x" * (3 << 20))
    capsys.readouterr()
    command(tmp_path, "list")
    out = capsys.readouterr().out
    assert "3 MB so far" in next(line for line in out.splitlines() if "Coder-0.5B-Instruct" in line)
    assert "safetensors 0.0 GB" in next(line for line in out.splitlines() if "Tiny-Coder" in line)


def test_the_way_out_names_a_model_of_the_hub_with_its_owner(
    hub: FakeHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(tmp_path, "pull", SHARDED) == 1
    assert f"jupyter qwen model pull {SHARDED} --accept-licence" in capsys.readouterr().err
    assert "/" in SHARDED


def test_licence_is_shown_and_must_be_accepted_before_a_byte_is_fetched(
    hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.repositories[f"Qwen/{THREE}"] = hub.repositories[SHARDED]
    assert command(tmp_path, "pull", THREE) == 1
    captured = capsys.readouterr()
    assert "not for commercial use" in captured.out
    assert f"jupyter qwen model pull {THREE} --accept-licence" in captured.err
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: "n")
    assert command(tmp_path, "pull", THREE) == 1
    assert hub.asked == []
    monkeypatch.setattr("builtins.input", lambda _: "y")
    assert command(tmp_path, "pull", THREE) == 0
    assert command(tmp_path, "pull", THREE) == 0, "what is here needs no second yes"


def test_pull_verify_path_and_remove_of_safetensors(
    hub: FakeHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "Qwen2.5-Coder-1.5B-Instruct"
    hub.repositories[f"Qwen/{name}"] = hub.repositories[SHARDED]
    assert command(tmp_path, "pull", name, "--format", "safetensors") == 0
    folder = tmp_path / name.casefold()
    capsys.readouterr()
    assert command(tmp_path, "path", name, "--format", "safetensors") == 0
    assert capsys.readouterr().out.strip() == str(folder)
    assert command(tmp_path, "verify", name, "--format", "safetensors") == 0
    assert capsys.readouterr().out.count("intact") == len(hub.repositories[SHARDED]) - 2
    shard = folder / next(iter(SHARDS))
    shard.write_bytes(b"!" + shard.read_bytes()[1:])
    assert command(tmp_path, "verify", name, "--format", "safetensors") == 1
    error = capsys.readouterr().err
    assert shard.name in error
    assert f"pull --force {name} --format safetensors" in error
    assert command(tmp_path, "remove", name, "--format", "safetensors") == 0
    assert command(tmp_path, "path", name, "--format", "safetensors") == 1
    assert "is not on this machine as safetensors" in capsys.readouterr().err


def test_name_that_is_off_is_answered_with_near_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(tmp_path, "pull", "Qwen2.5-Codr-7B-Instruct") == 1
    assert "Qwen2.5-Coder-7B-Instruct" in capsys.readouterr().err


def test_doctor_explains_the_choice_the_memory_and_what_was_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JUPYTER_QWEN_MODELS", str(tmp_path))
    machine = Machine(
        8, 32 * GIB, 20 * GIB, (Gpu("NVIDIA A10", 24 * GIB, 20 * GIB),), "CPU limit of the container 8 cores"
    )
    monkeypatch.setattr("jupyter_qwen.models.fit.machine", lambda: machine)
    main(["doctor", "--json", "--model", "Qwen2.5-Coder-7B-Instruct", "--context-tokens", "65536"])
    checks = {check["name"]: check for check in json.loads(capsys.readouterr().out)}
    assert checks["engine"]["found"].startswith("llama: llama.cpp runs Qwen2.5-Coder 7B Instruct")
    assert "YaRN stretches 32,768 tokens to 65,536" in checks["engine"]["found"]
    assert "65,536 tokens an answer" in checks["memory"]["found"]
    assert "CPU limit of the container 8 cores" in checks["machine"]["found"]
    assert "NVIDIA A10, 20.0 of 24.0 GB free" in checks["graphics card"]["found"]
    assert checks["not chosen"]["found"].startswith("transformers: ")
    assert "is not on this machine" in checks["model"]["found"]


def test_doctor_refuses_what_does_not_fit_and_names_what_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("jupyter_qwen.models.fit.machine", lambda: Machine(4, 8 * GIB, 6 * GIB))
    assert main(["doctor", "--model", "Qwen2.5-Coder-32B-Instruct"]) == 1
    out = capsys.readouterr().out
    assert "needs 19.9 GB; 6.0 GB of memory are available" in out
    assert "Qwen2.5-Coder 7B Instruct would fit." in out


def test_show_prints_files_tokens_and_what_each_context_takes_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("jupyter_qwen.models.fit.machine", lambda: Machine(8, 16 * GIB, 9 * GIB))
    assert command(tmp_path, "show", "Qwen2.5-Coder-7B-Instruct") == 0
    out = capsys.readouterr().out
    assert "Qwen/Qwen2.5-Coder-7B-Instruct-GGUF/qwen2.5-coder-7b-instruct-q4_k_m.gguf" in out
    assert "not here: 4.7 GB to download" in out
    assert "<|fim_prefix|> <|fim_suffix|> <|fim_middle|>" in out
    assert "safetensors at 32 bits: weights 28.3 GB, KV cache 112 KB a token" in out
    assert " 32,768 tokens  7.0 GB, 2.19 of it KV cache (llama)" in out
    assert "65,536 tokens  8.7 GB, 3.94 of it KV cache (llama, YaRN)" in out
    assert "131,072 tokens  no: " in out
    assert command(tmp_path, "show", "CodeQwen1.5-7B-Chat") == 0
    out = capsys.readouterr().out
    assert "<fim_prefix> <fim_suffix> <fim_middle>" in out
    assert "Tongyi Qianwen" in out
    assert command(tmp_path, "show", "Qwen2-1.5B-Instruct") == 0
    assert "no inline completion" in capsys.readouterr().out
