"""An engine that notes what every generation cost, also those that were ended before the engine gave its own figures."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from jupyter_qwen.assistant.services import EngineSource
from jupyter_qwen.engine.base import Capabilities, Delta, Engine, Finished, GenerationRequest, Usage, count_all


@dataclass
class Metered:
    """One generation. `usage` is the engine's own account, present when it ran to its end."""

    request: GenerationRequest
    text: str = ""
    tokens: int = 0
    usage: Usage | None = None
    seconds: float = 0.0


class TypingMeter:
    """Passes everything on to `engine`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.generations: list[Metered] = []

    @property
    def capabilities(self) -> Capabilities:
        return self._engine.capabilities

    @property
    def context_tokens(self) -> int:
        return self._engine.context_tokens

    async def generate(self, request: GenerationRequest) -> AsyncIterator[Delta | Finished]:
        noted = Metered(request)
        self.generations.append(noted)
        began = time.monotonic()
        try:
            async with aclosing(self._engine.generate(request)) as pieces:  # type: ignore[type-var]
                async for piece in pieces:
                    if isinstance(piece, Finished):
                        noted.usage = piece.usage
                    elif isinstance(piece, Delta):
                        noted.text += piece.text
                        noted.tokens += 1
                    yield piece
        finally:
            noted.seconds = time.monotonic() - began

    async def count_tokens(self, text: str) -> int:
        return await self._engine.count_tokens(text)

    async def count_all(self, texts: Sequence[str]) -> list[int]:
        return await count_all(self._engine, texts)

    async def aclose(self) -> None:
        """The engine belongs to its source, which closes it."""

    async def reuse(self, *, first: int = 0) -> tuple[int, int]:
        """(tokens reused, prompt tokens) of the generations from number `first` on.

        The engine's own figures where there are any; else what one KV-cache slot must have had: the tokens up to where the prompt
        leaves the text that was processed before it.
        """
        reused = total = 0
        for number in range(first, len(self.generations)):
            noted = self.generations[number]
            if noted.usage is not None and noted.usage.prompt_tokens:
                reused += noted.usage.cached_tokens
                total += noted.usage.prompt_tokens
                continue
            before = self.generations[number - 1] if number else None
            known = before.request.prompt + before.text if before else ""
            common = noted.request.prompt[: shared_beginning(known, noted.request.prompt)]
            reused += await self._engine.count_tokens(common)
            total += await self._engine.count_tokens(noted.request.prompt)
        return reused, total


def shared_beginning(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


class MeteredEngines:
    """An engine source whose engine is metered."""

    def __init__(self, engines: EngineSource, meter: TypingMeter) -> None:
        self._engines, self._meter = engines, meter

    async def engine(self) -> Engine:
        return self._meter

    def describe(self) -> dict[str, Any]:
        return self._engines.describe()
