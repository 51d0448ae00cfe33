"""Two real Jupyter servers of one user: one engine between them, and each goes on when the other ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

SCRIPT = [{"match": "slow", "reply": "one two three four five six seven eight nine ten", "delay_per_token_ms": 300},
          {"match": "", "reply": "hello"}]  # fmt: skip


@dataclass
class Server:
    """A running Jupyter server and how to speak to it."""

    process: subprocess.Popen[bytes]
    url: str
    token: str
    folder: Path

    def call(self, route: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"token {self.token}"}
        url = f"{self.url}jupyter-qwen/{route}"
        answer = httpx.post(url, json=body, headers=headers) if body is not None else httpx.get(url, headers=headers)
        answer.raise_for_status()
        decoded: dict[str, Any] = answer.json()
        return decoded

    def ask(self, question: str) -> dict[str, Any]:
        body = {"question": question, "mode": "chat", "thread": "", "language": "python", "cells": []}
        headers = {"Authorization": f"token {self.token}"}
        answer = httpx.post(f"{self.url}jupyter-qwen/ask", json=body, headers=headers, timeout=30)
        last: dict[str, Any] = json.loads(answer.text.splitlines()[-1])
        return last

    def until(self, state: str) -> dict[str, Any]:
        end = time.monotonic() + 30
        while (status := self.call("status"))["state"] != state:
            assert time.monotonic() < end, status
            time.sleep(0.05)
        return status

    def engines(self) -> list[psutil.Process]:
        return [
            child for child in psutil.Process(self.process.pid).children()
            if child.status() != psutil.STATUS_ZOMBIE and any("engine.children" in word for word in child.cmdline())
        ]  # fmt: skip


Start = Callable[..., Server]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    script = tmp_path / "script.json"
    script.write_text(json.dumps(SCRIPT))
    runtime = tmp_path / "runtime"
    running: list[Server] = []

    def one(**traits: Any) -> Server:
        folder = tmp_path / f"server{len(running)}"
        folder.mkdir()
        options = {"engine": "scripted", "script": script, "threads_folder": folder / "threads", **traits}
        environment = {
            **os.environ, "JUPYTER_RUNTIME_DIR": str(runtime), "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_DATA_DIR": str(folder / "data"), "JUPYTER_TOKEN": "", "PYTHONUNBUFFERED": "1",
        }  # fmt: skip
        environment.pop("JUPYTER_TOKEN")
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "jupyter_server", "--no-browser", "--ServerApp.port=0", "--allow-root",
                 f"--ServerApp.root_dir={folder}", "--ServerApp.jpserver_extensions={'jupyter_qwen': True}",
                 *(f"--QwenExtension.{name}={value}" for name, value in options.items())],
                env=environment, stdout=log, stderr=log, cwd=folder,
            )  # fmt: skip
        info, end = runtime / f"jpserver-{process.pid}.json", time.monotonic() + 40
        while not info.exists() or not info.read_text():
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < end
            time.sleep(0.05)
        facts = json.loads(info.read_text())
        server = Server(process, facts["url"], facts["token"], folder)
        running.append(server)
        return server

    yield one
    for server in running:
        server.process.kill()
        server.process.wait()


def test_second_server_uses_the_first_ones_engine_and_says_so(start: Start) -> None:
    first = start()
    first.call("status")
    first.until("ready")
    second = start()
    second.call("status")
    status = second.until("ready")
    assert f"shared with your Jupyter server of process {first.process.pid}" in status["sharing"]
    assert status["memory_bytes"] > 0
    assert len(first.engines()) == 1
    assert second.engines() == []
    assert second.ask("anything")["markdown"] == "hello"
    assert first.ask("anything")["markdown"] == "hello"


def test_files_that_tell_of_an_engine_are_for_their_user_alone(start: Start, tmp_path: Path) -> None:
    first = start()
    first.call("status")
    first.until("ready")
    (record,) = (tmp_path / "runtime").glob("jupyter_qwen-engine-*.json")
    assert record.stat().st_mode & 0o077 == 0
    key = json.loads(record.read_text())["key"]
    assert key not in (first.folder / "log").read_text()
    assert key not in json.dumps(first.call("status"))
    first.process.send_signal(signal.SIGTERM)
    first.process.wait(20)
    assert not record.exists(), "a server that ends takes its record along"


def test_second_server_starts_its_own_engine_when_the_first_ends(start: Start) -> None:
    first = start()
    first.call("status")
    first.until("ready")
    second = start()
    second.call("status")
    second.until("ready")
    first.process.kill()
    first.process.wait()
    status = second.until("unloaded")
    assert "other Jupyter server has ended" in status["message"]
    assert second.ask("anything")["markdown"] == "hello"
    assert len(second.engines()) == 1
    assert second.until("ready")["sharing"] == ""


def test_first_server_goes_on_when_the_second_unloads_and_ends(start: Start) -> None:
    first, second = start(), start()
    for server in (first, second):
        server.call("status")
        server.until("ready")
    second.call("engine/unload", {})
    second.process.kill()
    assert first.ask("anything")["markdown"] == "hello"
    assert first.until("ready")["state"] == "ready"


def test_both_servers_that_start_at_once_load_one_engine(start: Start) -> None:
    servers = [start(load_on_start=False), start(load_on_start=False)]
    for server in servers:
        server.call("engine/load", {})
    for server in servers:
        server.until("ready")
    assert sorted(len(server.engines()) for server in servers) == [0, 1]


def test_engine_that_only_a_guest_uses_is_not_unloaded_as_idle(start: Start) -> None:
    first, second = start(idle_minutes=4 / 60), start()
    for server in (first, second):
        server.call("status")
        server.until("ready")
    end = time.monotonic() + 6
    while time.monotonic() < end:
        assert second.ask("anything")["type"] == "answer"
        time.sleep(0.3)
    assert len(first.engines()) == 1
    first.until("unloaded")


def test_server_that_wants_something_else_runs_its_own_and_says_why(start: Start) -> None:
    first = start()
    first.call("status")
    first.until("ready")
    second = start(context_tokens=4096)
    second.call("status")
    status = second.until("ready")
    assert "runs it with 8,192 tokens of context; this one runs its own engine" in status["sharing"]
    assert len(second.engines()) == 1


def test_administrator_can_switch_sharing_off(start: Start) -> None:
    first, second = start(share_engine=False), start(share_engine=False)
    for server in (first, second):
        server.call("status")
        server.until("ready")
        assert len(server.engines()) == 1
