"""One download at a time, in a thread, with its progress as calls in the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

from jupyter_qwen.models.entries import Format, ModelEntry
from jupyter_qwen.models.errors import ModelError
from jupyter_qwen.models.progress import Progress
from jupyter_qwen.models.store import ModelStore


class Download:
    """A pull that runs in the background from its creation on.

    `wait` gives the path, or raises ModelError; `stop` asks it to end soon. What was fetched stays on disk either way.
    """

    def __init__(
        self,
        store: ModelStore,
        entry: ModelEntry,
        on_progress: Callable[[Progress], None],
        *,
        force: bool = False,
        kind: Format | None = None,
    ) -> None:
        self.entry = entry
        self._stop = threading.Event()
        loop = asyncio.get_running_loop()

        def heard(progress: Progress) -> None:
            if not self._stop.is_set():
                loop.call_soon_threadsafe(on_progress, progress)

        self._task = asyncio.create_task(
            asyncio.to_thread(store.pull, entry, heard, self._stop.is_set, force=force, kind=kind),
            name=f"pull {entry.short_name}",
        )

    def stop(self) -> None:
        """Ask it to end; `wait` then raises PullCancelled."""
        self._stop.set()

    async def wait(self) -> Path:
        """The path of the checked file. Raises ModelError; a full or broken disk is one too."""
        try:
            return await asyncio.shield(self._task)
        except OSError as error:
            raise ModelError(
                f"The download failed: {error}.", "What was fetched stays; start it again to go on."
            ) from error
