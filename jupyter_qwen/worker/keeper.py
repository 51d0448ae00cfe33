"""Keeps one worker for as long as this process lives: started when first needed, replaced as soon as it was killed."""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
from typing import Any, Final

from .limits import WorkerLimits
from .process import Process, WorkerStopped

#: The part of its memory from which on a worker is replaced between two jobs.
_GROWN: Final = 0.6


class Keeper:
    """One worker for the jobs of a module. Thread-safe: jobs wait for one another, and their time begins when they start."""

    def __init__(self, jobs: str, limits: WorkerLimits | None = None) -> None:
        self._jobs, self._limits = jobs, limits or WorkerLimits()
        self._lock = threading.Lock()
        self._process: Process | None = None
        self._owner = os.getpid()
        atexit.register(self.close)

    def call(self, job: str, arguments: str, seconds: float) -> Any:
        """What `job` returns for `arguments` (a JSON object). Raises WorkerStopped and WorkerFailed as `Process.call`.

        A worker that cannot be started, as on a full disk, is one that stopped: the next call tries again.
        A worker that died while idle is replaced unseen; one that was stopped is replaced at once, so that the next job
        finds it starting. So is one that has grown: what it holds would be missing to a query that does nothing wrong.
        """
        with self._lock:
            process = self._running()
            try:
                found = process.call(job, arguments, seconds)
            except WorkerStopped:
                self._replace(process)
                raise
            if process.memory_bytes > _GROWN * self._limits.memory_bytes:
                self._replace(process)
            return found

    def warm(self) -> None:
        """Start the worker when there is none, without waiting for it to be ready."""
        if self._lock.acquire(blocking=False):  # whoever holds it has a worker
            try:
                with contextlib.suppress(WorkerStopped):  # the job that needs it tells
                    self._running()
            finally:
                self._lock.release()

    def close(self) -> None:
        """End the worker. A later call starts another."""
        with self._lock:
            if self._process is not None and self._owner == os.getpid():
                self._process.kill()
            self._process = None

    @property
    def pid(self) -> int | None:
        """The worker's process, when there is one."""
        return self._process.pid if self._process is not None else None

    def _replace(self, process: Process) -> None:
        process.kill()
        self._process = None
        with contextlib.suppress(WorkerStopped):  # the next job tells
            self._running()

    def _running(self) -> Process:
        if self._owner != os.getpid():  # a fork: the worker is the parent's
            self._process, self._owner = None, os.getpid()
        if self._process is not None and not self._process.alive:
            self._process.kill()
            self._process = None
        if self._process is None:
            try:
                self._process = Process(self._jobs, self._limits)
            except OSError as error:
                raise WorkerStopped(f"The checking process could not be started: {error}.") from error
        return self._process
