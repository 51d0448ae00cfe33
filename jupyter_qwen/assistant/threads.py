"""Conversations, one file a thread in the user's data folder: they survive a refresh, a restart and an upgrade."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

THREAD_FILE_VERSION = 1
MAX_TURNS = 200


class ThreadFileError(Exception):
    """A thread's file cannot be read or written; the message names the file."""


@dataclass(frozen=True)
class Turn:
    """One question and its answer. `blocks` are the judged code blocks in wire form; `asked_at` is ISO 8601 in UTC."""

    question: str
    markdown: str
    mode: str
    asked_at: str
    model: str = ""
    sql: str | None = None
    blocks: tuple[Mapping[str, Any], ...] = field(default=())


class ThreadStore:
    """Reads, appends and clears threads. All methods block on the disk: call them from a thread of the event loop."""

    def __init__(self, folder: Path | None = None, *, scope: str = "") -> None:
        """`scope` keeps apart what has the same id elsewhere: two servers of a user may each have an ``analysis.ipynb``."""
        self._folder = folder if folder is not None else user_data_path("jupyter_qwen") / "threads"
        if scope:
            self._folder /= hashlib.sha256(scope.encode()).hexdigest()[:16]

    def path(self, thread: str) -> Path:
        """The file of a thread; its name is a digest, since ids are paths with any character in them."""
        return self._folder / (hashlib.sha256(thread.encode()).hexdigest()[:32] + ".json")

    def turns(self, thread: str) -> tuple[Turn, ...]:
        """All turns, oldest first; none for a thread that has no file. Raises ThreadFileError for a broken file."""
        path = self.path(thread)
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return ()
        except (OSError, ValueError) as error:
            raise ThreadFileError(f"The conversation in {path} cannot be read: {error}") from error
        if not isinstance(data, dict) or data.get("version") != THREAD_FILE_VERSION:
            raise ThreadFileError(f"The conversation in {path} has an unknown format.")
        return tuple(
            Turn(
                question=str(item["question"]),
                markdown=str(item["markdown"]),
                mode=str(item["mode"]),
                asked_at=str(item["asked_at"]),
                model=str(item.get("model", "")),
                sql=item.get("sql"),
                blocks=tuple(item.get("blocks", ())),
            )
            for item in data.get("turns", ())
        )

    def append(self, thread: str, turn: Turn) -> None:
        """Add a turn; the oldest fall out after `MAX_TURNS`. Raises ThreadFileError."""
        turns = (*self.turns(thread), turn)[-MAX_TURNS:]
        self._write(thread, turns)

    def clear(self, thread: str) -> None:
        """Delete the thread's file; clear means gone. Raises ThreadFileError."""
        path = self.path(thread)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise ThreadFileError(f"The conversation in {path} cannot be deleted: {error}") from error

    def _write(self, thread: str, turns: tuple[Turn, ...]) -> None:
        path = self.path(thread)
        data = {"version": THREAD_FILE_VERSION, "id": thread, "turns": [asdict(turn) for turn in turns]}
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # mkstemp makes the file readable by its owner alone, which a conversation about private data needs
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".part")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    json.dump(data, file, ensure_ascii=False)
                os.replace(temporary, path)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise ThreadFileError(f"The conversation in {path} cannot be written: {error}") from error
