"""The one client: an OpenAI-style endpoint as an `Engine`. Closing a generation closes its connection at once."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from functools import partial
from typing import Any, Literal, Protocol

import httpx

from jupyter_qwen.engine.base import (
    Capabilities,
    Delta,
    EngineRefused,
    Finished,
    GenerationRequest,
)
from jupyter_qwen.engine.client import sse
from jupyter_qwen.engine.client.answer import StreamedAnswer
from jupyter_qwen.engine.client.flavours import Dialect, chat_body, completion_body, stops_taken, tokenize_body
from jupyter_qwen.engine.client.probe import probe
from jupyter_qwen.engine.client.refusals import overflow, refusal, unreachable
from jupyter_qwen.engine.client.stops import StopWatch
from jupyter_qwen.engine.client.token_counts import counted
from jupyter_qwen.engine.config import is_loopback
from jupyter_qwen.engine.slots.plan import CHAT, SlotPlan

log = logging.getLogger(__name__)
CONNECT_TIMEOUT_SECONDS = 5.0
COUNT_CACHE_ENTRIES = 4096
KEEP_SECONDS = 2.0  # llama.cpp closes idle connections after 5; a request must not meet one that is being closed
SLOT_ACTION_SECONDS = 10.0
SlotAction = Literal["save", "restore", "erase"]
CHARACTERS_PER_TOKEN = 3.2  # Qwen2.5 on Python and SQL lies between 3.2 and 3.9; fewer is the careful estimate


class MakesRoom(Protocol):
    """Puts away what idle slots hold, and fetches what a prompt begins with, before the prompt is computed."""

    async def make_room(self, slot: int, prompt: str) -> None: ...


class HttpEngine:
    """One endpoint. `base_url` may end in ``/v1`` or not. The key is sent as a bearer token and appears in no error.

    `probe` finds out what the endpoint can do; the first request runs it too, and `capabilities` holds only after it. `dialect`
    skips it. `context_tokens` overrides what the endpoint says (or fails to say). `slots` is for a llama.cpp server that is
    ours alone: on a shared one the server itself must choose.
    """

    def __init__(
        self,
        base_url: str,
        key: str | None = None,
        *,
        model: str | None = None,
        context_tokens: int | None = None,
        slots: SlotPlan | None = None,
        dialect: Dialect | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.root = base_url.rstrip("/").removesuffix("/v1")
        self._model = model
        self._context = context_tokens
        self._dialect = dialect
        self._slots = slots
        self.memory: MakesRoom | None = None
        self._probing = asyncio.Lock()
        self._counts: OrderedDict[str, int] = OrderedDict()
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        # No read timeout: a cold prompt of thousands of tokens is silent for a minute on two cores. No pool limit: the
        # engine queues, and a limit here would make a completion wait behind chats.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=8, keepalive_expiry=KEEP_SECONDS)
        self._client = httpx.AsyncClient(
            headers=headers,
            timeout=httpx.Timeout(None, connect=CONNECT_TIMEOUT_SECONDS),
            limits=limits,
            transport=transport,
            trust_env=not is_loopback(base_url),
        )

    @property
    def capabilities(self) -> Capabilities:
        return self._dialect.capabilities if self._dialect else Capabilities()

    @property
    def context_tokens(self) -> int:
        known = self._dialect.context_tokens if self._dialect else None
        return self._context or known or 8192

    async def probe(self) -> Dialect:
        """Find out what the endpoint is; done once. Raises EngineUnavailable or EngineRefused."""
        async with self._probing:
            if self._dialect is None:
                self._dialect = await probe(self._client, self.root, model=self._model)
            return self._dialect

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Delta | Finished, None]:
        """Stream one generation; see `engine.base.Engine.generate`."""
        dialect = await self.probe()
        request = replace(request, prompt=_encodable(request.prompt))
        raw = dialect.capabilities.raw_completions
        if not raw and not request.messages:
            raise EngineRefused(
                "This endpoint offers chat only, so it cannot complete code in place.",
                "Choose an endpoint with /v1/completions (vLLM, llama.cpp, Ollama) or the local model.",
            )
        await self._check_context(request)
        path = "/v1/completions" if raw else "/v1/chat/completions"
        body = completion_body(request, dialect) if raw else chat_body(request, dialect)
        slot = self._slots.take(request.lane, request.prompt, request.owner) if self._slots else None
        most = stops_taken(dialect)
        beyond = request.stop[most:] if most is not None else ()
        answer = StreamedAnswer(request, raw=raw, watch=StopWatch(beyond) if beyond else None)
        try:
            if self._slots is not None and slot is not None:
                body["id_slot"] = slot
                if self.memory is not None and slot in CHAT:
                    await self.memory.make_room(slot, request.prompt)
                for other in self._slots.crowded_out(slot, request.max_new_tokens):
                    await self.slot_action(other, "erase")
            async with AsyncExitStack() as stack:
                response = await self._opened(stack, self.root + path, body)
                if response.status_code != 200:
                    await response.aread()
                    raise refusal(response)
                async with aclosing(sse.events(response.aiter_lines())) as stream:
                    async for event in stream:
                        for item in answer.take(event):
                            yield item
                        if answer.cut:
                            break
        except httpx.TransportError as error:
            raise unreachable(error) from error
        finally:
            if self._slots is not None and slot is not None:
                self._slots.give_back(slot, answer.held_tokens, share_read=answer.share_read)
        for finished in answer.end():
            yield finished

    async def _opened(self, stack: AsyncExitStack, url: str, body: dict[str, Any]) -> httpx.Response:
        """The response to a POST. A kept connection that the server closed in this very moment is replaced once."""
        try:
            return await stack.enter_async_context(self._client.stream("POST", url, json=body))
        except httpx.RemoteProtocolError:  # nothing was answered, so nothing was computed
            return await stack.enter_async_context(self._client.stream("POST", url, json=body))

    async def count_tokens(self, text: str) -> int:
        """Tokens of `text`; counted by the endpoint, or by characters when it cannot count. Remembers recent texts."""
        return (await self.count_all([text]))[0]

    async def count_all(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, those not known yet in one request: a prompt of thirty cells would take thirty."""
        texts = [_encodable(text) for text in texts]
        dialect = await self.probe()
        if not dialect.capabilities.tokenize:
            return [max(1, round(len(text) / CHARACTERS_PER_TOKEN)) if text else 0 for text in texts]
        new = [text for text in dict.fromkeys(texts) if text and text not in self._counts]
        if new:
            counts = await counted(partial(self._tokens, dialect), new)
            self._counts.update(zip(new, counts, strict=True))
        found = [self._counts[text] if text else 0 for text in texts]
        for text in texts:
            if text:
                self._counts.move_to_end(text)
        while len(self._counts) > COUNT_CACHE_ENTRIES:
            self._counts.popitem(last=False)
        return found

    async def _tokens(self, dialect: Dialect, text: str) -> list[int]:
        try:
            response = await self._client.post(self.root + "/tokenize", json=tokenize_body(text, dialect))
        except httpx.TransportError as error:
            raise unreachable(error) from error
        if response.status_code != 200:
            raise refusal(response)
        tokens: list[int] = response.json()["tokens"]
        return tokens

    @property
    def slots(self) -> SlotPlan | None:
        """Which KV-cache slot holds what, where the server is ours alone."""
        return self._slots

    async def slot_action(self, slot: int, action: SlotAction, file: str = "") -> bool:
        """Save a slot's KV cache to a file of the server's folder, restore it, or empty the slot; False where it cannot."""
        url = f"{self.root}/slots/{slot}?action={action}"
        try:
            response = await self._client.post(url, json={"filename": file}, timeout=SLOT_ACTION_SECONDS)
        except httpx.TransportError as error:
            log.info("The KV cache of slot %d: %s failed (%s)", slot, action, type(error).__name__)
            return False
        return response.status_code == 200

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _check_context(self, request: GenerationRequest) -> None:
        """Refuse before anything is computed. A token holds at least one byte, so short prompts need no counting."""
        room = self.context_tokens - request.max_new_tokens
        if len(request.prompt.encode()) <= room:
            return
        tokens = await self.count_tokens(request.prompt)
        if tokens > room:
            raise overflow(tokens, request.max_new_tokens, self.context_tokens)


def _encodable(text: str) -> str:
    """The text without lone surrogates (half an emoji from a browser's cursor position), which no JSON can carry."""
    return text.encode("utf-8", "replace").decode()
