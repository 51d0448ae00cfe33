"""One file brought here: the sources in order, resume, the digest, the disk's room, one process at a time."""

from __future__ import annotations

import contextlib
import errno
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import AcquireReturnProxy, FileLock, Timeout

from jupyter_qwen.models.digests import git_sha1_of, sha256_of
from jupyter_qwen.models.entries import MIB, GgufFile
from jupyter_qwen.models.errors import NoSpace, PullCancelled, SourcesFailed, SourceUnavailable
from jupyter_qwen.models.progress import Cancelled, Meter, Phase
from jupyter_qwen.models.sources import Fetch, WeightSource

FOLDER_VARIABLE = "JUPYTER_QWEN_MODELS"
SPARE_BYTES = 200 * MIB
# on_step(phase, bytes done of this file, bytes of this file or 0, source)
OnStep = Callable[[Phase, int, int, str], None]


@dataclass(frozen=True)
class Fetched:
    """A file that is here under its final name, with its digest."""

    path: Path
    sha256: str


def fetch_file(
    file: GgufFile, partial: Path, final: Path, *, sources: Sequence[WeightSource], on_step: OnStep, stop: Cancelled
) -> Fetched:
    """Bring `file` to `final` by way of `partial`, which keeps what a stopped attempt had.

    Raises PullCancelled, or SourcesFailed with the reason of every source; its hint is for the caller to write.
    """
    reasons: list[tuple[str, str]] = []
    for source in sources:

        def on_bytes(done: int, total: int, name: str = source.name) -> None:
            on_step("downloading", done, total, name)

        try:
            stated = source.append(Fetch(file, partial, on_bytes, stop))
            digest = _checked(file, partial, on_step, stop, source.name, stated)
        except SourceUnavailable as error:
            reasons.append((source.name, str(error)))
            continue
        partial.replace(final)
        return Fetched(final, digest)
    raise SourcesFailed("; ".join(f"{name}: {reason}" for name, reason in reasons), "", tuple(reasons))


def _checked(file: GgufFile, partial: Path, on_step: OnStep, stop: Cancelled, source: str, stated: str | None) -> str:
    """The digest of the joined file. A wrong one is thrown away: going on from it could never succeed."""
    size = partial.stat().st_size
    digest = sha256_of(partial, on_bytes=lambda done: on_step("verifying", done, size, source), cancelled=stop)
    expected, found = file.sha256 or stated, digest
    if expected is None and file.git_sha1 is not None:
        expected, found = file.git_sha1, git_sha1_of(partial)
    if (expected is not None and found != expected) or (file.bytes is not None and size != file.bytes):
        partial.unlink()
        raise SourceUnavailable(
            f"{file.name} came with {size:,} bytes and digest {found[:12]}…, "
            f"it must be {(expected or 'unknown')[:12]}…; it was thrown away"
        )
    return digest


def check_space(folder: Path, name: str, needed_bytes: int) -> None:
    """Raise NoSpace when the disk has too little room for what is still to come."""
    needed, free = needed_bytes + SPARE_BYTES, shutil.disk_usage(folder).free
    if free < needed:
        raise NoSpace(
            f"{folder} has {free / MIB:,.0f} MB free; {name} needs {needed / MIB:,.0f} MB.",
            f"Free some space, or set {FOLDER_VARIABLE} to a folder on a larger disk.",
        )


@contextlib.contextmanager
def full_disk_told(folder: Path) -> Iterator[None]:
    """Turns a disk, or a quota, that became full in mid-download into NoSpace. What was fetched stays."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise NoSpace(
            f"The disk of {folder} became full during the download.",
            f"Free some space and start it again: it goes on where it stopped. Or set {FOLDER_VARIABLE} to a folder on a "
            "larger disk.",
        ) from error


def hold_lock(
    lock_file: Path, meter: Meter, stop: Cancelled, *, so_far: Callable[[], int], total: int
) -> AcquireReturnProxy[Any]:
    """The lock of one download, taken; leaving the context releases it. Waits while another process downloads.

    Raises PullCancelled.
    """
    lock = FileLock(lock_file, thread_local=False)
    while True:
        try:
            return lock.acquire(timeout=0.5)
        except Timeout:
            if stop():
                raise PullCancelled("Waiting for another process's download was stopped.") from None
            meter.update(so_far(), total, source="another process downloads it", phase="waiting")
