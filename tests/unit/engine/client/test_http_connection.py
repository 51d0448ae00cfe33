"""A connection that the server closes in the moment in which it is used again costs nobody an answer."""

from __future__ import annotations

import json
from contextlib import aclosing

import httpx
import pytest

from jupyter_qwen.engine.base import Capabilities, Delta, EngineUnavailable, GenerationRequest
from jupyter_qwen.engine.client.flavours import Dialect
from jupyter_qwen.engine.client.http import HttpEngine

EVENT = {"choices": [{"index": 0, "text": "hello", "finish_reason": "stop"}]}
DIALECT = Dialect("plain", "m", Capabilities(tokenize=False), context_tokens=4096)


class Closing(httpx.AsyncBaseTransport):
    """Closes the connection without an answer so many times, then answers."""

    def __init__(self, times: int) -> None:
        self.left, self.requests = times, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        if self.left:
            self.left -= 1
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
        return httpx.Response(200, text=f"data: {json.dumps(EVENT)}\n\ndata: [DONE]\n\n")


async def text_of(transport: Closing) -> str:
    engine = HttpEngine("http://127.0.0.1:1", dialect=DIALECT, transport=transport)
    async with aclosing(engine.generate(GenerationRequest("p"))) as items:
        return "".join([item.text async for item in items if isinstance(item, Delta)])


async def test_connection_closed_without_an_answer_is_replaced_once() -> None:
    transport = Closing(1)
    assert (await text_of(transport)) == "hello"
    assert transport.requests == 2


async def test_server_that_closes_every_connection_is_reported() -> None:
    transport = Closing(5)
    with pytest.raises(EngineUnavailable, match="connection"):
        await text_of(transport)
    assert transport.requests == 2
