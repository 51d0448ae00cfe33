"""A Jupyter server whose home, runtime, caches and temporary folders are on a disk of 4 MB that becomes full, and has room again.

Prints what each step told, as JSON. Run by test_full_disk.py as ``unshare -rm python full_disk_session.py FOLDER``: the disk
is a tmpfs that nobody outside that mount namespace sees, and that ends with it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

from benchmarks.speed.jupyter_process import ORDERS, JupyterServer, jupyter_server

SCRIPT = [
    {
        "match": "count the stars",
        "reply": "one two three four five six seven eight nine ten",
        "delay_per_token_ms": 200,
    },
    *ORDERS,
]
TABLE = {
    "reference": ["orders"],
    "kind": "table",
    "columns": [{"name": "order_id", "type": "INTEGER"}],
    "connection": "con",
}
SCHEMA = {"version": 1, "tables": [TABLE], "connections": [{"name": "con"}]}


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


def question(text: str, mode: str = "sql", thread: str = "a.ipynb") -> dict[str, Any]:
    return {"question": text, "mode": mode, "thread": thread, "cells": [], "schema": SCHEMA}


def session(folder: Path) -> dict[str, Any]:
    disk = Disk(folder / "disk")
    (disk.path / "tmp").mkdir()
    variables = {"HOME": str(disk.path), "TMPDIR": str(disk.path / "tmp")}
    for name in [name for name in os.environ if name.startswith("XDG_")]:
        del os.environ[name]
    with jupyter_server(disk.path, script=SCRIPT, variables=variables) as server:
        return asked(server, disk)


def asked(server: JupyterServer, disk: Disk) -> dict[str, Any]:
    told: dict[str, Any] = {"before": server.call("ask", question("how many orders"))}
    stream = server.lines("ask", question("count the stars", "chat", "b.ipynb"))
    for event in stream:  # the disk is filled when the question is kept and its answer has begun
        if event["type"] == "delta":
            break
    disk.fill()
    told["filled meanwhile"] = list(stream)[-1]
    told["full"] = server.call("ask", question("how many orders"))
    told["new conversation"] = server.call("ask", question("what is this", "chat", "c.ipynb"))
    server.call("engine/unload", {})
    disk.fill()  # the engine's own files are gone
    told["engine started on a full disk"] = server.call("ask", question("how many orders"))
    told["completion"] = server.call("complete", {"prefix": "total = ", "suffix": "", "by_key": True})
    told["kept while full"] = server.call("thread?id=a.ipynb")["turns"]
    disk.empty()
    told["room again"] = server.call("ask", question("how many orders"))
    told["kept"] = server.call("thread?id=a.ipynb")["turns"]
    told["begun"] = server.call("thread?id=b.ipynb")["turns"]
    told["lives"] = server.process.poll() is None
    return told


if __name__ == "__main__":
    print(json.dumps(session(Path(sys.argv[1]))))
