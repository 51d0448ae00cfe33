"""HTTP/1.1 on asyncio streams, as little as an engine's child needs: JSON in, JSON or server-sent events out.

No keep-alive, no uploads beyond a limit, loopback only. A client that hangs up cancels its handler at the next pause.
Tornado, which Jupyter brings, would do the same for six routes, and take 38 ms of processor time more at a child's start, where
all of asyncio takes 47 (`python -X importtime -c "import tornado.web, tornado.httpserver"`); an engine knows no web framework.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")

MAX_BODY_BYTES = 32 * 1024 * 1024
REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    413: "Content Too Large",
    500: "Internal Server Error",
}


class HttpError(Exception):
    """A refusal, sent in OpenAI's form: ``{"error": {"code", "message", "type"}}``."""

    def __init__(self, status: int, message: str, kind: str = "server_error") -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind


@dataclass(frozen=True)
class Request:
    """One request; header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body as an object. Raises HttpError 400."""
        try:
            data = json.loads(self.body or b"{}")
        except ValueError as error:
            raise HttpError(400, f"the body is not JSON: {error}", "invalid_request_error") from error
        if not isinstance(data, dict):
            raise HttpError(400, "the body must be an object", "invalid_request_error")
        return data


class Response:
    """The answer to one request, written as it comes. Raises asyncio.CancelledError once the client has hung up."""

    def __init__(self, writer: asyncio.StreamWriter, gone: asyncio.Event) -> None:
        self._writer = writer
        self._gone = gone
        self.begun = False

    async def json(self, data: Any, *, status: int = 200) -> None:
        """A whole answer."""
        await self._head(status, "application/json; charset=utf-8")
        await self._write(json.dumps(data).encode())

    async def begin_events(self) -> None:
        """The head of an event stream."""
        await self._head(200, "text/event-stream")

    async def event(self, data: Any) -> None:
        """One event."""
        await self._write(b"data: " + json.dumps(data).encode() + b"\n\n")

    async def end_events(self) -> None:
        """The mark that ends an event stream."""
        await self._write(b"data: [DONE]\n\n")

    async def pause(self, seconds: float) -> None:
        """Wait, or raise asyncio.CancelledError as soon as the client hangs up."""
        if seconds > 0:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._gone.wait(), seconds)
        if self._gone.is_set():
            raise asyncio.CancelledError

    async def unless_gone(self, work: Coroutine[Any, Any, T]) -> T:
        """The outcome of `work`, or asyncio.CancelledError as soon as the client hangs up."""
        task, gone = asyncio.ensure_future(work), asyncio.ensure_future(self._gone.wait())
        try:
            await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise asyncio.CancelledError
            return task.result()
        finally:
            task.cancel()
            gone.cancel()

    async def _head(self, status: int, content_type: str) -> None:
        self.begun = True
        head = f"HTTP/1.1 {status} {REASONS.get(status, 'Error')}\r\nContent-Type: {content_type}\r\nConnection: close\r\n\r\n"
        await self._write(head.encode())

    async def _write(self, data: bytes) -> None:
        if self._gone.is_set():
            raise asyncio.CancelledError
        self._writer.write(data)
        try:
            await self._writer.drain()
        except ConnectionError:
            self._gone.set()
            raise asyncio.CancelledError from None


def authorise(request: Request, key: str) -> None:
    """Raises HttpError 401 unless the request carries the key; the time it takes does not tell how much of it was right."""
    given = request.headers.get("authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {key}".encode()):
        raise HttpError(401, "Invalid API Key", "authentication_error")


Handler = Callable[[Request, Response], Awaitable[None]]


async def serve(handler: Handler) -> asyncio.Server:
    """Listen on a free port of 127.0.0.1."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _answer(handler, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    return await asyncio.start_server(connected, "127.0.0.1", 0)


async def _answer(handler: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    gone = asyncio.Event()
    response = Response(writer, gone)
    try:
        request = await _read(reader)
        watcher = asyncio.create_task(_watch(reader, gone))
        try:
            await handler(request, response)
        except asyncio.CancelledError:
            if not gone.is_set():
                raise
        finally:
            watcher.cancel()
    except HttpError as error:
        body = {"error": {"code": error.status, "message": str(error), "type": error.kind}}
        if response.begun:
            await response.event(body)
        else:
            await response.json(body, status=error.status)


async def _watch(reader: asyncio.StreamReader, gone: asyncio.Event) -> None:
    """Set `gone` when the client closes its side: we never expect more bytes than the one request."""
    with contextlib.suppress(ConnectionError):
        await reader.read(1)
    gone.set()


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    try:
        method, path, _ = head[0].split(" ", 2)
    except ValueError as error:
        raise HttpError(400, "not HTTP", "invalid_request_error") from error
    headers = {}
    for line in head[1:]:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
        raise HttpError(413, "the body is too large", "invalid_request_error")
    return Request(method, path.partition("?")[0], headers, await reader.readexactly(int(length)))
