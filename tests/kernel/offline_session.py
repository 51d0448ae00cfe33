"""A whole session for a network namespace that has loopback alone: server, question, ghost text, a notebook with the magic.

Prints how many packets found no way out, first of a probe that must be noticed, then of the session. Run by
test_kernel_offline.py as ``unshare -rn python offline_session.py FOLDER``.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

CELLS = [
    "import duckdb\ncon = duckdb.connect()\n"
    "rows = con.execute('CREATE TABLE orders AS SELECT i AS id FROM range(7) t(i)').fetchall()",
    "%load_ext jupyter_qwen",
    "%%qwen sql --out counted\nhow many orders are there",
    "%%qwen chat\nwhat is this",
    "print(counted['n'].tolist())",
]
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1


def raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(control, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def without_a_way() -> int:
    """Packets of this namespace, of any process and library, that had an address beyond loopback."""
    lines = Path("/proc/net/snmp").read_text().splitlines()
    names, values = (line.split() for line in lines if line.startswith("Ip:"))
    count = int(values[names.index("OutNoRoutes")])
    for line in Path("/proc/net/snmp6").read_text().splitlines() if Path("/proc/net/snmp6").exists() else ():
        if line.startswith("Ip6OutNoRoutes"):
            count += int(line.split()[1])
    return count


def probe() -> None:
    for family, address in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            try:
                with socket.socket(family, kind) as outside:
                    outside.connect((address, 53))
            except OSError:
                continue


def fetched(server: dict[str, Any], route: str, body: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(
        f"{server['url']}jupyter-qwen/{route}", json.dumps(body).encode(), {"Authorization": f"token {server['token']}"}
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        return dict(json.loads(answer.read().splitlines()[-1]))


def session(folder: Path) -> list[Any]:
    import nbformat
    from nbclient import NotebookClient

    runtime = folder / "runtime"
    runtime.mkdir()
    os.environ.update(
        JUPYTER_RUNTIME_DIR=str(runtime), JUPYTER_CONFIG_DIR=str(folder / "config"), HOME=str(folder), IPYTHONDIR=str(folder),
        XDG_CACHE_HOME=str(folder / "cache"),
    )  # fmt: skip
    script = [
        {"match": "how many orders", "reply": "SELECT count(*) AS n FROM orders"},
        {"match": "", "reply": "I am a scripted engine."},
    ]
    (folder / "script.json").write_text(json.dumps(script))
    command = [
        sys.executable, "-m", "jupyter_server", "--allow-root", "--ServerApp.open_browser=False", "--ServerApp.port=0",
        "--ServerApp.ip=127.0.0.1", "--ServerApp.jpserver_extensions={'jupyter_qwen': True}", "--QwenExtension.engine=scripted",
        f"--QwenExtension.script={folder / 'script.json'}", f"--QwenExtension.threads_folder={folder / 'threads'}",
    ]  # fmt: skip
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=folder)
    try:
        server = described(runtime / f"jpserver-{process.pid}.json", process)
        os.environ.update(JUPYTER_QWEN_URL=server["url"], JUPYTER_QWEN_TOKEN=server["token"])
        asked = fetched(server, "ask", {"question": "what is this", "mode": "chat", "thread": "a.ipynb", "cells": []})
        typed = fetched(server, "complete", {"prefix": "total = ", "suffix": "", "language": "python", "by_key": True})
        document = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
        NotebookClient(document, timeout=240, kernel_name="python3").execute()
        return [asked["type"], typed["type"], document.cells[-1].outputs[0]["text"]]
    finally:
        process.terminate()
        process.wait(60)


def described(file: Path, process: subprocess.Popen[bytes]) -> dict[str, Any]:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        if file.exists() and file.stat().st_size:
            server = dict(json.loads(file.read_text()))
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", server["port"])) == 0:
                    return server
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


if __name__ == "__main__":
    raise_loopback()
    probe()
    noticed = without_a_way()
    told = session(Path(sys.argv[1]))
    print(json.dumps({"probe": noticed, "session": without_a_way() - noticed, "told": told}))
