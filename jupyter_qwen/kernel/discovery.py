"""Which Jupyter server answers this kernel: its URL and token, found without asking the user.

In this order: JUPYTER_QWEN_URL (and JUPYTER_QWEN_TOKEN), the server that started this kernel (JPY_PARENT_PID), any other
running server of this user that has the extension. Servers describe themselves in ``jpserver-PID.json``, readable by
their user only; one that another user owns or may write is not followed, since it says where code and tables go. https://jupyter-server.readthedocs.io/en/latest/operators/multiple-extensions.html
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Server:
    """Where a Jupyter server listens. `url` ends in a slash; `socket` is a UNIX socket's path or ``""``."""

    url: str
    token: str = ""
    root_folder: str = ""
    socket: str = ""
    pid: int | None = None

    @property
    def local(self) -> bool:
        """Whether what is sent there stays on this machine."""
        return bool(self.socket) or (urlsplit(self.url).hostname or "") in LOOPBACK

    def thread(self, session: str) -> str:
        """The id of the conversation of the notebook at `session`: its path as the browser knows it."""
        if self.root_folder and os.path.isabs(session):
            try:
                relative = os.path.relpath(session, os.path.expanduser(self.root_folder))
            except ValueError:  # another drive on Windows
                return session
            if not relative.startswith(".."):
                return relative.replace(os.sep, "/")
        return session


def explicit_server(environment: Mapping[str, str]) -> Server | None:
    """The server that the user names in the environment."""
    url = environment.get("JUPYTER_QWEN_URL", "").strip()
    if not url:
        return None
    return Server(url.rstrip("/") + "/", environment.get("JUPYTER_QWEN_TOKEN", "") or _hub_token(environment, url))


def parent_server(environment: Mapping[str, str], folder: Path) -> Server | None:
    """The server that started this kernel, when the two are not separated by a gateway or a container."""
    pid = environment.get("JPY_PARENT_PID", "")
    if not pid.isdigit():
        return None
    return _read(folder / f"jpserver-{pid}.json", environment)


def other_servers(environment: Mapping[str, str], folder: Path) -> Iterator[Server]:
    """Servers of this user that are running: those whose folder holds this session first, then the one started last."""
    found: list[tuple[bool, float, Server]] = []
    for path in folder.glob("jpserver-*.json"):
        try:
            started = path.stat().st_mtime
        except FileNotFoundError:
            continue  # the server ended while we looked
        server = _read(path, environment)
        if server is not None and (server.pid is None or is_running(server.pid)):
            session = os.path.abspath(environment.get("JPY_SESSION_NAME") or ".")
            found.append((not os.path.isabs(server.thread(session)), started, server))
    for _, _, server in sorted(found, key=lambda item: item[:2], reverse=True):
        yield server


def runtime_folder() -> Path:
    """Where Jupyter servers of this user leave their descriptions."""
    from jupyter_core.paths import jupyter_runtime_dir

    return Path(jupyter_runtime_dir())


def is_running(pid: int) -> bool:
    """Whether a process of this id exists. On Windows, where asking could end it, every id counts as running."""
    if os.name == "nt":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _read(path: Path, environment: Mapping[str, str]) -> Server | None:
    try:
        data: Any = json.loads(_own_text(path))
    except (OSError, ValueError, RecursionError):  # gone, being written, or not this user's: then it is not the one
        return None
    url = data.get("url") if isinstance(data, dict) else None
    if not isinstance(url, str):
        return None
    token = data.get("token")
    socket = data.get("sock")
    pid = data.get("pid")
    root = data.get("root_dir")
    path_socket = unquote(socket) if isinstance(socket, str) and socket else ""
    if path_socket:
        base = data.get("base_url")
        url = "http://localhost" + (base if isinstance(base, str) else "/")
    url = url.replace("://0.0.0.0", "://127.0.0.1").rstrip("/") + "/"
    return Server(
        url=url,
        token=(token if isinstance(token, str) else "") or ("" if path_socket else _hub_token(environment, url)),
        root_folder=root if isinstance(root, str) else "",
        socket=path_socket,
        pid=pid if isinstance(pid, int) else None,
    )


def _own_text(path: Path) -> str:
    """The text of a file of this user's that nobody else may write. Raises OSError, also for a link or another user's file."""
    if os.name == "nt":  # its runtime folder lies in the user's profile, closed to others
        return path.read_text(encoding="utf-8")
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), encoding="utf-8") as file:
        told = os.fstat(file.fileno())
        if (
            not stat.S_ISREG(told.st_mode)
            or told.st_uid != os.geteuid()
            or told.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        ):
            raise PermissionError(f"{path} is not this user's alone")
        return file.read()


def _hub_token(environment: Mapping[str, str], url: str) -> str:
    """The token that JupyterHub gave this session, for its hub and its own single-user server: ``""`` for any other `url`.

    It opens everything that the user has at the hub. On this machine the port has to be the same, since another one may be
    another user's; to other machines it goes over TLS only.
    """
    host, port, scheme = _place(url)
    if scheme != "https" and host not in LOOPBACK:
        return ""
    known = [_place(environment[name]) for name in _HUB_PLACES if environment.get(name)]
    if not any(host == theirs and (host not in LOOPBACK or port == at) for theirs, at, _ in known):
        return ""
    return environment.get("JUPYTERHUB_API_TOKEN", "")


# https://jupyterhub.readthedocs.io/en/stable/reference/spawners.html#environment-variables-and-command-line-arguments
_HUB_PLACES = ("JUPYTERHUB_API_URL", "JUPYTERHUB_SERVICE_URL", "JUPYTERHUB_PUBLIC_URL", "JUPYTERHUB_PUBLIC_HUB_URL")


def _place(url: str) -> tuple[str, int | None, str]:
    """Host, port and scheme; the names of this machine are one name."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return "", None, ""
    host = parts.hostname or ""
    return "localhost" if host in (*LOOPBACK, "0.0.0.0", "") and parts.scheme else host, port, parts.scheme
