"""Whose work a generation is: the engine's queue serves notebooks in turn, so every request must name its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace

from jupyter_qwen.engine.base import Capabilities, Delta, Engine, Finished, GenerationRequest, Lane, count_all


class OwnedEngine:
    """Passes everything on to `engine`, with `owner` on every request, and in `lane` when one is given."""

    def __init__(self, engine: Engine, owner: str, lane: Lane | None = None) -> None:
        self._engine, self._owner, self._lane = engine, owner, lane

    @property
    def capabilities(self) -> Capabilities:
        return self._engine.capabilities

    @property
    def context_tokens(self) -> int:
        return self._engine.context_tokens

    async def generate(self, request: GenerationRequest) -> AsyncIterator[Delta | Finished]:
        """See `engine.base.Engine.generate`."""
        owned = replace(request, owner=self._owner, lane=self._lane or request.lane)
        async with aclosing(self._engine.generate(owned)) as pieces:  # type: ignore[type-var]
            async for piece in pieces:
                yield piece

    async def count_tokens(self, text: str) -> int:
        """See `engine.base.Engine.count_tokens`."""
        return await self._engine.count_tokens(text)

    async def count_all(self, texts: Sequence[str]) -> list[int]:
        """See `engine.base.CountsAll`."""
        return await count_all(self._engine, texts)

    async def aclose(self) -> None:
        """Nothing: the engine is its source's to close."""
