"""The one place of the kernel side that speaks HTTP: requests to the server extension, answers line by line.

Standard library only, because every kernel that loads the extension pays for what is imported here.
"""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlencode, urlsplit

from .discovery import Server
from .server_errors import ServerError

Event = dict[str, Any]
CONNECT_SECONDS = 5.0
# A model that is being loaded, or a long prompt on a slow machine, keeps a stream silent for minutes.
SILENCE_SECONDS = 900.0


class Client:
    """Requests to one server. Holds no connection between calls."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def get(self, route: str, **query: str) -> Event:
        """The JSON answer of ``GET jupyter-qwen/<route>``. Raises ServerError."""
        return self._whole("GET", route + (f"?{urlencode(query)}" if query else ""), None)

    def post(self, route: str, body: Event) -> Event:
        """The JSON answer of ``POST jupyter-qwen/<route>``. Raises ServerError."""
        return self._whole("POST", route, body)

    def delete(self, route: str, **query: str) -> None:
        """``DELETE jupyter-qwen/<route>``. Raises ServerError."""
        self._whole("DELETE", f"{route}?{urlencode(query)}", None)

    def stream(self, route: str, body: Event) -> Iterator[Event]:
        """The events of ``POST jupyter-qwen/<route>``. Closing the generator closes the connection, which stops the work.

        Raises ServerError, also when the stream breaks off.
        """
        with closing(self._connect()) as connection:
            response = self._send(connection, "POST", route, body)
            ended = False
            while not ended:
                try:
                    line = response.readline()
                except (OSError, http.client.HTTPException) as error:
                    raise self._broken(error) from error
                if not line:
                    return
                if line.strip():
                    event = _decoded(line)
                    ended = event.get("type") in ("answer", "error")
                    yield event

    def _whole(self, method: str, route: str, body: Event | None) -> Event:
        with closing(self._connect()) as connection:
            response = self._send(connection, method, route, body)
            try:
                text = response.read()
            except (OSError, http.client.HTTPException) as error:
                raise self._broken(error) from error
            return _decoded(text) if text.strip() else {}

    def _connect(self) -> http.client.HTTPConnection:
        if self.server.socket:
            return _UnixConnection(self.server.socket, CONNECT_SECONDS)
        parts = urlsplit(self.server.url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        return kind(parts.hostname or "localhost", parts.port, timeout=CONNECT_SECONDS)

    def _send(
        self, connection: http.client.HTTPConnection, method: str, route: str, body: Event | None
    ) -> http.client.HTTPResponse:
        path = urlsplit(self.server.url).path + "jupyter-qwen/" + route
        headers = {"Accept": "application/json, application/x-ndjson"}
        if self.server.token:
            headers["Authorization"] = f"token {self.server.token}"
        data = None
        if body is not None:
            data = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
            headers["Content-Type"] = "application/json"
        try:
            connection.connect()
            if connection.sock is not None:
                connection.sock.settimeout(SILENCE_SECONDS)
            connection.request(method, path, data, headers)
            response = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            raise self._broken(error) from error
        if response.status >= 300:
            raise self._refused(response)
        return response

    def _broken(self, error: Exception) -> ServerError:
        return ServerError(
            f"the Jupyter server at {self.server.url} does not answer ({error or type(error).__name__})",
            "Check that it is running, or set JUPYTER_QWEN_URL and JUPYTER_QWEN_TOKEN to another one.",
        )

    def _refused(self, response: http.client.HTTPResponse) -> ServerError:
        status = response.status
        if status == 404:
            return ServerError(
                f"the Jupyter server at {self.server.url} has no jupyter_qwen",
                "Install jupyter_qwen in the server's environment and restart it.",
                status=status,
            )
        try:
            data = json.loads(response.read(100_000))
            message, hint, code = str(data["message"]), str(data.get("hint", "")), str(data.get("code", "http"))
        except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException):
            message, hint, code = (
                f"the Jupyter server answered {status} {response.reason}",
                "Its log says more.",
                "http",
            )
        if status in (301, 302, 401, 403) and code == "http":  # Jupyter's own refusal, before the request reached us
            message = f"the Jupyter server at {self.server.url} refuses the token"
            hint = "Set JUPYTER_QWEN_TOKEN to a token of that server."
        return ServerError(message.rstrip("."), hint, status=status, code=code)


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a UNIX socket, for servers started with ``--sock``."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _decoded(text: bytes) -> Event:
    try:
        data = json.loads(text)
    except ValueError as error:
        raise ServerError("the Jupyter server sent something that is not JSON", "Its log says more.") from error
    if not isinstance(data, dict):
        raise ServerError("the Jupyter server sent something unexpected", "Its log says more.")
    return data
