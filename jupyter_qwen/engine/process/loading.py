"""What a load waits for, and how far it is: an engine says nothing while it loads, but its memory grows by the weights."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

from jupyter_qwen.engine.base import EngineUnavailable
from jupyter_qwen.engine.choice import EngineChoice
from jupyter_qwen.engine.process.child_memory import held_bytes, resident_bytes
from jupyter_qwen.models.progress import Meter, Progress
from jupyter_qwen.models.store import ModelStore

log = logging.getLogger(__name__)
POLL_SECONDS = 0.3


class LoadProgress:
    """Reports one load. `total_bytes` are the weights; what the child holds besides them makes the last part look faster."""

    def __init__(self, total_bytes: int, report: Callable[[Progress], None]) -> None:
        self._total = total_bytes
        self._meter = Meter(report)
        self._task: asyncio.Task[None] | None = None
        self._pid: int | None = None

    def freed_bytes(self) -> int:
        """What ending the child would free while it loads; 0 before and after."""
        return resident_bytes(self._pid)

    def began(self, pid: int) -> None:
        """The child with this number loads from now on."""
        self._pid = pid
        self._task = asyncio.create_task(self._watch(pid), name=f"load progress of {pid}")

    def end(self) -> None:
        """It is ready, or it failed."""
        self._pid = None
        if self._task is not None:
            self._task.cancel()

    async def _watch(self, pid: int) -> None:
        while self._total > 0:
            await asyncio.sleep(POLL_SECONDS)
            held = held_bytes(pid)
            if held is None:  # it ended: whoever waits for it says how
                return
            self._meter.update(min(held, self._total), self._total, source="memory", phase="loading")


def unexpected(error: Exception) -> EngineUnavailable:
    """What a load that failed for a reason that nobody foresaw is to its callers; the log has the traceback."""
    log.error("The engine could not be started", exc_info=error)
    return EngineUnavailable(
        f"The engine could not be started: {error}.", "Ask again; the details are in the Jupyter server's log."
    )


async def intact(store: ModelStore, choice: EngineChoice, report: Callable[[Progress], None]) -> Path:
    """The path of the chosen model's weights, hashed in a thread when need be. Raises ModelError.

    `report` is called on the event loop, and no more once the task that called this is done: its thread cannot be ended.
    """
    loop, load = asyncio.get_running_loop(), asyncio.current_task()

    def told(progress: Progress) -> None:
        if load is not None and not load.done():
            report(progress)

    # A script needs no weights: it is enough that there is a file, so that tests need not carry a gigabyte about.
    look = store.existing_path if choice.engine == "scripted" else store.verified_path

    def heard(progress: Progress) -> None:
        loop.call_soon_threadsafe(told, progress)

    return await asyncio.to_thread(partial(look, choice.model, heard, kind=choice.format))
