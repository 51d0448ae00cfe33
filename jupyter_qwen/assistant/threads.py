"""Conversations, one file a thread in the user's data folder: they survive a refresh, a restart and an upgrade."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args
from weakref import WeakSet

from platformdirs import user_data_path

THREAD_FILE_VERSION = 1
MAX_TURNS = 200
# How a turn's blocks were judged. Since 1 the verdict of a mended cell speaks for all of the cell, not for its query alone.
JUDGING = 1
_JUDGED_LESS = {
    "code": "other-code",
    "severity": "warning",
    "message": "An earlier version judged this answer, and looked at the query of the cell alone.",
    "hint": "Read the whole cell before you run it, or ask /fix again.",
}

# done: answered. cut: nobody waited for the end, or the server was gone before it. failed: `note` says why.
TurnState = Literal["done", "cut", "failed"]
_STATES: tuple[TurnState, ...] = get_args(TurnState)


class ThreadFileError(Exception):
    """A thread's file cannot be read or written; the message names the file."""


@dataclass(frozen=True)
class Turn:
    """One question and its answer. `blocks` are the judged code blocks in wire form, judged by the rules of `judging`
    (`JUDGING`); `asked_at` is ISO 8601 in UTC.

    `markdown` is what there is of the answer, also when `state` says that it has no end. `taken` is the query of the second
    reading where the user took that one; `blocks` and `markdown` stay as the server gave them, and `sql` is what was taken.
    """

    question: str
    markdown: str
    mode: str
    asked_at: str
    model: str = ""
    sql: str | None = None
    blocks: tuple[Mapping[str, Any], ...] = field(default=())
    state: TurnState = "done"
    note: str = ""
    id: str = ""
    active_cell: str | None = None  # the cell that asked, where generated cells go
    judging: int = JUDGING
    taken: str = ""


class OpenTurn:
    """A question that is kept already while its answer is still being written. It follows its thread when that is renamed."""

    def __init__(self, store: ThreadStore, thread: str, turn: Turn) -> None:
        self._store = store
        self.thread = thread
        self.turn = turn
        self.cleared = False

    def finish(self, turn: Turn) -> None:
        """Keep `turn` in place of what was kept at the beginning; nothing when the thread was cleared. Raises ThreadFileError."""
        self._store.finish(self, replace(turn, id=self.turn.id))


class ThreadStore:
    """Reads, writes, renames and clears threads. All methods block on the disk: call them from a thread of the event loop."""

    def __init__(self, folder: Path | None = None, *, scope: str = "") -> None:
        """`scope` keeps apart what has the same id elsewhere: two servers of a user may each have an ``analysis.ipynb``."""
        self._folder = folder if folder is not None else user_data_path("jupyter_qwen") / "threads"
        if scope:
            self._folder /= hashlib.sha256(scope.encode()).hexdigest()[:16]
        # A notebook may ask from its panel and from a magic at once, each in a thread of its own.
        self._lock = threading.RLock()
        self._open: WeakSet[OpenTurn] = WeakSet()

    def path(self, thread: str) -> Path:
        """The file of a thread; its name is a digest, since ids are paths with any character in them."""
        return self._folder / (hashlib.sha256(thread.encode()).hexdigest()[:32] + ".json")

    def turns(self, thread: str) -> tuple[Turn, ...]:
        """All turns, oldest first; none for a thread that has no file. Raises ThreadFileError for a broken file."""
        data = _read(self.path(thread))
        return tuple(_turn(item) for item in data.get("turns", ())) if data is not None else ()

    def append(self, thread: str, turn: Turn) -> None:
        """Add a turn; the oldest fall out after `MAX_TURNS`. Raises ThreadFileError."""
        with self._lock:
            self._write(thread, (*self.turns(thread), turn))

    def begin(self, thread: str, turn: Turn) -> OpenTurn:
        """Keep a question before it is answered, as *cut*: that is what it is should nobody finish it. Raises ThreadFileError."""
        opened = OpenTurn(self, thread, replace(turn, state="cut", id=turn.id or uuid.uuid4().hex))
        with self._lock:
            self.append(thread, opened.turn)
            self._open.add(opened)
        return opened

    def finish(self, opened: OpenTurn, turn: Turn) -> None:
        """Put `turn` in the place of `opened`. Raises ThreadFileError."""
        with self._lock:
            self._open.discard(opened)
            turns = self.turns(opened.thread)
            # Not there any more: cleared, here or by another server of the same user. Then it stays gone.
            if not opened.cleared and any(kept.id == turn.id for kept in turns):
                self._write(opened.thread, [turn if kept.id == turn.id else kept for kept in turns])

    def take_reading(self, thread: str, question: str, source: str) -> bool:
        """Keep which of the two readings of its last answer to `question` the user took; whether there is such an answer.

        Raises ThreadFileError.
        """
        with self._lock:
            turns = list(self.turns(thread))
            for place in range(len(turns) - 1, -1, -1):
                first, second = _readings(turns[place])
                if turns[place].question == question and source and source in (first, second):
                    turns[place] = replace(turns[place], taken=source if source == second else "", sql=source)
                    self._write(thread, turns)
                    return True
        return False

    def clear(self, thread: str) -> None:
        """Delete the thread's file; clear means gone, also for an answer that is still coming. Raises ThreadFileError."""
        path = self.path(thread)
        with self._lock:
            for opened in self._open:
                opened.cleared = opened.cleared or opened.thread == thread
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise ThreadFileError(f"The conversation in {path} cannot be deleted: {error}") from error

    def move(self, source: str, target: str) -> int:
        """A notebook, or a folder of notebooks, is called `target` now; how many threads moved. Raises ThreadFileError.

        What `target` held before is kept: its turns and the moved ones stand in the order in which they were asked.
        """
        if not source or not target or source == target:
            return 0
        with self._lock:
            names = [source] if self.path(source).exists() else self._below(source)
            for name in names:
                self._move_one(name, target + name[len(source) :])
        return len(names)

    def _below(self, folder: str) -> list[str]:
        """Ids of the threads whose notebooks are in `folder`. Files are named by digests, so each has to be asked."""
        prefix = folder.rstrip("/") + "/"
        found = []
        for path in self._folder.glob("*.json"):
            try:
                data = _read(path)
            except ThreadFileError:
                continue  # a broken file is told to whoever opens that conversation; here it names no notebook
            if data is not None and str(data.get("id", "")).startswith(prefix):
                found.append(str(data["id"]))
        return found

    def _move_one(self, source: str, target: str) -> None:
        there = self.turns(target)
        moved = self.turns(source)
        merged = sorted((*there, *moved), key=lambda turn: turn.asked_at) if there else moved
        self._write(target, merged)
        for opened in self._open:
            if opened.thread == source:
                opened.thread = target
        try:
            self.path(source).unlink(missing_ok=True)
        except OSError as error:
            raise ThreadFileError(f"The conversation in {self.path(source)} cannot be moved: {error}") from error

    def _write(self, thread: str, turns: Sequence[Turn]) -> None:
        path = self.path(thread)
        kept = [asdict(turn) for turn in turns[-MAX_TURNS:]]
        data = {"version": THREAD_FILE_VERSION, "id": thread, "turns": kept}
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


def _read(path: Path) -> Mapping[str, Any] | None:
    """A thread's file; ``None`` when there is none. Raises ThreadFileError."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ThreadFileError(f"The conversation in {path} cannot be read: {error}") from error
    if not isinstance(data, dict) or data.get("version") != THREAD_FILE_VERSION:
        raise ThreadFileError(f"The conversation in {path} has an unknown format.")
    return data


def taken_before(turns: Sequence[Turn], question: str) -> str:
    """The second reading that the user took when `question` was asked last in this conversation; "" where there is none."""
    asked = _same(question)
    return next((turn.taken for turn in reversed(turns) if _same(turn.question) == asked), "")


def _same(question: str) -> str:
    return " ".join(question.casefold().split()).rstrip("?!. ")


def _readings(turn: Turn) -> tuple[str, str]:
    """The query of the turn's block that has a second reading, and that one's; two empty texts where none has."""
    for block in turn.blocks:
        other = block.get("alternative")
        if isinstance(other, Mapping):
            return str(block.get("source", "")), str(other.get("source", ""))
    return "", ""


def _turn(item: Mapping[str, Any]) -> Turn:
    state, mode, judging = item.get("state", "done"), str(item["mode"]), item.get("judging", 0)
    blocks = item.get("blocks", ())
    return Turn(
        question=str(item["question"]),
        markdown=str(item["markdown"]),
        mode=mode,
        asked_at=str(item["asked_at"]),
        model=str(item.get("model", "")),
        sql=item.get("sql"),
        blocks=tuple(map(_doubted, blocks)) if mode == "fix" and judging != JUDGING else tuple(blocks),
        state=state if state in _STATES else "done",
        note=str(item.get("note", "")),
        id=str(item.get("id", "")),
        active_cell=_text_or_none(item.get("active_cell")),
        judging=judging,
        taken=_text_or_none(item.get("taken")) or "",
    )


def _doubted(block: Mapping[str, Any]) -> Mapping[str, Any]:
    """A block whose *bound* may speak for less than its cell runs: without that word, and it asks."""
    verdict = "unchecked" if block.get("verdict") == "bound" else block.get("verdict")
    known = [found for found in block.get("diagnostics", ()) if found.get("code") != _JUDGED_LESS["code"]]
    return {**block, "verdict": verdict, "needs_consent": True, "diagnostics": [_JUDGED_LESS, *known]}


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None
