"""Processes the beginning of the next question while the user still types it: rules and tables, no new tokens."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import aclosing
from dataclasses import dataclass

from jupyter_qwen.engine.base import Engine, EngineError, GenerationRequest


@dataclass
class Warming:
    """The one warming of a server. Real work stops it; what it processed until then stays in the KV cache."""

    task: asyncio.Task[None] | None = None
    text: str = ""

    def start(self, engine: Engine, text: str) -> bool:
        """Begin to process `text`; a newer one replaces an older one. False when that very text is, or was last, warmed."""
        if text == self.text and self.task is not None:
            return False
        self.stop()
        self.text = text
        self.task = asyncio.create_task(_process(engine, text))
        return True

    def stop(self) -> None:
        """Leave the engine to what is waited for."""
        if self.task is not None and not self.task.done():
            self.task.cancel()
            self.text = ""

    async def aclose(self) -> None:
        """Stop, and wait until it has."""
        self.stop()
        if self.task is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self.task


async def _process(engine: Engine, text: str) -> None:
    request = GenerationRequest(text, max_new_tokens=0, lane="warming")
    # an engine that dies here says so in its status; nobody waits for this answer
    with contextlib.suppress(EngineError):
        async with aclosing(engine.generate(request)) as pieces:  # type: ignore[type-var]
            async for _ in pieces:
                continue
