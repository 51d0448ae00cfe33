"""Two real Jupyter servers of one user: one engine between them, and each goes on when the other ends."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psutil
import pytest

from benchmarks.speed.jupyter_process import JupyterServer, jupyter_server

Start = Callable[..., JupyterServer]


def ask(server: JupyterServer) -> dict[str, Any]:
    return server.call("ask", {"question": "anything", "mode": "chat", "thread": "", "cells": []})


def until(server: JupyterServer, state: str) -> dict[str, Any]:
    end = time.monotonic() + 30
    while (status := server.call("status"))["state"] != state:
        assert time.monotonic() < end, status
        time.sleep(0.05)
    return status


def engines(server: JupyterServer) -> list[psutil.Process]:
    return [
        child for child in psutil.Process(server.process.pid).children()
        if child.status() != psutil.STATUS_ZOMBIE and any("engine.children" in word for word in child.cmdline())
    ]  # fmt: skip


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a server beside the others, with the same script and the runtime folder of their user."""
    script = tmp_path / "script.json"
    script.write_text('[{"match": "", "reply": "hello"}]')
    shared = {"JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"), "PYTHONUNBUFFERED": "1"}
    with ExitStack() as running:

        def one(**traits: Any) -> JupyterServer:
            folder = tmp_path / f"server{len(list(tmp_path.glob('server*')))}"
            given = {"engine": "scripted", "script": script, **traits}
            options = [f"--QwenExtension.{name}={value}" for name, value in given.items()]
            return running.enter_context(jupyter_server(folder, *options, variables=shared))

        yield one


@pytest.fixture
def started(start: Start) -> Start:
    """Starts a server and waits until its engine is ready."""

    def one(**traits: Any) -> JupyterServer:
        server = start(**traits)
        until(server, "ready")
        return server

    return one


def test_second_server_uses_the_first_ones_engine_and_says_so(started: Start) -> None:
    first = started()
    second = started()
    status = second.call("status")
    assert f"shared with your Jupyter server of process {first.process.pid}" in status["sharing"]
    assert status["memory_bytes"] > 0
    assert len(engines(first)) == 1
    assert engines(second) == []
    assert ask(second)["markdown"] == "hello"
    assert ask(first)["markdown"] == "hello"


def test_files_that_tell_of_an_engine_are_for_their_user_alone(started: Start, tmp_path: Path) -> None:
    first = started()
    (record,) = (tmp_path / "runtime").glob("jupyter_qwen-engine-*.json")
    assert record.stat().st_mode & 0o077 == 0
    key = json.loads(record.read_text())["key"]
    assert key not in first.log()
    assert key not in json.dumps(first.call("status"))
    first.process.send_signal(signal.SIGTERM)
    first.process.wait(20)
    assert not record.exists(), "a server that ends takes its record along"


def test_second_server_starts_its_own_engine_when_the_first_ends(started: Start) -> None:
    first = started()
    second = started()
    first.process.kill()
    first.process.wait()
    status = until(second, "unloaded")
    assert "other Jupyter server has ended" in status["message"]
    assert ask(second)["markdown"] == "hello"
    assert len(engines(second)) == 1
    assert until(second, "ready")["sharing"] == ""


def test_first_server_goes_on_when_the_second_unloads_and_ends(started: Start) -> None:
    first, second = started(), started()
    second.call("engine/unload", {})
    second.process.kill()
    assert ask(first)["markdown"] == "hello"
    assert until(first, "ready")["state"] == "ready"


def test_both_servers_that_start_at_once_load_one_engine(start: Start) -> None:
    servers = [start(load_on_start=False), start(load_on_start=False)]
    for server in servers:
        server.call("engine/load", {})
    for server in servers:
        until(server, "ready")
    assert sorted(len(engines(server)) for server in servers) == [0, 1]


def test_engine_that_only_a_guest_uses_is_not_unloaded_as_idle(start: Start) -> None:
    first, second = start(idle_minutes=4 / 60), start()
    until(first, "ready")
    until(second, "ready")
    end = time.monotonic() + 6
    while time.monotonic() < end:
        assert ask(second)["type"] == "answer"
        time.sleep(0.3)
    assert len(engines(first)) == 1
    until(first, "unloaded")


def test_server_that_wants_something_else_runs_its_own_and_says_why(started: Start) -> None:
    started()
    second = started(context_tokens=4096)
    status = second.call("status")
    assert "runs it with 8,192 tokens of context; this one runs its own engine" in status["sharing"]
    assert len(engines(second)) == 1


def test_administrator_can_switch_sharing_off(started: Start) -> None:
    for server in (started(share_engine=False), started(share_engine=False)):
        assert len(engines(server)) == 1
