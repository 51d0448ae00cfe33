"""Whether weights are what was published: one file, or every file of a folder, hashed once and remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jupyter_qwen.models.digests import DigestMemory, sha256_of
from jupyter_qwen.models.entries import ModelEntry
from jupyter_qwen.models.folders import hash_files, recorded_files
from jupyter_qwen.models.progress import Cancelled, Meter, OnProgress


@dataclass(frozen=True)
class Verification:
    """The outcome of hashing: for each file its name, the digest found, the digest recorded (``None``: nobody has)."""

    path: Path
    files: tuple[tuple[str, str, str | None], ...]

    @property
    def intact(self) -> bool:
        """Whether it may be used: each digest agrees, or there is none to compare with."""
        return not self.damaged

    @property
    def damaged(self) -> tuple[str, ...]:
        """Names of the files whose digest is another one."""
        return tuple(name for name, found, expected in self.files if expected is not None and found != expected)


class Verifier:
    """Knows the digests that files must have, and those that they had when they were last hashed."""

    def __init__(self, memory: DigestMemory) -> None:
        self._memory = memory

    def known_good(
        self, entry: ModelEntry, path: Path, on_progress: OnProgress | None, cancelled: Cancelled | None
    ) -> bool:
        """Whether every digest agrees; files are hashed only when their size or time changed since the last time."""
        stale = {
            name: digest
            for name, digest in self._expected(entry, path).items()
            if digest is not None and not self._remembered(path / name, digest)
        }
        if stale and not _size_can_be_right(entry, path):
            return False
        found = self._hashes(path, list(stale), on_progress, cancelled)
        return all(found[name] == digest for name, digest in stale.items())

    def verify(
        self, entry: ModelEntry, path: Path, on_progress: OnProgress | None, cancelled: Cancelled | None
    ) -> Verification:
        """Hash everything, whatever is remembered."""
        expected = self._expected(entry, path)
        found = self._hashes(path, list(expected), on_progress, cancelled)
        return Verification(path, tuple((name, found[name], expected[name]) for name in expected))

    def remember(self, path: Path) -> None:
        """What was recorded for a folder when it was pulled holds for it: it was hashed then."""
        for name, digest in recorded_files(path).items():
            self._memory.remember(path / name, digest)

    def _expected(self, entry: ModelEntry, path: Path) -> dict[str, str | None]:
        """What each file's digest must be; a single file has the name "", which joined to its path is the path."""
        if path.is_dir():
            return dict(recorded_files(path)) or {file.name: None for file in sorted(path.glob("*.safetensors"))}
        return {"": entry.gguf.sha256 if entry.gguf else None}

    def _remembered(self, file: Path, digest: str) -> bool:
        return file.is_file() and self._memory.recall(file) == digest

    def _hashes(
        self, path: Path, names: Sequence[str], on_progress: OnProgress | None, cancelled: Cancelled | None
    ) -> dict[str, str]:
        meter = Meter(on_progress)
        if path.is_dir():
            found = hash_files(path, names, meter, cancelled)
        else:
            size = path.stat().st_size

            def on_bytes(done: int) -> None:
                meter.update(done, size, source=str(path), phase="verifying")

            found = {name: sha256_of(path, on_bytes=on_bytes, cancelled=cancelled) for name in names}
        for name, digest in found.items():
            if digest:
                self._memory.remember(path / name, digest)
        return found


def _size_can_be_right(entry: ModelEntry, path: Path) -> bool:
    recorded = entry.gguf.bytes if entry.gguf else None
    return path.is_dir() or recorded is None or path.stat().st_size == recorded
