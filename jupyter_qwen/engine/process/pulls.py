"""Downloads as the user sees them: progress in the status, one at a time, beside an engine that goes on answering."""

from __future__ import annotations

import contextlib
from pathlib import Path

from jupyter_qwen.engine.process.board import Board
from jupyter_qwen.engine.process.download import Download
from jupyter_qwen.models.entries import Format, ModelEntry
from jupyter_qwen.models.errors import ModelError, PullCancelled
from jupyter_qwen.models.progress import Progress
from jupyter_qwen.models.store import ModelStore


class Pulls:
    """One a supervisor.

    While the configured model is fetched and nothing runs, the state is `downloading`. While another one is fetched, the state
    stays what it is and `pulling` names the model whose `progress` is shown.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._download: Download | None = None
        self._configured = False

    @property
    def running(self) -> bool:
        return self._download is not None

    @property
    def blocks(self) -> bool:
        """Whether what is being fetched is the model that answers shall come from."""
        return self._download is not None and self._configured

    def configured_is(self, entry: ModelEntry | None) -> None:
        """The configured model changed while a download goes on: `state` says `downloading` only of that one's."""
        if self._download is not None:
            self._configured = entry == self._download.entry

    async def run(
        self, store: ModelStore, entry: ModelEntry, *, configured: bool, force: bool, kind: Format | None = None
    ) -> Path | None:
        """The path of the checked file, or ``None``: then the status says what went wrong.

        A second call while one runs waits for that one and gives ``None``.
        """
        if self._download is not None:
            with contextlib.suppress(ModelError):  # the first caller reports it
                await self._download.wait()
            return None
        self._configured = configured
        download = self._download = Download(store, entry, self._heard, force=force, kind=kind)
        what = {"model": entry, "message": f"Downloading {entry.label}.", "hint": ""} if configured else {}
        self._board.post("downloading" if configured else None, pulling=entry, progress=None, **what)
        failure: ModelError | None = None
        path: Path | None = None
        try:
            path = await download.wait()
        except ModelError as error:
            failure = error
        finally:
            self._download = None
            self._board.post(pulling=None, progress=None)
        if failure is not None:
            stopped = isinstance(failure, PullCancelled)
            message = "The download was stopped." if stopped else str(failure)
            self._board.post("absent" if self._configured else None, message=message, hint=failure.hint)
        return path

    def stop(self) -> None:
        """Ask the download to stop; what was fetched stays. The status says when it has stopped."""
        if self._download is not None:
            self._download.stop()

    async def aclose(self) -> None:
        """Stop and wait until it has stopped."""
        if self._download is not None:
            self._download.stop()
            with contextlib.suppress(ModelError):  # that it was stopped is no news
                await self._download.wait()

    def _heard(self, progress: Progress) -> None:
        if self._download is None:
            return
        if not self._configured:
            self._board.post(pulling=self._download.entry, progress=progress)
            return
        checking = progress.phase == "verifying"
        message = "Checking the download." if checking else f"Downloading {self._download.entry.label}."
        self._board.post("downloading", message=message, progress=progress, pulling=self._download.entry)
