"""``%qwen receipt`` in a kernel that a real Jupyter server started: counted in the kernel, put together by the server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from notebooks import Notebook, opened

from benchmarks.speed.jupyter_process import JupyterServer

SETUP = """
import duckdb, pandas as pd
con = duckdb.connect()
con.execute("CREATE TABLE orders AS SELECT * FROM (VALUES (1, 100), (2, 50), (3, 75)) AS t(order_id, amount)").fetchall()
con.execute("CREATE TABLE lines AS SELECT * FROM (VALUES (1, 1), (2, 1), (3, 2)) AS t(line_id, order_id)").fetchall()
left_frame = pd.DataFrame({"code": [1, 1, 2, 9]})
right_frame = pd.DataFrame({"code": [1, 1, 2]})
%load_ext jupyter_qwen
"""
FANS_OUT = "SELECT sum(o.amount) FROM orders o JOIN lines l ON l.order_id = o.order_id"


@pytest.fixture(scope="module")
def notebook(started: JupyterServer, folder: Path) -> Iterator[Notebook]:
    with opened(started, folder, "receipts.ipynb") as made:
        assert made.run(SETUP)["reply"]["status"] == "ok"
        yield made


def test_receipt_is_of_the_last_query_that_ran_and_leaves_no_name(notebook: Notebook) -> None:
    notebook.run("before = None; before = sorted(globals())")
    notebook.run(f'con.sql("{FANS_OUT}")')
    result = notebook.run("%qwen receipt")
    assert result["reply"]["status"] == "ok", result
    (output,) = result["shown"]
    assert "fan-out" in output["text/plain"]
    assert "fan-out" in output["text/html"]
    said = notebook.run("print([n for n in globals() if n not in before and not n.startswith('_')])")["text"]
    assert said == "[]\n"


def test_receipt_of_a_query_that_is_given(notebook: Notebook) -> None:
    result = notebook.run("%qwen receipt --connection con SELECT count(*) FROM orders")
    assert "nothing suspicious" in result["shown"][0]["text/plain"]


def test_receipt_of_a_merge_counts_rows_of_frames(notebook: Notebook) -> None:
    notebook.run("joined = left_frame.merge(right_frame, on='code')")
    told = notebook.run("%qwen receipt")["shown"][0]["text/plain"]
    assert "4 × 3 → 5 rows (left key repeats, right key repeats)" in told
    assert "many-to-many" in told


def test_unknown_connection_is_named(notebook: Notebook) -> None:
    result = notebook.run("%qwen receipt --connection nowhere SELECT count(*) FROM orders")
    assert "no DuckDB connection named nowhere" in str(result)
