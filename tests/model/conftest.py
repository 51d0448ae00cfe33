"""A Jupyter server with the extension and the real weights, as a user starts it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from served import Served

from jupyter_qwen.models.store import ModelStore

ROOT = Path(__file__).parents[2]
START_SECONDS = 120.0


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    if ModelStore().path() is None:
        pytest.skip("the default model is not here: jupyter qwen model pull")
    folder = tmp_path_factory.mktemp("served")
    for name in ("runtime", "config", "notebooks", "threads"):
        (folder / name).mkdir()
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("JPY_", "JUPYTER"))},
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    command = [
        sys.executable, "-m", "jupyter_server", "--allow-root", "--ServerApp.open_browser=False", "--ServerApp.port=0",
        "--ServerApp.jpserver_extensions={'jupyter_qwen': True}", f"--ServerApp.root_dir={folder / 'notebooks'}",
        f"--QwenExtension.threads_folder={folder / 'threads'}", "--QwenExtension.engine=llama",
    ]  # fmt: skip
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    described = folder / "runtime" / f"jpserver-{process.pid}.json"
    try:
        until = time.monotonic() + START_SECONDS
        while not (described.exists() and described.stat().st_size):
            assert process.poll() is None, (folder / "server.log").read_text()
            assert time.monotonic() < until, (folder / "server.log").read_text()
            time.sleep(0.05)
        server = json.loads(described.read_text())
        # the file is written before the server listens
        while not _listens(server["port"]):
            assert time.monotonic() < until, (folder / "server.log").read_text()
            time.sleep(0.05)
        found = {
            "JUPYTER_QWEN_URL": server["url"],
            "JUPYTER_QWEN_TOKEN": server["token"],
            "PYTHONPATH": environment["PYTHONPATH"],
        }
        yield Served(server["url"], server["token"], found)
    finally:
        process.terminate()
        process.wait(30)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
