"""A supervisor with everything that it said."""

from __future__ import annotations

from collections.abc import AsyncIterator
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
