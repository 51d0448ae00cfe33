"""A Jupyter server with the extension in a process of its own: for benches, and for tests that need a whole server."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
START_SECONDS = 120.0
#: Rules of the scripted engine for questions about one table `orders`.
ORDERS = [
    {"match": "how many orders", "reply": "SELECT count(*) AS n FROM orders"},
    {"match": "", "reply": "I am a scripted engine."},
]


@dataclass(frozen=True)
class JupyterServer:
    """A server that listens. `url` ends in a slash; `folder` holds its log, and its files unless the variables say else."""

    process: subprocess.Popen[bytes]
    url: str
    token: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a kernel needs in order to find it."""
        return {"JUPYTER_QWEN_URL": self.url, "JUPYTER_QWEN_TOKEN": self.token, "PYTHONPATH": _python_path()}

    def log(self) -> str:
        """What the server has printed."""
        return (self.folder / "server.log").read_text(errors="replace")

    def request(self, path: str, body: Any = None, method: str | None = None) -> Any:
        """The JSON of any route of Jupyter's; a body is posted. Raises urllib.error.HTTPError for a refusal."""
        with self._open(path, body, method) as answer:
            return json.loads(answer.read() or b"null")

    def lines(self, route: str, body: Any = None) -> Iterator[dict[str, Any]]:
        """The events of a route of ours, as they arrive."""
        with self._open(f"jupyter-qwen/{route}", body) as answer:
            for line in answer:
                yield json.loads(line)

    def call(self, route: str, body: Any = None) -> dict[str, Any]:
        """The answer of a route of ours; of a stream, its last event."""
        return list(self.lines(route, body))[-1]

    def _open(self, path: str, body: Any, method: str | None = None) -> Any:
        data = None if body is None else json.dumps(body, default=str).encode()
        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        return urllib.request.urlopen(
            urllib.request.Request(self.url + path, data, headers, method=method), timeout=200
        )


@contextmanager
def jupyter_server(
    folder: Path, *options: str, script: Any = None, variables: Mapping[str, str] | None = None
) -> Iterator[JupyterServer]:
    """A server on the loopback address with all of its files below `folder`; it ends with the block.

    `script` are rules of the scripted engine, which answers then; `options` go to the command line, `variables` into the
    environment. Nothing of the user's Jupyter is read or written. Raises RuntimeError with the log where it does not start.
    """
    for name in ("runtime", "config", "notebooks"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("JPY_", "JUPYTER"))},
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "PYTHONPATH": _python_path(),
        **(variables or {}),
    }
    if script is not None:
        (folder / "script.json").write_text(json.dumps(script))
        options = ("--QwenExtension.engine=scripted", f"--QwenExtension.script={folder / 'script.json'}", *options)
    command = [
        sys.executable, "-m", "jupyter_server", "--allow-root", "--ServerApp.open_browser=False", "--ServerApp.port=0",
        "--ServerApp.ip=127.0.0.1", "--ServerApp.jpserver_extensions={'jupyter_qwen': True}",
        f"--ServerApp.root_dir={folder / 'notebooks'}", f"--QwenExtension.threads_folder={folder / 'threads'}", *options,
    ]  # fmt: skip
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=folder
        )
    try:
        yield _listening(process, Path(environment["JUPYTER_RUNTIME_DIR"]), folder)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _listening(process: subprocess.Popen[bytes], runtime: Path, folder: Path) -> JupyterServer:
    described, until = runtime / f"jpserver-{process.pid}.json", time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if described.exists() and described.stat().st_size:
            found = json.loads(described.read_text())
            with socket.socket() as probe:  # the file is written before the server listens
                if probe.connect_ex(("127.0.0.1", found["port"])) == 0:
                    return JupyterServer(process, found["url"], found["token"], folder)
        time.sleep(0.05)
    raise RuntimeError(f"The server did not start: {(folder / 'server.log').read_text(errors='replace')[-2000:]}")


def _python_path() -> str:
    """The checkout first, for kernels and servers that run elsewhere."""
    return os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
