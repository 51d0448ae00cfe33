"""A Jupyter server of our own where there is none: plain IPython, VS Code, a script. It ends itself when idle."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from .client import Client
from .discovery import Server, explicit_server, other_servers, parent_server, runtime_folder
from .server_errors import NoServer, ServerError

IDLE_SECONDS = 900
START_SECONDS = 60.0  # a loaded machine needs long for the imports; a server that dies is noticed at once
_PROBE_ROUTE = "status"

_WAY_OUT = "Start `jupyter lab`, or set JUPYTER_QWEN_URL and JUPYTER_QWEN_TOKEN; without a server here: pip install jupyter_qwen."


def find_server(
    environment: Mapping[str, str], say: Callable[[str], None], *, folder: Path | None = None, start: bool = True
) -> Server:
    """The server that answers this kernel; starts one when there is none and `start`. `say` tells the user so.

    Raises NoServer, or ServerError when the server that the user named does not answer.
    """
    folder = folder or runtime_folder()
    named = explicit_server(environment) or parent_server(environment, folder)
    if named is not None:
        return named
    for server in other_servers(environment, folder):
        if _answers(server):
            # on Windows JPY_PARENT_PID is a handle, and this may well be the kernel's own server
            if os.name != "nt" or not environment.get("JPY_PARENT_PID"):
                say(f"This session has no Jupyter server of its own: asking the one at {server.url}")
            return server
    if not start or importlib.util.find_spec("jupyter_server") is None:
        raise NoServer("no Jupyter server with jupyter_qwen was found", _WAY_OUT)
    say("No Jupyter server is running: starting one for this session (it ends when idle).")
    return start_server(environment, folder)


def start_server(environment: Mapping[str, str], folder: Path) -> Server:
    """A server on the loopback interface with a random token, shared by later kernels of this user. Raises NoServer."""
    command = [
        sys.executable, "-m", "jupyter_server",
        "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", "--ServerApp.open_browser=False",
        "--ServerApp.jpserver_extensions={'jupyter_qwen': True}",
        f"--ServerApp.shutdown_no_activity_timeout={IDLE_SECONDS}",
        "--ServerApp.terminals_enabled=False",
        *(["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),  # this session is root's already
    ]  # fmt: skip
    process = subprocess.Popen(
        command,
        env={key: value for key, value in environment.items() if key not in ("JPY_PARENT_PID", "JPY_SESSION_NAME")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    described = {"JPY_PARENT_PID": str(process.pid)}
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        server = parent_server(described, folder)
        if server is not None and _answers(server):
            return server
        time.sleep(0.1)
    process.terminate()
    raise NoServer("a Jupyter server could not be started", f"Run `{' '.join(command[:3])}` to see why. {_WAY_OUT}")


def _answers(server: Server) -> bool:
    try:
        Client(server).get(_PROBE_ROUTE)
    except ServerError:
        return False
    return True
