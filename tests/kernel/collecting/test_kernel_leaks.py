"""A hundred questions leave nothing behind: no thread, no connection, no widget, no name."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import psutil
from fake_server import FakeServer, answer_events
from test_kernel_real_server import Notebook, notebook

from benchmarks.speed.jupyter_process import JupyterServer

__all__ = ["notebook"]

COUNT = """
import json, psutil, threading
from ipykernel.comm import CommManager
process = psutil.Process()
comms = get_ipython().kernel.comm_manager
print("COUNT" + json.dumps([
    threading.active_count(),
    len([c for c in process.net_connections("tcp") if c.raddr and c.raddr.port == PORT]),
    len(comms.comms), len(comms.targets), len(process.children()),
    len([name for name in globals() if not name.startswith("_")]),
]))
"""


def test_a_hundred_questions_leave_no_thread_name_or_connection(shell: Any, server: FakeServer) -> None:
    server.events = answer_events("SELECT 1")
    shell.run_cell("%%qwen sql\nq", store_history=True)
    names, threads = set(shell.user_ns), threading.active_count()
    for _ in range(100):
        assert shell.run_cell("%%qwen sql\nq", store_history=False).success
    assert set(shell.user_ns) == names
    assert threading.active_count() <= threads + 1  # the fake server's own, of the last connection
    port = int(server.url.split(":")[2].split("/")[0])
    connected = [c for c in psutil.Process().net_connections("tcp") if c.raddr and c.raddr.port == port]
    assert [c for c in connected if c.status not in ("TIME_WAIT", "FIN_WAIT2")] == []


def test_a_hundred_questions_in_a_kernel_leave_no_thread_connection_or_comm(
    notebook: Notebook, started: JupyterServer, folder: Path
) -> None:
    count = COUNT.replace("PORT", started.url.split(":")[2].split("/")[0])
    notebook.run("%%qwen sql\nhow many orders are there")
    notebook.run(count)  # what counting itself imports is there now
    before = json.loads(notebook.run(count)["text"].partition("COUNT")[2])
    asked = notebook.run(
        "for _ in range(100):\n"
        "    get_ipython().run_cell_magic('qwen', 'sql --insert none', 'how many orders are there')\n"
    )
    assert asked["reply"]["status"] == "ok", asked["text"]
    assert len(asked["shown"]) == 100
    after = json.loads(notebook.run(count)["text"].partition("COUNT")[2])
    assert after == before
    assert before[1:3] == [0, 0]
    assert started.call("status")["state"] == "ready"
