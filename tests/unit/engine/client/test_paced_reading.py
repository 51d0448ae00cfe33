"""An answer of an engine on the same cores is read in few wakes; its first token, its end and completions do not wait."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time
from contextlib import aclosing
from typing import Any

import pytest

from jupyter_qwen.engine.base import Capabilities, Delta, Finished, GenerationRequest, Lane
from jupyter_qwen.engine.client import pace
from jupyter_qwen.engine.client.flavours import Dialect
from jupyter_qwen.engine.client.http import HttpEngine
from jupyter_qwen.engine.client.pace import PacedStream

DIALECT = Dialect("llama.cpp", "m", Capabilities(tokenize=False), context_tokens=4096)
TOKENS = 60
TOKEN_SECONDS = 0.01
REST = 0.1


async def dribble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One token in a chunk of its own every 10 ms, as llama.cpp's server writes them."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    try:
        for number in range(TOKENS):
            await asyncio.sleep(TOKEN_SECONDS)
            last = number == TOKENS - 1
            event: dict[str, Any] = {
                "choices": [{"index": 0, "text": f"{number},", "finish_reason": "stop" if last else None}]
            }
            if last:
                event["padding"] = "." * pace.GATHER_BYTES  # as long as llama.cpp's, with its timings
            data = f"data: {json.dumps(event)}\n\n".encode()
            writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            await writer.drain()
        data = b"data: [DONE]\n\n"
        writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n0\r\n\r\n")
        await writer.drain()
    except ConnectionError:
        return  # the client stopped; that is one of the tests
    finally:
        writer.close()


class Reads:
    """Counts what the client asks the network for, and after how many bytes it wants to be woken."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self.asked: list[int] = []
        self.left_at: list[int] = []
        read, wake_at = PacedStream.read, PacedStream._wake_at

        async def counted(stream: PacedStream, max_bytes: int, timeout: float | None = None) -> bytes:
            data = await read(stream, max_bytes, timeout)
            self.count += 1
            if data and sys.platform != "win32":
                left_at = stream.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT)
                self.left_at.append(left_at)
            return data

        def noted(stream: PacedStream, count: int) -> bool:
            self.asked.append(count)
            return wake_at(stream, count)

        monkeypatch.setattr(PacedStream, "read", counted)
        monkeypatch.setattr(PacedStream, "_wake_at", noted)


async def heard(lane: Lane = "chat", *, rest: float = REST, stop_after: int = 10**9) -> tuple[str, float, float]:
    """Text, seconds to the first token, and to the end."""
    server = await asyncio.start_server(dribble, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    engine = HttpEngine(f"http://127.0.0.1:{port}", dialect=DIALECT, rest_seconds=rest)
    text, first, began, ended = "", 0.0, time.perf_counter(), False
    try:
        request = GenerationRequest("p", max_new_tokens=100, lane=lane)
        async with aclosing(engine.generate(request)) as items:
            async for item in items:
                ended = ended or isinstance(item, Finished)
                if isinstance(item, Delta):
                    first = first or time.perf_counter() - began
                    text += item.text
                    if text.count(",") >= stop_after:
                        break
        assert ended or stop_after < TOKENS
        return text, first, time.perf_counter() - began
    finally:
        await engine.aclose()
        server.close()


ALL = "".join(f"{number}," for number in range(TOKENS))


def test_question_is_read_in_few_wakes_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "REST_SHARE", 1.0)
    reads = Reads(monkeypatch)
    text, first, done = asyncio.run(heard())
    assert text == ALL
    assert reads.count < TOKENS / 3
    assert first < 0.08, "the first token waited"
    assert done < TOKENS * TOKEN_SECONDS * 2 + REST


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot wait for a number of bytes")
def test_rest_ends_with_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "REST_SHARE", 1000.0)
    reads = Reads(monkeypatch)
    text, first, done = asyncio.run(heard(rest=5.0))
    assert text == ALL
    assert reads.count < TOKENS / 3
    assert done - first < TOKENS * TOKEN_SECONDS * 2, "the end waited for the rest"


def test_where_the_system_cannot_wait_for_bytes_every_read_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "REST_SHARE", 1.0)
    reads = Reads(monkeypatch)
    monkeypatch.setattr(PacedStream, "_wake_at", lambda stream, count: False)
    text, first, done = asyncio.run(heard())
    assert text == ALL
    assert reads.count < TOKENS / 3
    assert first < 0.08, "the first token waited"
    assert done < TOKENS * TOKEN_SECONDS * 2 + REST


def test_slow_tokens_are_not_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "REST_SHARE", 1000.0)
    monkeypatch.setattr(pace, "GATHER_BYTES", 10**6)  # more than the whole answer has
    reads = Reads(monkeypatch)
    text, _, done = asyncio.run(heard(rest=0.1))
    assert text == ALL
    assert reads.count >= 5
    assert done < TOKENS * TOKEN_SECONDS * 2 + REST


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot wait for a number of bytes")
def test_next_read_of_the_connection_hears_every_byte_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "REST_SHARE", 1.0)
    reads = Reads(monkeypatch)
    asyncio.run(heard())
    assert pace.GATHER_BYTES in reads.asked
    assert set(reads.left_at) == {1}


def test_completion_is_read_as_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    reads = Reads(monkeypatch)
    text, _, _ = asyncio.run(heard("completion"))
    assert text == ALL
    assert reads.count > TOKENS / 2


def test_without_a_rest_httpxs_own_connections_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    reads = Reads(monkeypatch)
    text, _, _ = asyncio.run(heard(rest=0.0))
    assert text == ALL
    assert reads.count == 0


def test_short_answers_are_read_nearly_as_they_come_and_long_ones_seldom() -> None:
    assert pace.rest_after(0.1, 0.1) == pytest.approx(0.02)
    assert pace.rest_after(60.0, 0.1) == 0.1
    assert pace.rest_after(0.0, 0.1) == 0.0


def test_answer_that_is_stopped_does_not_wait_for_the_next_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "REST_SHARE", 1000.0)
    _, first, done = asyncio.run(heard(rest=5.0, stop_after=1))
    assert done - first < 1.0
