"""What loading the extension and the first question cost a kernel: proved in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from fake_server import TOKEN, FakeServer, answer_events

SCRIPT = """
import json, sys, time
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
before = set(sys.modules)
start = time.process_time()  # a busy machine makes the wall's clock tell of others
shell.run_line_magic("load_ext", "jupyter_qwen")
seconds = time.process_time() - start
loaded = set(sys.modules) - before
result = shell.run_cell("%%qwen sql\\nrevenue per month", store_history=True)
asked = set(sys.modules) - before
top = lambda names: sorted({name.partition(".")[0] for name in names})
print("RESULT" + json.dumps({"seconds": seconds, "loaded": top(loaded), "asked": top(asked), "ok": result.success}))
"""
HEAVY = {
    "torch", "transformers", "duckdb", "tornado", "jupyter_server", "jupyter_client", "sqlglot", "httpx", "pandas", "numpy",
    "polars", "pyarrow", "ipywidgets", "zmq", "xllamacpp", "huggingface_hub", "pydantic",
}  # fmt: skip


@pytest.fixture
def measured(server: FakeServer) -> dict[str, object]:
    server.events = answer_events("SELECT 1")
    environment = {**os.environ, "JUPYTER_QWEN_URL": server.url, "JUPYTER_QWEN_TOKEN": TOKEN}
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    return dict(json.loads(run.stdout.partition("RESULT")[2]))


def test_neither_loading_nor_the_first_question_imports_anything_heavy(measured: dict[str, list[str]]) -> None:
    assert measured["ok"]
    assert HEAVY & set(measured["loaded"]) == set()
    assert HEAVY & set(measured["asked"]) == set()


def test_loading_the_extension_takes_less_than_50_ms_of_the_processor(measured: dict[str, float]) -> None:
    assert measured["seconds"] < 0.05
