"""The parent's side of `zygote`: one warm process for one Python, started when first needed, replaced when it ends."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import queue
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from jupyter_qwen.schema.patience import STARVED

from .child import FOLDER_PREFIX
from .frames import FrameTooLong, read_frame, write_frame
from .limits import MEBIBYTE
from .process import WorkerStopped

START_SECONDS: Final = 90.0
#: The warm process ends when nothing was wanted of it for so long; shortly before, it is started anew rather than asked.
IDLE_SECONDS: Final = 1_200.0
_NEARLY_IDLE: Final = 0.9
_ANSWER_BYTES: Final = 2 * MEBIBYTE
_BOOT: Final = (
    "import sys, types; package = types.ModuleType('jupyter_qwen'); package.__path__ = [sys.argv[1]]; "
    "sys.modules['jupyter_qwen'] = package; from jupyter_qwen.worker.zygote import main; main(sys.argv[2])"
)
#: Kept of the environment: where some systems keep the libraries of Python itself.
_KEPT: Final = ("LD_LIBRARY_PATH", "SYSTEMROOT")


@dataclass(frozen=True)
class WarmPython:
    """Which Python to start, with which module's `prepare` and `run`; `libraries`: folders of modules beside its own."""

    executable: str
    module: str
    libraries: tuple[str, ...] = ()


@dataclass(frozen=True)
class JobLimits:
    """Of one job: seconds of its own processor time, bytes of addresses beyond those of the warm process, of its answer."""

    seconds: float = 2.0
    space_bytes: int = 1024 * MEBIBYTE
    answer_bytes: int = 256 * 1024


@dataclass(frozen=True)
class JobEnd:
    """How a job ended. `body` is what it wrote, unread and not to be trusted; `words` says by what it ended when not done."""

    end: Literal["done", "time", "output", "ended", "not started"]
    words: str
    body: bytes
    seconds: float
    processor_seconds: float = 0.0


class Unlockable(Exception):
    """On this system a process cannot be locked, so nothing runs. The message says why."""


class WarmProcess:
    """A warm process that runs each job in a locked copy of itself. Thread-safe: jobs wait for one another."""

    def __init__(self, python: WarmPython, cache: Path | None = None, idle_seconds: float = IDLE_SECONDS) -> None:
        self._python, self._cache, self._idle_seconds = python, cache, idle_seconds
        self._lock = threading.Lock()
        self._popen: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._answers: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._missing: str | None = None
        self._owner = os.getpid()
        self.used = time.monotonic()
        atexit.register(self.close)

    def run(self, payload: bytes, modules: tuple[str, ...], limits: JobLimits) -> JobEnd:
        """Run the job on `payload` with `modules` loaded.

        Raises Unlockable where no lock is to be had, and WorkerStopped when the warm process did not start or is gone.
        """
        with self._lock:
            if time.monotonic() - self.used > _NEARLY_IDLE * self._idle_seconds:
                self._end()
            self.used = time.monotonic()
            try:
                return self._run(payload, modules, limits)
            except (OSError, WorkerStopped, KeyError, ValueError) as error:
                words = self._last_words()
                self._end()
                raise WorkerStopped(f"The process for trials ended. {error} {words}".strip()) from error

    def warm(self, modules: tuple[str, ...] = ()) -> None:
        """Start it and load `modules`, blocking. Raises as `run`."""
        self.run(b"", modules, JobLimits())

    @property
    def pid(self) -> int | None:
        return self._popen.pid if self._popen is not None else None

    def close(self) -> None:
        """End the process. A later job starts another."""
        with self._lock:
            self._end()

    def _run(self, payload: bytes, modules: tuple[str, ...], limits: JobLimits) -> JobEnd:
        process = self._running()
        assert process.stdin is not None
        head = {
            "modules": list(modules), "seconds": limits.seconds, "space_bytes": limits.space_bytes,
            "answer_bytes": min(limits.answer_bytes, _ANSWER_BYTES),
        }  # fmt: skip
        write_frame(process.stdin, json.dumps(head).encode())
        write_frame(process.stdin, payload)
        until = time.monotonic() + START_SECONDS + STARVED * limits.seconds
        told = json.loads(self._answer(until))
        body = self._answer(until)
        used = float(told.get("processor_seconds", 0.0))
        return JobEnd(told["end"], told["words"], body, float(told["seconds"]), used)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid():  # a fork: the process is the parent's
            self._popen, self._folder, self._owner = None, None, os.getpid()
        if self._popen is not None and self._popen.poll() is not None:
            self._end()
        if self._popen is None:
            self._popen = self._started()
            told = json.loads(self._answer(time.monotonic() + START_SECONDS))
            self._missing = str(told["missing"])
        if self._missing:
            raise Unlockable(self._missing)
        return self._popen

    def _started(self) -> subprocess.Popen[bytes]:
        self._folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX))
        wanted = {
            "module": self._python.module,
            "libraries": self._python.libraries,
            "idle_seconds": self._idle_seconds,
        }
        settings = json.dumps(wanted)
        with (self._folder / "errors.txt").open("wb") as errors:
            process = subprocess.Popen(
                [self._python.executable, "-I", "-B", "-X", "utf8", "-c", _BOOT, str(Path(__file__).parents[1]), settings],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, cwd=self._folder,
                env=self._environment(self._folder), start_new_session=True,
            )  # fmt: skip
        self._answers = queue.SimpleQueue()
        threading.Thread(target=_listen, args=(process, self._answers), name="jupyter-qwen-trials", daemon=True).start()
        return process

    def _environment(self, folder: Path) -> dict[str, str]:
        """Nothing of the server's; libraries that would start a thread for each core start none."""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        cache = self._cache or folder
        return {
            **kept, "HOME": str(folder), "TMPDIR": str(folder), "MPLCONFIGDIR": str(cache), "MPLBACKEND": "Agg",
            "MALLOC_ARENA_MAX": "1", "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
            "MKL_NUM_THREADS": "1", "NUMEXPR_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1", "LANG": "C.UTF-8",
        }  # fmt: skip

    def _answer(self, until: float) -> bytes:
        try:
            body = self._answers.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            raise WorkerStopped("It did not answer.") from None
        if body is None:
            raise WorkerStopped("It is gone.")
        return body

    def _last_words(self) -> str:
        try:
            assert self._folder is not None
            words = (self._folder / "errors.txt").read_text("utf-8", "replace").strip().splitlines()[-1:]
        except (OSError, AssertionError):
            return ""
        return " ".join(words)[:300]

    def _end(self) -> None:
        if self._popen is not None and self._owner == os.getpid():
            with contextlib.suppress(OSError):
                assert self._popen.stdin is not None
                self._popen.stdin.close()
            self._popen.kill()
            self._popen.wait()
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
        self._popen, self._folder = None, None


def _listen(process: subprocess.Popen[bytes], answers: queue.SimpleQueue[Any]) -> None:
    stream = process.stdout
    assert stream is not None
    with stream, contextlib.suppress(OSError, FrameTooLong):
        while (body := read_frame(stream, 2 * _ANSWER_BYTES)) is not None:
            answers.put(body)
    answers.put(None)
