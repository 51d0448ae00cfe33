"""One engine from the beginning of its load to the end of its process, and the tasks that do both.

Callers wait for these tasks and run none of them: one that is cancelled (Stop, a closed page) ends nothing that others wait
for. What ends an engine never waits for a load; it cancels it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from jupyter_qwen.engine.process.starting import RunningEngine

log = logging.getLogger(__name__)
Ending = asyncio.Task[None]
# Called with the task that ends what was there before: two models never lie in memory at once.
Load = Callable[[Ending], Coroutine[Any, Any, RunningEngine]]

Heard = Callable[[RunningEngine], None]


class EngineLife:
    """At most one load task, one running engine, and a chain of ends. `on_begun` hears of every engine that is ready, `on_exit`
    of one whose process ended though nobody had called `end`.

    Its methods change everything between two awaits, so that no lock is needed. Lives on one event loop.
    """

    def __init__(self, load: Load, on_begun: Heard, on_exit: Heard) -> None:
        self.running: RunningEngine | None = None
        self._load, self._on_begun, self._on_exit = load, on_begun, on_exit
        self._loading: asyncio.Task[RunningEngine] | None = None
        self._ending: Ending | None = None

    @property
    def still(self) -> bool:
        """Whether nothing runs, loads or ends."""
        return self.running is None and self._loading is None and (self._ending is None or self._ending.done())

    async def begun(self) -> RunningEngine | None:
        """What runs; loaded first when nothing does, and once for all callers. Raises what the load raises.

        ``None`` when `end` came before the load was over.
        """
        if self.running is not None and not self.running.engine.dead:
            return self.running
        if self._loading is None:
            self._loading = asyncio.create_task(self._begin(self.end()), name="load the engine")
            self._loading.add_done_callback(_heard)
        load = self._loading
        await asyncio.wait({load})
        return None if load.cancelled() else load.result()

    def end(self) -> Ending:
        """Begin to end what loads or runs. The task is done when its process, and all that ended before, are gone."""
        load, self._loading = self._loading, None
        running, self.running = self.running, None
        if load is not None:
            load.cancel()
        if running is not None:
            running.engine.retire()
        self._ending = asyncio.create_task(_end(self._ending, load, running), name="end the engine")
        return self._ending

    async def _begin(self, before: Ending) -> RunningEngine:
        try:
            running = await self._load(before)
            if (
                self._loading is not asyncio.current_task()
            ):  # before 3.12 wait_for swallows a cancellation that comes late
                await running.stop()
                raise asyncio.CancelledError
            self.running = running
        finally:
            if self._loading is asyncio.current_task():
                self._loading = None
        self._on_begun(running)
        if running.child is not None:
            tell = partial(self._tell_exit, asyncio.get_running_loop(), running)
            running.child.exited.add_done_callback(tell)
        return running

    def _tell_exit(self, loop: asyncio.AbstractEventLoop, running: RunningEngine, _: object) -> None:
        """In the thread that noticed it. Only news when it is the current one: `end` forgets it first."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to be told
            loop.call_soon_threadsafe(lambda: self._on_exit(running) if running is self.running else None)


async def _end(before: Ending | None, load: asyncio.Task[RunningEngine] | None, running: RunningEngine | None) -> None:
    for task in (before, load):
        if task is not None:
            await asyncio.wait({task})
    if running is not None:
        try:
            await running.stop()
        except Exception:  # the process is gone all the same
            log.exception("The engine did not end as it should")


def _heard(task: asyncio.Task[RunningEngine]) -> None:
    """A load that failed after its last caller had gone has said so in the status; asyncio need not complain as well."""
    if not task.cancelled():
        task.exception()
