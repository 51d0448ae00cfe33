"""``%%qwen`` in a kernel that a real Jupyter server with the extension started; only the model is scripted."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from notebooks import Notebook, opened

from benchmarks.speed.jupyter_process import JupyterServer

SETUP = """
import duckdb, pandas as pd
con = duckdb.connect()
con.execute("CREATE TABLE orders AS SELECT i AS id FROM range(7) t(i)").fetchall()
%load_ext jupyter_qwen
"""


@pytest.fixture(scope="module")
def notebook(started: JupyterServer, folder: Path) -> Iterator[Notebook]:
    with opened(started, folder, "demo.ipynb") as made:
        assert made.run(SETUP)["reply"]["status"] == "ok"
        yield made


def test_a_question_ends_in_a_proved_cell_that_runs(notebook: Notebook) -> None:
    result = notebook.run("%%qwen sql\nhow many orders are there")
    assert result["reply"]["status"] == "ok", result
    (output,) = result["shown"]
    assert "bound" in output["text/markdown"]
    assert "```sql" in output["text/markdown"]
    assert 'data-commandlinker-command="jupyter_qwen:insert-cell"' in output["text/html"]
    (cell,) = result["next"]
    ran = notebook.run(f"value = {cell}\nprint(len(value))" if not cell.startswith("#") else cell)
    assert ran["reply"]["status"] == "ok", cell


def test_out_gives_the_rows(notebook: Notebook) -> None:
    result = notebook.run("%%qwen sql --out counted\nhow many orders are there")
    assert result["reply"]["status"] == "ok", result
    assert notebook.run("print(counted['n'].tolist())")["text"] == "[7]\n"


def test_the_conversation_is_the_sidebars(notebook: Notebook, started: JupyterServer) -> None:
    notebook.run("%%qwen sql\nhow many orders are there")
    turns = started.call("thread?id=demo.ipynb")["turns"]
    assert "how many orders are there" in json.dumps(turns)


def test_a_query_that_does_not_bind_is_not_placed(notebook: Notebook) -> None:
    result = notebook.run("%%qwen sql\nwrong column")
    assert result["next"] == []
    assert "nothing_like_it" in result["shown"][0]["text/markdown"]
    assert "rejected" in result["shown"][0]["text/markdown"]


def test_a_statement_that_writes_is_neither_placed_nor_run(notebook: Notebook) -> None:
    result = notebook.run("%%qwen sql --run\ndrop everything")
    assert result["reply"]["status"] == "error"
    assert "nobody can be asked here" in result["text"]
    assert notebook.run("print(con.sql('SELECT count(*) FROM orders').fetchall())")["text"] == "[(7,)]\n"


def test_interrupting_stops_in_mid_answer(notebook: Notebook, started: JupyterServer) -> None:
    kernel = started.request("api/sessions")[0]["kernel"]["id"]
    pressed: list[float] = []

    def press(data: dict[str, Any]) -> None:
        if "one" in data["text/plain"] and not pressed:
            pressed.append(time.monotonic())
            started.request(f"api/kernels/{kernel}/interrupt", {})

    result = notebook.run("%%qwen chat\ncount the stars", interrupt=press)
    assert pressed
    assert time.monotonic() - pressed[0] < 2
    assert result["reply"]["status"] == "error"
    assert "UsageError: %%qwen: stopped" in result["text"]
    assert "Traceback" not in result["text"]
    assert "stopped" in result["shown"][0]["text/markdown"]
    assert "ten" not in result["shown"][0]["text/markdown"]
    assert notebook.run("%%qwen sql\nhow many orders are there")["reply"]["status"] == "ok"


def test_status_and_context_come_from_the_real_server(notebook: Notebook) -> None:
    assert "scripted" in notebook.run("%qwen status")["text"].lower()
    assert "orders" in notebook.run("%qwen context how many orders")["text"]
