"""An engine process that another of this user's Jupyter servers runs: used, watched, never ended from here."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from jupyter_qwen.engine.process.sharing import Registry, Shared

WATCH_SECONDS = 1.0
GONE = (
    "The engine of your other Jupyter server has ended, and with it this answer.",
    "Ask again: this server starts an engine of its own.",
)


class BorrowedChild:
    """Looks to the supervisor like a child of its own. Lives on the event loop that made it."""

    log: Path | None = None

    def __init__(self, shared: Shared, registry: Registry) -> None:
        self.shared = shared
        self.exited: Future[int] = Future()
        self._registry = registry
        self._registry.lease(shared)
        self._watch: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        return self.shared.child_pid

    @property
    def key(self) -> str:
        return self.shared.key

    @property
    def returncode(self) -> int | None:
        """``None`` while it runs; its real exit code is its owner's to know."""
        if self.exited.done():
            return 0
        return None if self.shared.alive else 0

    def end(self) -> tuple[str, str]:
        """Its end in one sentence, and the way out."""
        return GONE

    def watch(self, last_use: Callable[[], float]) -> None:
        """Notice its end, and tell its owner of every use so that it is not unloaded as idle.

        `last_use` gives a number that changes when this server uses the engine.
        """
        self._watch = asyncio.create_task(self._watch_it(last_use), name=f"watch engine {self.pid}")

    async def stop(self) -> None:
        """Leave it to its owner."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
        self._registry.release(self.shared)

    async def _watch_it(self, last_use: Callable[[], float]) -> None:
        told = last_use()
        while self.shared.alive:
            await asyncio.sleep(WATCH_SECONDS)
            now = last_use()
            if now != told:
                self._registry.lease(self.shared)
                told = now
        self.exited.set_result(0)
