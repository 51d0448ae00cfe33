"""Downloads as the user sees them: progress in the status, one at a time, beside an engine that goes on answering."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from jupyter_qwen.engine.process.board import Board
from jupyter_qwen.models.entries import Format, ModelEntry
from jupyter_qwen.models.errors import ModelError, PullCancelled
from jupyter_qwen.models.progress import Progress
from jupyter_qwen.models.store import ModelStore


class Pulls:
    """One a supervisor. It owns the download: a caller that is cancelled leaves it going, and `aclose` ends it.

    While the configured model is fetched and nothing runs, the state is `downloading`. While another one is fetched, the state
    stays what it is and `pulling` names the model whose `progress` is shown.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._entry: ModelEntry | None = None
        self._task: asyncio.Task[Path | None] | None = None
        self._stop = threading.Event()
        self._configured = False

    @property
    def blocks(self) -> bool:
        """Whether what is being fetched is the model that answers shall come from."""
        return self._entry is not None and self._configured

    def configured_is(self, entry: ModelEntry | None) -> None:
        """The configured model changed while a download goes on: `state` says `downloading` only of that one's."""
        if self._entry is not None:
            self._configured = entry == self._entry

    async def run(
        self, store: ModelStore, entry: ModelEntry, *, configured: bool, force: bool, kind: Format | None = None
    ) -> Path | None:
        """The path of the checked file, or ``None``: then the status says what went wrong.

        A second call while one runs waits for that one and gives ``None``.
        """
        if self._task is not None:
            await asyncio.wait({self._task})
            return None
        self._configured, self._entry, self._stop = configured, entry, threading.Event()
        what = {"model": entry, "message": f"Downloading {entry.label}.", "hint": ""} if configured else {}
        self._board.post("downloading" if configured else None, pulling=entry, progress=None, **what)
        task = self._task = asyncio.create_task(
            self._pull(store, entry, self._stop, force=force, kind=kind), name=f"pull {entry.short_name}"
        )
        await asyncio.wait({task})
        return task.result()

    def stop(self) -> None:
        """Ask the download to stop; what was fetched stays. The status says when it has stopped."""
        self._stop.set()

    async def aclose(self) -> None:
        """Stop and wait until it has stopped: Python does not end before its threads."""
        self._stop.set()
        if self._task is not None:
            await asyncio.wait({self._task})

    async def _pull(
        self, store: ModelStore, entry: ModelEntry, stop: threading.Event, *, force: bool, kind: Format | None
    ) -> Path | None:
        loop = asyncio.get_running_loop()

        def heard(progress: Progress) -> None:
            if not stop.is_set():
                loop.call_soon_threadsafe(self._heard, entry, progress)

        failure: ModelError | None = None
        path: Path | None = None
        try:
            path = await asyncio.to_thread(store.pull, entry, heard, stop.is_set, force=force, kind=kind)
        except ModelError as error:
            failure = error
        except OSError as error:  # a full or a broken disk
            failure = ModelError(f"The download failed: {error}.", "What was fetched stays; start it again to go on.")
        finally:
            self._task = self._entry = None
            self._board.post(pulling=None, progress=None)
        if failure is not None:
            stopped = isinstance(failure, PullCancelled)
            message = "The download was stopped." if stopped else str(failure)
            self._board.post("absent" if self._configured else None, message=message, hint=failure.hint)
        return path

    def _heard(self, entry: ModelEntry, progress: Progress) -> None:
        if self._entry is not entry:
            return
        if not self._configured:
            self._board.post(pulling=entry, progress=progress)
            return
        checking = progress.phase == "verifying"
        message = "Checking the download." if checking else f"Downloading {entry.label}."
        self._board.post("downloading", message=message, progress=progress, pulling=entry)
