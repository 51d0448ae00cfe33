"""A shell with the extension loaded, and a server of ours that answers it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_server import TOKEN, FakeServer
from IPython.core.interactiveshell import InteractiveShell

ROOT = Path(__file__).parents[2]
SCRIPT = [
    {
        "match": "count the stars",
        "reply": "one two three four five six seven eight nine ten",
        "delay_per_token_ms": 300,
    },
    {"match": "how many orders", "reply": "SELECT count(*) AS n FROM orders"},
    {"match": "wrong column", "reply": "SELECT nothing_like_it FROM orders"},
    {"match": "drop everything", "reply": "DROP TABLE orders"},
    {"match": "", "reply": "I am a scripted engine."},
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
def started(folder: Path) -> Iterator[dict[str, Any]]:
    for name in ("runtime", "config", "notebooks", "threads"):
        (folder / name).mkdir()
    (folder / "script.json").write_text(json.dumps(SCRIPT))
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("JPY_", "JUPYTER"))},
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "PLOOMBER_STATS_ENABLED": "false",  # JupySQL reports its use otherwise
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    command = [
        sys.executable, "-m", "jupyter_server", "--allow-root", "--ServerApp.open_browser=False", "--ServerApp.port=0",
        "--ServerApp.base_url=/lab-base/", "--ServerApp.jpserver_extensions={'jupyter_qwen': True}",
        f"--ServerApp.root_dir={folder / 'notebooks'}", "--QwenExtension.engine=scripted",
        f"--QwenExtension.script={folder / 'script.json'}", f"--QwenExtension.threads_folder={folder / 'threads'}",
        "--QwenExtension.choice_seconds=1",
    ]  # fmt: skip
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    described = folder / "runtime" / f"jpserver-{process.pid}.json"
    try:
        until = time.monotonic() + 60
        while not (described.exists() and described.stat().st_size):
            assert process.poll() is None, (folder / "server.log").read_text()
            assert time.monotonic() < until, (folder / "server.log").read_text()
            time.sleep(0.05)
        server = dict(json.loads(described.read_text()))
        # the file is written before the server listens
        while not _listens(server["port"]):
            assert time.monotonic() < until, (folder / "server.log").read_text()
            time.sleep(0.05)
        yield server
    finally:
        process.terminate()
        process.wait(30)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
