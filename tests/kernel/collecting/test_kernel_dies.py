"""A kernel that is killed while its tables are collected: nobody waits for it, and the next kernel is asked as ever."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from notebooks import Notebook, opened

from benchmarks.speed.jupyter_process import JupyterServer

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kills by signal")

SETUP = """
import duckdb, os, signal, sys
con = duckdb.connect()
con.execute("CREATE TABLE orders AS SELECT i AS id FROM range(7) t(i)").fetchall()
%load_ext jupyter_qwen
print(os.getpid())
"""
# SIGKILL when the collector has the names and goes for the rows.
MINE = """
def dies(frame, event, argument):
    if frame.f_code.co_name == "{function}":
        open({mark!r}, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
sys.setprofile(dies)
"""
FUNCTION = "_read_rows"


@pytest.fixture
def notebook(started: JupyterServer, folder: Path) -> Iterator[Notebook]:
    with opened(started, folder, "dying.ipynb") as made:
        yield made


def _pid(notebook: Notebook) -> int:
    ran = notebook.run(SETUP)
    assert ran["reply"]["status"] == "ok", ran
    return int(ran["text"].split()[-1])


def _new_kernel(notebook: Notebook, old: int) -> int:
    """The id of the process that the Jupyter server started in place of `old`."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            notebook.client.wait_for_ready(timeout=60)
            pid = _pid(notebook)
        except (RuntimeError, TimeoutError):  # it does not answer yet
            time.sleep(0.2)
            continue
        if pid != old:
            return pid
    raise AssertionError("the server started no kernel in place of the dead one")


@pytest.mark.parametrize("asker", ["magic", "panel"])
def test_kernel_that_dies_while_collecting_costs_the_next_question_nothing(
    notebook: Notebook, started: JupyterServer, tmp_path: Path, asker: str
) -> None:
    mark = tmp_path / "collecting"
    old = _pid(notebook)
    notebook.run(MINE.format(function=FUNCTION, mark=str(mark)))
    if asker == "magic":
        notebook.client.execute("%%qwen sql\nhow many orders are there")
    else:
        source = started.call("collector?privacy=samples")["expression"]
        notebook.client.execute("", silent=True, store_history=False, user_expressions={"r": source})
    assert _new_kernel(notebook, old) != old
    assert mark.exists()  # it was the collector that ran
    turns = started.call("thread?id=dying.ipynb")["turns"]
    assert "cut" not in json.dumps(turns)
    result = notebook.run("%%qwen sql\nhow many orders are there")
    assert result["reply"]["status"] == "ok", result
    assert "bound" in result["shown"][0]["text/markdown"]
