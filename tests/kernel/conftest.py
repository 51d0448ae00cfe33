"""A shell with the extension loaded, and a server of ours that answers it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_server import TOKEN, FakeServer
from IPython.core.interactiveshell import InteractiveShell

from benchmarks.speed.jupyter_process import ORDERS, JupyterServer, jupyter_server

SCRIPT = [
    {
        "match": "count the stars",
        "reply": "one two three four five six seven eight nine ten",
        "delay_per_token_ms": 300,
    },
    {"match": "wrong column", "reply": "SELECT nothing_like_it FROM orders"},
    {"match": "drop everything", "reply": "DROP TABLE orders"},
    *ORDERS,
]


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer().running() as running:
        yield running


@pytest.fixture
def shell(server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("JPY_PARENT_PID", "JUPYTERHUB_API_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JUPYTER_QWEN_URL", server.url)
    monkeypatch.setenv("JUPYTER_QWEN_TOKEN", TOKEN)
    monkeypatch.setenv("JPY_SESSION_NAME", "sub/analysis.ipynb")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    InteractiveShell.clear_instance()
    made = InteractiveShell.instance()
    made.history_manager.enabled = False
    made.rl_next_input = None
    made.run_line_magic("load_ext", "jupyter_qwen")
    yield made
    made.run_line_magic("unload_ext", "jupyter_qwen")
    made.history_manager.end_session()
    InteractiveShell.clear_instance()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("jupyter")


@pytest.fixture(scope="session")
def started(folder: Path) -> Iterator[JupyterServer]:
    options = ("--ServerApp.base_url=/lab-base/", "--QwenExtension.choice_seconds=1")
    # JupySQL reports its use otherwise
    with jupyter_server(folder, *options, script=SCRIPT, variables={"PLOOMBER_STATS_ENABLED": "false"}) as server:
        yield server
