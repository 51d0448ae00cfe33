"""A supervisor with everything that it said."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.engine_status import EngineStatus
from jupyter_qwen.engine.process.supervisor import Supervisor


class Watched:
    """A supervisor with everything it said."""

    def __init__(self, config: EngineConfig, **options: Any) -> None:
        self.heard: list[EngineStatus] = []
        self.supervisor = Supervisor(config, self.heard.append, **options)

    def __iter__(self) -> Iterator[Any]:
        yield from (self.supervisor, self.heard)

    @property
    def states(self) -> list[str]:
        return [status.state for status in self.heard]


@asynccontextmanager
async def watching(config: EngineConfig, **options: Any) -> AsyncIterator[Watched]:
    watched = Watched(config, **options)
    try:
        yield watched
    finally:
        await watched.supervisor.aclose()


async def until(holds: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come true in time"
        await asyncio.sleep(0.01)


async def rest(stream: AsyncIterator[Any]) -> None:
    async for _ in stream:
        continue
