"""KV caches of the last notebooks on disk: restoring 800 tokens takes 4 ms, computing them 10 s.

The files hold what the prompts held, so they are nobody's but the user's: a folder that only the user may enter, gone when the
model changes, when a conversation is cleared, when less may be shown than when they were written, or after a week.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import platformdirs
import psutil

log = logging.getLogger(__name__)
INDEX = "index.json"
DAYS = 7
BUDGET_BYTES = 512 * 1024**2
SPARE_BYTES = 2 * 1024**3  # a disk that is nearly full is left alone
PRIVACY = ("names", "types", "values", "samples")  # rising; the words of schema.model


@dataclass(frozen=True)
class SavedSlot:
    """One file: the slot that it came from, the prompt that begins it, whose it is, and how many tokens it holds."""

    file: str
    slot: int
    text: str
    owner: str
    tokens: int


@dataclass(frozen=True)
class SlotFiles:
    """The files of one model in `folder`.

    `fingerprint` names weights and engine: a cache is worth nothing to any other. `privacy` is the most that prompts may
    hold now. Methods block, briefly; callers use a thread. Problems with the disk are logged and cost the head start only.
    """

    folder: Path
    fingerprint: str
    privacy: str = "samples"
    budget_bytes: int = BUDGET_BYTES

    def open(self) -> list[SavedSlot]:
        """Make the folder and say what is in it that may still be used; everything else is deleted."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.folder.chmod(0o700)
        except OSError as error:
            log.warning("The folder for KV caches cannot be used: %s", error)
            return []
        saved = self._usable(self._read())
        self._delete_others({slot.file for slot in saved})
        return saved

    def room(self) -> bool:
        """Whether the disk has room to spare for what is about to be written."""
        try:
            return shutil.disk_usage(self.folder).free > self.budget_bytes + SPARE_BYTES
        except OSError:
            return False

    def name(self) -> str:
        """A name for a new file: whose it is while this process lives, and nothing about what is in it."""
        return f"{os.getpid()}-{secrets.token_hex(8)}.kv"

    def size(self, file: str) -> int:
        """Bytes of a file; 0 when it is not there."""
        try:
            return (self.folder / file).stat().st_size
        except OSError:
            return 0

    def keep(self, saved: list[SavedSlot]) -> None:
        """These are the files now; others go. The index is written so that only the user can read it."""
        if not self._write(saved, fingerprint=self.fingerprint, privacy=self.privacy):
            saved = []
        self._delete_others({slot.file for slot in saved})

    def _write(self, saved: list[SavedSlot], *, fingerprint: str, privacy: str) -> bool:
        """Write the index; whether that worked."""
        try:
            for slot in saved:
                (self.folder / slot.file).chmod(0o600)
            fresh = self.folder / f".{secrets.token_hex(4)}.tmp"
            data = {
                "fingerprint": fingerprint,
                "privacy": privacy,
                "saved_at": time.time(),
                "slots": [asdict(slot) for slot in saved],
            }
            with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
                json.dump(data, out)
            fresh.replace(self.folder / INDEX)
        except OSError as error:
            log.warning("KV caches were not kept: %s", error)
            return False
        return True

    def delete(self, file: str) -> None:
        """Delete one file, if it is there."""
        try:
            (self.folder / file).unlink(missing_ok=True)
        except OSError as error:
            log.warning("A KV cache could not be deleted: %s", error)

    def forget(self, owner: str) -> None:
        """Delete what the index says belongs to one notebook."""
        index = self._read()
        rows = _slots(index)
        kept = [slot for slot in rows if slot.owner != owner]
        if len(kept) < len(rows):
            for slot in rows:
                if slot.owner == owner:
                    self.delete(slot.file)
            self._write(kept, fingerprint=str(index.get("fingerprint")), privacy=str(index.get("privacy")))

    def _read(self) -> dict[str, Any]:
        try:
            index = json.loads((self.folder / INDEX).read_text(encoding="utf-8"))
        except (OSError, ValueError):  # none yet, or half a file of a machine that lost its power
            return {}
        return index if isinstance(index, dict) else {}

    def _usable(self, index: dict[str, Any]) -> list[SavedSlot]:
        written_at = index.get("saved_at")
        if index.get("fingerprint") != self.fingerprint or not isinstance(written_at, (int, float)):
            return []
        if time.time() - written_at > DAYS * 86_400 or _rank(str(index.get("privacy"))) > _rank(self.privacy):
            return []
        return [slot for slot in _slots(index) if self.size(slot.file)]

    def _delete_others(self, kept: set[str]) -> None:
        """Delete all but `kept` and what another server that runs now has put away here."""
        for path in list(self.folder.glob("*.kv")) + list(self.folder.glob(".*.tmp")):
            if path.name not in kept and not _in_use(path.name):
                self.delete(path.name)
        if not kept:
            self.delete(INDEX)


def default_folder() -> Path:
    """Where the files of this user's servers lie."""
    return Path(platformdirs.user_cache_dir("jupyter_qwen")) / "slots"


def fingerprint(weights: Path | None, engine: str, context_tokens: int | None) -> str:
    """Weights (path, size, time of change), engine and context length in one line."""
    if weights is None:
        return f"{engine}:{context_tokens}"
    facts = weights.stat()
    return f"{engine}:{context_tokens}:{weights.resolve()}:{facts.st_size}:{facts.st_mtime_ns}"


def _slots(index: dict[str, Any]) -> list[SavedSlot]:
    found = []
    for row in index.get("slots") or ():
        try:
            slot = SavedSlot(**row)
        except TypeError:  # of another version
            continue
        # a name that leads out of the folder was not written by us
        if slot.file == Path(slot.file).name and slot.file.endswith(".kv"):
            found.append(slot)
    return found


def _in_use(name: str) -> bool:
    """Whether a living process besides this one made a file."""
    made_by = name.partition("-")[0]
    return made_by.isdigit() and int(made_by) != os.getpid() and psutil.pid_exists(int(made_by))


def _rank(privacy: str) -> int:
    return PRIVACY.index(privacy) if privacy in PRIVACY else len(PRIVACY)
