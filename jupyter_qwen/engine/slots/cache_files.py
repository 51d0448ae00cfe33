"""Files for the KV caches of conversations that wait while another is answered: restoring 800 tokens takes 4 ms, computing 10 s.

They hold what the prompts held, so they are nobody's but the user's: a folder that only the user may enter, files gone with the
engine, or when a conversation is cleared; what a server that was killed left behind goes when the next one starts. The one that
`jupyter qwen demo` makes of its own tables stays for the next demo.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import psutil

log = logging.getLogger(__name__)
BUDGET_BYTES = 512 * 1024**2
SPARE_BYTES = 2 * 1024**3  # a disk that is nearly full is left alone
KEPT = 2  # files that stay, of whichever models
_STAYS = "kept-"


@dataclass(frozen=True)
class SavedSlot:
    """One file: the prompt that begins it, and whose that is. One that `stays` is nobody's and outlives the engine."""

    file: str
    text: str
    owner: str
    stays: bool = False


@dataclass(frozen=True)
class SlotFiles:
    """The files in `folder`. Methods block, briefly; callers use a thread. Problems with the disk are logged and cost the head
    start only. `kind` tells caches that one engine can read from those of others; files that stay are found by it.
    """

    folder: Path
    budget_bytes: int = BUDGET_BYTES
    kind: str = ""

    def open(self) -> None:
        """Make the folder and delete what no living server needs."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.folder.chmod(0o700)
        except OSError as error:
            log.warning("The folder for KV caches cannot be used: %s", error)
            return
        for path in self.folder.glob("*.kv"):
            if not _in_use(path.name):
                self.delete(path.name)
        self.delete("index.json")  # of a version that kept the files from one day to the next

    def kept(self) -> list[SavedSlot]:
        """The files of this kind that stayed."""
        found = []
        for path in sorted(self.folder.glob(f"{_STAYS}{self.kind}-*.kv")) if self.kind else ():
            try:
                found.append(SavedSlot(path.name, path.with_suffix(".txt").read_text(encoding="utf-8"), "", stays=True))
            except OSError:  # its writing was cut short
                self.delete(path.name)
        return found

    def kept_name(self, label: str) -> str:
        """The name of a file that stays."""
        return f"{_STAYS}{self.kind}-{label}.kv"

    def keep(self, file: str, text: str) -> None:
        """Note the prompt of a file that stays. Of too many the oldest go. Raises OSError."""
        (self.folder / file).with_suffix(".txt").write_text(text, encoding="utf-8")
        files = sorted(self.folder.glob(f"{_STAYS}*.kv"), key=lambda path: path.stat().st_mtime)
        for path in files[:-KEPT]:
            self.delete(path.name)
            self.delete(path.with_suffix(".txt").name)

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

    def delete(self, file: str) -> None:
        """Delete one file, if it is there."""
        try:
            (self.folder / file).unlink(missing_ok=True)
        except OSError as error:
            log.warning("A KV cache could not be deleted: %s", error)


def default_folder() -> Path:
    """Where the files of this user's servers lie."""
    return Path(platformdirs.user_cache_dir("jupyter_qwen")) / "slots"


def _in_use(name: str) -> bool:
    """Whether a living process besides this one made a file, or it stays."""
    if name.startswith(_STAYS):
        return True
    made_by = name.partition("-")[0]
    return made_by.isdigit() and int(made_by) != os.getpid() and psutil.pid_exists(int(made_by))
