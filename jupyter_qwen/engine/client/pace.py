"""Reading an answer in few wakes: a process that wakes for every token keeps the engine's threads from their cores.

llama.cpp's threads meet several hundred times a token, so that what takes one core for a moment stops them all. On two cores, a
reader with 1 ms of work per token brought 32.7 tokens a second down to 31.1, at this pace to 32.2 (benchmarks/decode_losses.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpcore
import httpx

REST_SECONDS = 0.1  # two to four tokens of the default model on two cores: still a steady stream to the eye
REST_SHARE = 0.2  # the first words come one by one
# What llama.cpp's server writes for one token has about 256 bytes, what it writes at the end about 660, in one piece.
GATHER_BYTES = 640
Rest = Callable[[], float]


def no_rest() -> float:
    """Read whatever comes at once."""
    return 0.0


def rest_after(seconds: float, most: float) -> float:
    """How long to rest in an answer whose first token came `seconds` ago, at most `most`."""
    return min(most, REST_SHARE * seconds)


class PacedStream(httpcore.AsyncNetworkStream):
    """A connection that gathers what arrives in the socket, unseen, for up to `rest()` seconds before each read.

    A read comes sooner when `GATHER_BYTES` are there, so that the end of an answer is not heard late. Where the operating
    system cannot wait for so many bytes (SO_RCVLOWAT; Windows has none), each read rests for its full time.
    """

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self.rest: Rest = no_rest

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if (seconds := self.rest()) <= 0:
            return await self._stream.read(max_bytes, timeout)
        if not self._wake_at(GATHER_BYTES):
            await asyncio.sleep(seconds)
            return await self._stream.read(max_bytes, timeout)
        rested = asyncio.get_running_loop().call_later(seconds, self._wake_at, 1)
        try:
            return await self._stream.read(max_bytes, timeout)
        finally:
            rested.cancel()
            self._wake_at(1)  # the connection is used again, and a short answer must be heard

    def _wake_at(self, count: int) -> bool:
        """Have the operating system report so many bytes and no fewer; whether it can."""
        connection = self._stream.get_extra_info("socket")
        try:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, count)
        except (AttributeError, OSError):
            return False
        return True

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class PacedBackend(httpcore.AnyIOBackend):
    """Opens connections that can be read at a pace. For plain HTTP on this machine."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return PacedStream(await super().connect_tcp(host, port, timeout, local_address, socket_options))


class PacedTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport over `PacedBackend`; httpx has no parameter for it, httpcore has."""

    def __init__(self, limits: httpx.Limits) -> None:
        super().__init__(limits=limits, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=PacedBackend(),
        )


@contextlib.contextmanager
def paced(response: httpx.Response, rest: Rest) -> Iterator[None]:
    """Within the block the response's connection is read at the pace of `rest`; others are left as they are."""
    stream = response.extensions.get("network_stream")
    if not isinstance(stream, PacedStream):
        yield
        return
    stream.rest = rest
    try:
        yield
    finally:
        stream.rest = no_rest
