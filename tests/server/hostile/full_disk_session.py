"""A Jupyter server whose home, runtime, caches and temporary folders are on a disk of 4 MB that becomes full, and has room again.

Prints what each step told, as JSON. Run by test_full_disk.py as ``unshare -rm python full_disk_session.py FOLDER``: the disk
is a tmpfs that nobody outside that mount namespace sees, and that ends with it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SCRIPT = [
    {
        "match": "count the stars",
        "reply": "one two three four five six seven eight nine ten",
        "delay_per_token_ms": 200,
    },
    {"match": "how many orders", "reply": "SELECT count(*) AS n FROM orders"},
    {"match": "", "reply": "I am a scripted engine."},
]
ORDERS = {
    "reference": ["orders"],
    "kind": "table",
    "columns": [{"name": "order_id", "type": "INTEGER"}],
    "connection": "con",
}
SCHEMA = {"version": 1, "tables": [ORDERS], "connections": [{"name": "con"}]}


class Disk:
    """A small disk, mounted at `path`: neither bytes nor files are left on it when it is full."""

    def __init__(self, path: Path) -> None:
        path.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m,nr_inodes=400", "none", str(path)], check=True)
        self.path, self._fill = path, path / "fill"
        self._fill.mkdir()

    def fill(self) -> None:
        with (self._fill / "bytes").open("ab", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                pass
        try:
            for _ in range(1_000):
                (self._fill / uuid.uuid4().hex).touch()
        except OSError:
            return
        raise RuntimeError("the disk takes more files than it has room for")

    def empty(self) -> None:
        for file in self._fill.iterdir():
            file.unlink()


class Server:
    """A server that is asked over HTTP."""

    def __init__(self, folder: Path, disk: Path) -> None:
        for name in ("runtime", "tmp", "home"):
            (disk / name).mkdir()
        (folder / "script.json").write_text(json.dumps(SCRIPT))
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("JPY_", "JUPYTER", "XDG_"))},
            "HOME": str(disk / "home"), "TMPDIR": str(disk / "tmp"), "JUPYTER_RUNTIME_DIR": str(disk / "runtime"),
            "JUPYTER_CONFIG_DIR": str(disk / "home" / "config"),
        }  # fmt: skip
        command = [
            sys.executable, "-m", "jupyter_server", "--allow-root", "--ServerApp.open_browser=False", "--ServerApp.port=0",
            "--ServerApp.ip=127.0.0.1", "--ServerApp.jpserver_extensions={'jupyter_qwen': True}",
            f"--ServerApp.root_dir={disk / 'home'}", "--QwenExtension.engine=scripted",
            f"--QwenExtension.script={folder / 'script.json'}",
        ]  # fmt: skip
        log = (folder / "server.log").open("wb")  # outside: what the server prints goes where its user sent it
        self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        described = disk / "runtime" / f"jpserver-{self.process.pid}.json"
        until = time.monotonic() + 120
        while time.monotonic() < until and self.process.poll() is None:
            try:
                self._where = json.loads(described.read_text())
                self.call("status")
                return
            except (OSError, ValueError):
                time.sleep(0.1)
        raise RuntimeError((folder / "server.log").read_text()[-2000:])

    def lines(self, route: str, body: dict[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        request = urllib.request.Request(
            f"{self._where['url']}jupyter-qwen/{route}",
            None if body is None else json.dumps(body).encode(),
            {"Authorization": f"token {self._where['token']}"},
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            for line in answer:
                yield json.loads(line)

    def call(self, route: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return list(self.lines(route, body))[-1]

    def ask(self, text: str, mode: str = "sql", thread: str = "a.ipynb") -> dict[str, Any]:
        return self.call("ask", question(text, mode, thread))


def question(text: str, mode: str, thread: str) -> dict[str, Any]:
    return {"question": text, "mode": mode, "thread": thread, "cells": [], "schema": SCHEMA}


def session(folder: Path) -> dict[str, Any]:
    disk = Disk(folder / "disk")
    server = Server(folder, disk.path)
    told: dict[str, Any] = {}
    try:
        told["before"] = server.ask("how many orders")
        stream = server.lines("ask", question("count the stars", "chat", "b.ipynb"))
        for event in stream:  # the disk is filled when the question is kept and its answer has begun
            if event["type"] == "delta":
                break
        disk.fill()
        told["filled meanwhile"] = list(stream)[-1]
        told["full"] = server.ask("how many orders")
        told["new conversation"] = server.ask("what is this", "chat", "c.ipynb")
        server.call("engine/unload", {})
        disk.fill()  # the engine's own files are gone
        told["engine started on a full disk"] = server.ask("how many orders")
        told["completion"] = server.call("complete", {"prefix": "total = ", "suffix": "", "by_key": True})
        told["kept while full"] = server.call("thread?id=a.ipynb")["turns"]
        disk.empty()
        told["room again"] = server.ask("how many orders")
        told["kept"] = server.call("thread?id=a.ipynb")["turns"]
        told["begun"] = server.call("thread?id=b.ipynb")["turns"]
        told["lives"] = server.process.poll() is None
        return told
    finally:
        server.process.terminate()
        server.process.wait(60)


if __name__ == "__main__":
    print(json.dumps(session(Path(sys.argv[1]))))
