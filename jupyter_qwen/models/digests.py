"""SHA-256 of large files, remembered by size and modification time so that a start does not read 1 GB again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

from jupyter_qwen.models.errors import PullCancelled

BLOCK_BYTES = 4 * 1024 * 1024


def sha256_of(
    path: Path, *, on_bytes: Callable[[int], None] | None = None, cancelled: Callable[[], bool] | None = None
) -> str:
    """The hex digest of the file. `on_bytes` hears how many bytes were read so far. Raises PullCancelled, OSError."""
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            if cancelled is not None and cancelled():
                raise PullCancelled("Checking the file was stopped.")
            digest.update(block)
            done += len(block)
            if on_bytes is not None:
                on_bytes(done)
    return digest.hexdigest()


class DigestMemory:
    """Digests by path, valid while size and mtime (ns) stay the same. Kept as a small JSON file next to the models."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def recall(self, path: Path) -> str | None:
        """The digest known for the file as it is now, or ``None``."""
        stat = path.stat()
        known = self._read().get(str(path.resolve()))
        if isinstance(known, dict) and known.get("size") == stat.st_size and known.get("mtime_ns") == stat.st_mtime_ns:
            digest = known.get("sha256")
            return digest if isinstance(digest, str) else None
        return None

    def remember(self, path: Path, sha256: str) -> None:
        """Keep the digest of the file as it is now. A folder that cannot be written costs only the next start's time."""
        stat = path.stat()
        known = self._read()
        known = {name: value for name, value in known.items() if Path(name).exists()}
        known[str(path.resolve())] = {"size": stat.st_size, "mtime_ns": stat.st_mtime_ns, "sha256": sha256}
        fresh = self._file.with_suffix(f".{os.getpid()}.tmp")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(json.dumps(known, indent=1), encoding="utf-8")
            fresh.replace(self._file)
        except PermissionError:
            return

    def _read(self) -> dict[str, object]:
        try:
            data = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # no file yet, or one that a full disk cut short: the digest is computed again
            return {}
        return data if isinstance(data, dict) else {}


def git_sha1_of(path: Path) -> str:
    """The id that git, and so the Hub, gives a small file: SHA-1 of ``blob <size>\\0`` and the content. Raises OSError."""
    data = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
