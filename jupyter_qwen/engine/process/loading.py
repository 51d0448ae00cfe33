"""How far a load is: an engine says nothing while it loads, but its memory grows by the weights."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import psutil

from jupyter_qwen.models.progress import Meter, Progress

POLL_SECONDS = 0.3


class LoadProgress:
    """Reports one load. `total_bytes` are the weights; what the child holds besides them makes the last part look faster."""

    def __init__(self, total_bytes: int, report: Callable[[Progress], None]) -> None:
        self._total = total_bytes
        self._meter = Meter(report)
        self._task: asyncio.Task[None] | None = None

    def began(self, pid: int) -> None:
        """The child with this number loads from now on."""
        self._task = asyncio.create_task(self._watch(pid), name=f"load progress of {pid}")

    def end(self) -> None:
        """It is ready, or it failed."""
        if self._task is not None:
            self._task.cancel()

    async def _watch(self, pid: int) -> None:
        while self._total > 0:
            await asyncio.sleep(POLL_SECONDS)
            try:
                held = psutil.Process(pid).memory_info().rss
            except psutil.Error:  # it ended: whoever waits for it says how
                return
            self._meter.update(min(held, self._total), self._total, source="memory", phase="loading")
