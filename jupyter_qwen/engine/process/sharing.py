"""Which engine processes this user's Jupyter servers run, so that a second server uses the first one's model.

One file an engine in Jupyter's runtime folder, readable by its user alone: address, key and what runs there. Beside it one
empty file a guest, whose time says when the guest last used the engine; the owner does not unload what a guest uses.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import platform
import stat
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil
from filelock import FileLock, Timeout
from jupyter_core.paths import jupyter_runtime_dir

from jupyter_qwen.engine.choice import EngineChoice
from jupyter_qwen.version import version

log = logging.getLogger(__name__)
POLL_SECONDS = 0.1
PREFIX = "jupyter_qwen-engine-"
PACKAGE = str(Path(__file__).parent.parent)


@dataclass(frozen=True)
class Shared:
    """An engine process that other servers of the same user may use. The key never appears in a `repr`."""

    child_pid: int
    child_began: float
    server_pid: int
    host: str
    url: str
    key: str = field(repr=False)
    device: str
    engine: str
    weights: str
    label: str
    context_tokens: int
    threads: int
    dtype: str
    version: str
    package: str

    @property
    def alive(self) -> bool:
        """Whether that very process still runs: its number may have been given to another one."""
        try:
            return abs(_began(self.child_pid) - self.child_began) < 1.0
        except psutil.Error:
            return False


class Registry:
    """The folder of those files. Everything here takes microseconds: files of a few hundred bytes."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(jupyter_runtime_dir())
        self._heard: dict[str, tuple[int, float]] = {}  # of each guest its file's time, and our clock when that was new

    def publish(
        self, choice: EngineChoice, weights: str, *, pid: int, url: str, key: str, device: str, dtype: str
    ) -> Shared:
        """Tell the user's other servers of a child that is ready."""
        shared = Shared(
            child_pid=pid, child_began=_began(pid), server_pid=os.getpid(), host=host(), url=url, key=key,
            device=device, engine=choice.engine, weights=weights, label=choice.model.label if choice.model else "a script",
            context_tokens=choice.context_tokens or 0, threads=choice.threads, dtype=dtype, version=version, package=PACKAGE,
        )  # fmt: skip
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self.folder / f".{PREFIX}{pid}.tmp"
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(asdict(shared), file)
        fresh.replace(self._file(pid))
        return shared

    def withdraw(self, pid: int) -> None:
        """The child is about to end. Its guests' files go too."""
        self._file(pid).unlink(missing_ok=True)
        for lease in self.folder.glob(f"{PREFIX}{pid}-guest-*"):
            lease.unlink(missing_ok=True)

    def find(self, choice: EngineChoice, weights: str) -> tuple[Shared | None, str]:
        """Another server's engine that can answer for `choice`, and a sentence: whose it is, or why none is shared."""
        why_not = ""
        for shared in self.others():
            obstacle = _obstacle(shared, choice, weights)
            if not obstacle:
                return shared, f"The model is shared with your Jupyter server of process {shared.server_pid}."
            why_not = f"Your Jupyter server of process {shared.server_pid} {obstacle}; this one runs its own engine."
        return None, why_not

    def others(self) -> Iterator[Shared]:
        """Engines of this user's other servers on this machine that still run. Files of dead ones are removed."""
        for file in sorted(self.folder.glob(f"{PREFIX}*.json")):
            shared = _read(file)
            if shared is None or shared.host != host() or shared.server_pid == os.getpid():
                continue
            if shared.alive:
                yield shared
            else:
                self.withdraw(shared.child_pid)

    def lease(self, shared: Shared) -> None:
        """Say that this server uses a shared engine now."""
        with contextlib.suppress(OSError):  # at worst the owner unloads it, and this server starts its own
            if self._file(shared.child_pid).is_file():
                self._guest(shared.child_pid).touch(mode=0o600)

    def release(self, shared: Shared) -> None:
        """This server no longer uses it."""
        self._guest(shared.child_pid).unlink(missing_ok=True)

    def last_use_by_guests(self, pid: int) -> float | None:
        """Seconds since a guest that still runs last used our child, to our knowledge; ``None`` without guests.

        A guest's file is only compared with itself: the machine's clock may be set back.
        """
        ages = []
        for lease in self.folder.glob(f"{PREFIX}{pid}-guest-*"):
            guest = lease.name.rpartition("-")[2]
            if guest.isdigit() and psutil.pid_exists(int(guest)):
                with contextlib.suppress(FileNotFoundError):  # it left this moment
                    touched, now = lease.stat().st_mtime_ns, time.monotonic()
                    if self._heard.get(lease.name, (0, now))[0] != touched:
                        self._heard[lease.name] = (touched, now)
                    ages.append(now - self._heard[lease.name][1])
            else:
                lease.unlink(missing_ok=True)
        return min(ages, default=None)

    def _file(self, pid: int) -> Path:
        return self.folder / f"{PREFIX}{pid}.json"

    def _guest(self, pid: int) -> Path:
        return self.folder / f"{PREFIX}{pid}-guest-{os.getpid()}"


def identity(*paths: str | Path | None) -> str:
    """What tells one set of weights (or a script) from another: where the files lie, their sizes and times."""
    files = [
        file for path in (Path(name).expanduser() for name in paths if name is not None)
        for file in (sorted(path.glob("*.safetensors")) if path.is_dir() else [path])
    ]  # fmt: skip
    return "|".join(f"{file.resolve()}:{file.stat().st_size}:{file.stat().st_mtime_ns}" for file in files)


def host() -> str:
    """This machine since it was started, and this container: home folders are shared between machines, processes are not."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:  # only Linux has one; there the time of the start moves with the clock
        boot = str(int(psutil.boot_time()))
    return f"{platform.node()}:{boot}"


def _began(pid: int) -> float:
    """When a process began, in a way that stays when the clock is set: on Linux that is told since the machine's start."""
    began = psutil.Process(pid).create_time()
    return began - psutil.boot_time() if sys.platform == "linux" else began


@contextlib.asynccontextmanager
async def alone(file: Path, on_wait: Callable[[], object], timeout_seconds: float) -> AsyncIterator[None]:
    """One server of this user at a time looks for an engine and starts one. Gives up waiting after the timeout."""
    # Its user alone may open it: whoever opens a file may lock it, and this server would wait.
    lock, waited = FileLock(file, mode=0o600, thread_local=False), 0.0
    while True:
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock.acquire(timeout=0)
            break
        except Timeout:
            if waited == 0:
                on_wait()
            if waited >= timeout_seconds:
                break
            waited += POLL_SECONDS
            await asyncio.sleep(POLL_SECONDS)
        except (OSError, NotImplementedError) as error:  # a folder that cannot be written, or a disk without locks
            log.info("Engines cannot be shared: %s", error)
            break
    try:
        yield
    finally:
        lock.release()


def _obstacle(shared: Shared, choice: EngineChoice, weights: str) -> str:
    if (shared.version, shared.package) != (version, PACKAGE):
        return "runs another installation of jupyter_qwen"
    if shared.engine != choice.engine:
        return f"runs the {shared.engine} engine"
    if shared.weights != weights:
        return f"runs another model, {shared.label}"
    if shared.context_tokens != (choice.context_tokens or 0):
        return f"runs it with {shared.context_tokens:,} tokens of context"
    if shared.threads != choice.threads:
        return f"runs it on {shared.threads} threads"
    return ""


def _read(file: Path) -> Shared | None:
    """The record in a file that only its owner could have written; ``None`` for anything else.

    Prompts go to the address in it: a file that somebody else may write is not believed.
    """
    try:
        facts = file.stat()
        if hasattr(os, "getuid") and (facts.st_uid != os.getuid() or facts.st_mode & (stat.S_IRWXG | stat.S_IRWXO)):
            return None
        data: Any = json.loads(file.read_text(encoding="utf-8"))
        return Shared(**data)
    except (OSError, ValueError, TypeError):  # gone this moment, cut short, or written by another version
        return None
