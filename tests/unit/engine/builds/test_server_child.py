"""A llama-server as a child: started behind a key, ended with whoever started it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from making import PATIENCE_SECONDS, MakeServer, gone

from jupyter_qwen.engine.base import EngineRefused
from jupyter_qwen.engine.builds.server_facts import ask
from jupyter_qwen.engine.children.llama import params_for
from jupyter_qwen.engine.children.llama_server import arguments_for
from jupyter_qwen.engine.choice import EngineChoice, choose
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.process.child_memory import held_bytes
from jupyter_qwen.engine.process.child_process import ChildFailed, ChildProcess
from jupyter_qwen.engine.process.child_settings import child_module, child_settings
from jupyter_qwen.models.catalog import find
from jupyter_qwen.models.machine import Machine


def settings_for(path: Path, tmp_path: Path, **fields: Any) -> dict[str, Any]:
    choice = EngineChoice("llama", "", context_tokens=2048, threads=2, server=ask(path, "PATH"))
    assert child_module(choice).endswith(".llama_server")
    return child_settings(choice, EngineConfig(slot_folder=tmp_path / "slots"), tmp_path / "model.gguf") | fields


def child_of(settings: dict[str, Any], tmp_path: Path) -> ChildProcess:
    return ChildProcess("jupyter_qwen.engine.children.llama_server", settings, log_folder=tmp_path / "log")


def test_server_answers_to_the_key_alone_and_shows_it_nowhere(make_server: MakeServer, tmp_path: Path) -> None:
    path = make_server()
    child = child_of(settings_for(path, tmp_path), tmp_path)
    try:
        ready = child.ready.result(PATIENCE_SECONDS)
        assert ready.device.startswith("CPU: ")
        assert httpx.get(f"{ready.url}/v1/models", headers={"Authorization": f"Bearer {child.key}"}).status_code == 200
        assert httpx.get(f"{ready.url}/v1/models").status_code == 401
        started = json.loads((path.parent / "started.json").read_text())
        assert child.key not in json.dumps(started)
        key_file = started["words"][started["words"].index("--api-key-file") + 1]
        assert not Path(key_file).exists()
        shown = subprocess.run(["ps", "auxww"], capture_output=True, text=True, check=True).stdout
        assert str(path) in shown
        assert child.key not in shown
        assert held_bytes(child.pid) > psutil.Process(child.pid).memory_info().rss
    finally:
        child.kill()
    assert gone(started["pid"])


@pytest.mark.parametrize("end", ["kill", "input"])
async def test_server_ends_with_its_child_however_that_ends(make_server: MakeServer, tmp_path: Path, end: str) -> None:
    path = make_server()
    child = child_of(settings_for(path, tmp_path), tmp_path)
    await child.wait_ready(PATIENCE_SECONDS)
    if end == "kill":
        child.kill()
    else:
        await child.stop()
    assert gone(json.loads((path.parent / "started.json").read_text())["pid"])


@pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere the system does not end what a killed process has started"
)
async def test_server_ends_when_its_child_is_killed_from_outside(make_server: MakeServer, tmp_path: Path) -> None:
    path = make_server()
    child = child_of(settings_for(path, tmp_path), tmp_path)
    await child.wait_ready(PATIENCE_SECONDS)
    psutil.Process(child.pid).kill()
    assert gone(json.loads((path.parent / "started.json").read_text())["pid"])
    await child.stop()


async def test_crash_of_the_server_is_told_as_the_childs(make_server: MakeServer, tmp_path: Path) -> None:
    path = make_server()
    child = child_of(settings_for(path, tmp_path), tmp_path)
    await child.wait_ready(PATIENCE_SECONDS)
    psutil.Process(json.loads((path.parent / "started.json").read_text())["pid"]).send_signal(4)
    child.exited.result(PATIENCE_SECONDS)
    assert child.end()[0] == "The engine crashed (SIGILL)."


async def test_server_that_cannot_load_says_why(make_server: MakeServer, tmp_path: Path) -> None:
    child = child_of(settings_for(make_server(mode="fails"), tmp_path), tmp_path)
    with pytest.raises(ChildFailed, match="failed to read magic"):
        await child.wait_ready(PATIENCE_SECONDS)
    await child.stop()


def test_parameters_of_the_wheel_have_their_twins_on_the_command_line(make_server: MakeServer, tmp_path: Path) -> None:
    settings = settings_for(make_server(), tmp_path, alias="qwen", yarn={"factor": 2, "original_tokens": 32_768})
    every = settings | {
        "options": [*settings["options"], "--cache-ram", "--no-cache-idle-slots", "--cors-origins", "--fit"]
    }
    words = arguments_for(every, "keys")
    params = params_for(settings | {"key": "k"})

    def value(option: str) -> str:
        return words[words.index(option) + 1]

    assert value("--host") == params.hostnames[0]
    assert value("--cors-origins") == params.cors_origins == ""
    assert int(value("--parallel")) == params.n_parallel
    assert int(value("--ctx-size")) == params.n_ctx
    assert int(value("--kv-unified-per-slot")) == params.kv_unified_per_slot
    assert int(value("--batch-size")) == int(value("--ubatch-size")) == params.n_batch
    assert int(value("--threads")) == int(value("--threads-batch")) == params.cpuparams.n_threads
    assert int(value("--cache-ram")) == params.cache_ram_mib
    assert int(value("--verbosity")) == params.verbosity
    assert 1 / float(value("--rope-scale")) == params.rope_freq_scale
    assert int(value("--yarn-orig-ctx")) == params.yarn_orig_ctx
    assert value("--slot-save-path") + os.sep == params.slot_save_path
    assert {"--no-webui", "--no-context-shift", "--no-cache-idle-slots", "--kv-unified", "--offline"} <= set(words)
    assert (value("--api-key-file"), value("--port"), value("--fit")) == ("keys", "0", "off")


def test_options_that_a_binary_does_not_know_are_left_out(make_server: MakeServer, tmp_path: Path) -> None:
    words = arguments_for(settings_for(make_server(), tmp_path), "keys")
    assert not {"--cache-ram", "--cors-origins", "--fit", "--no-ui"} & set(words)


def test_graphics_card_takes_longer_batches_and_all_layers(make_server: MakeServer, tmp_path: Path) -> None:
    settings = settings_for(make_server(mode="card"), tmp_path)
    words = arguments_for(settings, "keys")
    assert words[words.index("--batch-size") + 1] == "512"
    assert words[words.index("--gpu-layers") + 1] == "999"
    refused = arguments_for(settings | {"gpu_layers": 0}, "keys")
    assert refused[refused.index("--gpu-layers") + 1] == "0"
    assert refused[refused.index("--batch-size") + 1] == str(settings["batch_tokens"])


def test_server_that_is_set_is_what_llama_means(make_server: MakeServer) -> None:
    machine = Machine(2, 16 * 2**30, 16 * 2**30)
    chosen = choose(EngineConfig(llama_server=make_server()), machine)
    assert chosen.engine == "llama"
    assert chosen.server is not None
    assert chosen.reason.startswith("llama-server b6700 (1e6fc8a) runs ")
    other = find("Qwen2.5-Coder-7B-Instruct")
    assert choose(EngineConfig(llama_server=chosen.server.path, model=other.id), machine).model == other


def test_server_that_is_set_and_cannot_serve_is_refused_with_the_way_out(make_server: MakeServer) -> None:
    with pytest.raises(EngineRefused, match="lacks --slots") as refused:
        choose(EngineConfig(llama_server=make_server(mode="old")), Machine(2, 16 * 2**30, 16 * 2**30))
    assert "current llama-server" in refused.value.hint
