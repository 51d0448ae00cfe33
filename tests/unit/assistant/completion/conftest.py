"""An engine that writes what a test says, token by token when it is told to, and remembers what was asked of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from jupyter_qwen.assistant.completion.complete import complete
from jupyter_qwen.assistant.completion.desk import CompletionDesk
from jupyter_qwen.assistant.events import CompletionText
from jupyter_qwen.assistant.question import CompletionQuestion
from jupyter_qwen.assistant.services import Services
from jupyter_qwen.engine.base import Capabilities, Delta, Finished, GenerationRequest, Usage


@dataclass
class PenEngine:
    """Writes `answer(request)` word by word; with `gate` it waits before each word until the test lets one through."""

    answer: Callable[[GenerationRequest], str]
    gate: asyncio.Semaphore | None = None
    requests: list[GenerationRequest] = field(default_factory=list)
    cancelled: int = 0
    capabilities: Capabilities = field(default_factory=lambda: Capabilities(grammar=True))
    context_tokens: int = 4096

    async def generate(self, request: GenerationRequest) -> AsyncIterator[Delta | Finished]:
        self.requests.append(request)
        text = self.answer(request) if request.max_new_tokens else ""
        ended = False
        try:
            if not request.max_new_tokens and self.gate is not None:
                await self.gate.acquire()
            for start in range(0, len(text), 4):
                if self.gate is not None:
                    await self.gate.acquire()
                else:
                    await asyncio.sleep(0)
                yield Delta(text[start : start + 4])
            ended = True
            yield Finished("stop", Usage(prompt_tokens=len(request.prompt), new_tokens=len(text)))
        finally:
            self.cancelled += not ended

    async def count_tokens(self, text: str) -> int:
        return len(text) // 4 + 1

    async def aclose(self) -> None:
        self.answer = lambda request: ""


class OneEngine:
    """An engine source whose engine is there."""

    def __init__(self, engine: PenEngine, status: dict[str, Any] | None = None) -> None:
        self._engine = engine
        self._status = status or {"state": "ready"}

    async def engine(self) -> PenEngine:
        return self._engine

    def describe(self) -> dict[str, Any]:
        return self._status


class Bench:
    """Services on a `PenEngine`, and short ways to ask."""

    def __init__(self, answer: Callable[[GenerationRequest], str] | str, *, ahead: bool = False) -> None:
        self.engine = PenEngine(answer if callable(answer) else lambda request: answer)
        self.services = Services(OneEngine(self.engine), completion=CompletionDesk(ahead=ahead))

    async def events(self, prefix: str, suffix: str = "", **more: Any) -> list[CompletionText]:
        question = CompletionQuestion(prefix, suffix, thread=more.pop("thread", "a.ipynb"), **more)
        return [event async for event in complete(question, self.services)]

    async def last(self, prefix: str, suffix: str = "", **more: Any) -> CompletionText:
        return (await self.events(prefix, suffix, **more))[-1]

    @staticmethod
    async def until(condition: Callable[[], Any]) -> None:
        """Wait for what a task of the event loop is going to do; the test's own time limit ends it."""
        while not condition():  # noqa: ASYNC110  the condition is no event that somebody could set
            await asyncio.sleep(0.002)


@pytest.fixture
def bench() -> type[Bench]:
    return Bench
