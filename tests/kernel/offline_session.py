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
import sys
from pathlib import Path
from typing import Any

from benchmarks.speed.jupyter_process import ORDERS, jupyter_server

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


def session(folder: Path) -> list[Any]:
    import nbformat
    from nbclient import NotebookClient

    variables = {"HOME": str(folder), "IPYTHONDIR": str(folder), "XDG_CACHE_HOME": str(folder / "cache")}
    with jupyter_server(folder, script=ORDERS, variables=variables) as server:
        runtime = {"JUPYTER_RUNTIME_DIR": str(folder / "runtime"), "JUPYTER_CONFIG_DIR": str(folder / "config")}
        os.environ.update({**variables, **runtime, **server.environment})
        asked = server.call("ask", {"question": "what is this", "mode": "chat", "thread": "a.ipynb", "cells": []})
        typed = server.call("complete", {"prefix": "total = ", "suffix": "", "language": "python", "by_key": True})
        document = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
        NotebookClient(document, timeout=240, kernel_name="python3").execute()
        return [asked["type"], typed["type"], document.cells[-1].outputs[0]["text"]]


if __name__ == "__main__":
    raise_loopback()
    probe()
    noticed = without_a_way()
    told = session(Path(sys.argv[1]))
    print(json.dumps({"probe": noticed, "session": without_a_way() - noticed, "told": told}))
