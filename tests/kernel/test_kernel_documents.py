"""The same questions where no browser is: nbclient, the saved notebook as a web page, a terminal."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter, MarkdownExporter

from benchmarks.speed.jupyter_process import JupyterServer

CELLS = [
    "import duckdb\ncon = duckdb.connect()\n"
    "rows = con.execute('CREATE TABLE orders AS SELECT i AS id FROM range(7) t(i)').fetchall()",
    "%load_ext jupyter_qwen",
    "%%qwen sql --out counted\nhow many orders are there",
    "print(counted['n'].tolist())",
]


@pytest.fixture
def executed(started: JupyterServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in {**started.environment, "IPYTHONDIR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    document = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    NotebookClient(document, timeout=120, kernel_name="python3").execute()
    return document


def test_a_notebook_runs_from_top_to_bottom_and_keeps_static_answers(executed: Any) -> None:
    asked, printed = executed.cells[2], executed.cells[3]
    assert printed.outputs[0]["text"] == "[7]\n"
    bundle = asked.outputs[0]["data"]
    assert set(bundle) == {"text/plain", "text/markdown", "text/html"}
    assert "…" not in bundle["text/markdown"]
    assert "✔ bound" in bundle["text/markdown"]
    assert "7" in asked.outputs[-1]["data"]["text/plain"]


def test_the_saved_notebook_shows_the_answer_as_a_web_page(executed: Any) -> None:
    page = HTMLExporter().from_notebook_node(executed)[0]
    assert "SELECT count(*) AS n FROM orders" in re.sub(r"<[^>]+>", "", page)
    assert "✔ bound" in page
    assert '<div class="jp-Qwen-actions" hidden' in page
    assert "✔ bound" in MarkdownExporter().from_notebook_node(executed)[0]


def test_a_terminal_prints_the_answer_and_offers_the_cell(started: JupyterServer, tmp_path: Path) -> None:
    typed = "\n".join(
        [CELLS[0], CELLS[1], "%qwen sql how many orders are there", "%qwen sql --format code how many orders", "exit"]
    )
    run = subprocess.run(
        [sys.executable, "-m", "IPython", "--simple-prompt", "--no-banner", "--no-confirm-exit"],
        input=typed + "\n",
        env={**os.environ, **started.environment, "IPYTHONDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert "SELECT count(*) AS n FROM orders" in run.stdout
    assert "✔ bound: proved against the live tables" in run.stdout
    assert "Traceback" not in run.stdout + run.stderr
