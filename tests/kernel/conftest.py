"""A shell with the extension loaded, and a server of ours that answers it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_server import TOKEN, FakeServer
from IPython.core.interactiveshell import InteractiveShell


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
