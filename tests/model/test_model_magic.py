"""``%%qwen`` with the real model, in a real kernel, where no browser is: nbclient runs notebooks from top to bottom."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter

from benchmarks.speed.jupyter_process import JupyterServer
from jupyter_qwen.demo.demo_folder import build_demo

pytestmark = pytest.mark.model
TABLES = """
import duckdb
con = duckdb.connect()
rows = con.execute('''
CREATE TABLE products(product_id INTEGER PRIMARY KEY, name VARCHAR, category VARCHAR);
CREATE TABLE orders(order_id INTEGER PRIMARY KEY, product_id INTEGER REFERENCES products(product_id), quantity INTEGER);
INSERT INTO products VALUES (1, 'Tent', 'Camping'), (2, 'Boot', 'Shoes');
INSERT INTO orders SELECT i, 1 + i % 2, 1 + i % 5 FROM range(90) r(i);
''').fetchall()
"""
FRAMES = """
import pandas as pd
customers = pd.DataFrame({"customer_id": [1, 2, 3], "country": ["Chile", "Peru", "Peru"]})
invoices = pd.DataFrame({"invoice_id": [1, 2, 3, 4], "customer_id": [1, 2, 3, 3], "total": [10.0, 5.0, 7.0, 8.0]})
"""
LOAD = "%load_ext jupyter_qwen"


@pytest.fixture
def execute(served: JupyterServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in {**served.environment, "IPYTHONDIR": str(tmp_path / "ipython")}.items():
        monkeypatch.setenv(name, value)

    def run(document: Any, folder: Path = tmp_path) -> Any:
        resources = {"metadata": {"path": str(folder)}}
        NotebookClient(document, timeout=280, kernel_name="python3", resources=resources).execute()
        return document

    return run


def notebook(*cells: str) -> Any:
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])


def printed(cell: Any) -> str:
    return "".join(output["text"] for output in cell.outputs if output.output_type == "stream")


@pytest.mark.parametrize(
    ("tables", "question", "rows"),
    [
        (TABLES, "total quantity ordered per product category", [("Camping", 135), ("Shoes", 135)]),
        (FRAMES, "sum of invoice totals per country, largest first", [("Peru", 20), ("Chile", 10)]),
    ],
    ids=["tables of DuckDB", "two DataFrames joined"],
)
def test_out_keeps_the_rows_of_a_query(execute: Any, tables: str, question: str, rows: list[Any]) -> None:
    show = "print([(row.iloc[0], int(row.iloc[1])) for _, row in df.iterrows()])"
    done = execute(notebook(tables, LOAD, f"%%qwen sql --out df\n{question}", show))
    assert "✔ bound" in done.cells[2].outputs[0]["data"]["text/markdown"]
    found = ast.literal_eval(printed(done.cells[3]))
    assert (found if "first" in question else sorted(found)) == rows


def test_the_demo_notebook_runs_from_top_to_bottom_and_shows_its_answers_as_a_web_page(
    execute: Any, tmp_path: Path
) -> None:
    path = build_demo(tmp_path / "demo").notebook
    done = execute(nbformat.read(path, as_version=4), path.parent)
    answer = done.cells[-1].outputs[0]["data"]
    assert "✔ bound" in answer["text/markdown"]
    assert "LIMIT 10" in answer["text/plain"].upper()
    page = HTMLExporter().from_notebook_node(done)[0]
    assert "✔ bound" in page
    assert "limit 10" in re.sub(r"<[^>]+>", "", page).lower()
    assert "Traceback" not in page
    nbformat.validate(done)
    nbformat.write(done, path)
    assert json.loads(path.read_text(encoding="utf-8"))["cells"][-1]["outputs"]


def test_an_explanation_is_prose_and_a_fix_mends_the_cell(execute: Any) -> None:
    done = execute(
        notebook(
            LOAD,
            "names = ['b', 'a']",
            "%%qwen explain\nsorted(names, reverse=True)[0]",
            "%%qwen fix --format json --max-tokens 120\nnames.sorted()",
        )
    )
    assert len(done.cells[2].outputs[0]["data"]["text/plain"].split()) > 10
    answer = json.loads(printed(done.cells[3]))
    assert "sort" in answer["markdown"]
    assert [block["verdict"] for block in answer["blocks"]] in ([], [None])


def test_a_terminal_answers_with_the_real_model(served: JupyterServer, tmp_path: Path) -> None:
    typed = "\n".join([FRAMES.strip(), LOAD, "%qwen sql sum of invoice totals per country", "exit"])
    run = subprocess.run(
        [sys.executable, "-m", "IPython", "--simple-prompt", "--no-banner", "--no-confirm-exit"],
        input=typed + "\n",
        env={**os.environ, **served.environment, "IPYTHONDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=200,
        check=True,
    )
    assert "✔ bound: proved against the live tables" in run.stdout
    assert "Traceback" not in run.stdout + run.stderr
