"""One worker process: how it is started, asked, timed and killed."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import psutil

from jupyter_qwen.schema.patience import LOOK_SECONDS, SERVED, STARVED

from .child import FOLDER_PREFIX
from .frames import FrameTooLong, read_frame, write_frame
from .limits import HELD_BY_KERNEL, WorkerLimits

START_SECONDS: Final = 60.0
SEND_SECONDS: Final = 60.0
_BOOT: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from jupyter_qwen.worker.child import main; main(sys.argv[2])"
)
#: Kept of the environment: where some systems keep the libraries of Python itself, and what Windows cannot start without.
_KEPT: Final = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")


class WorkerStopped(Exception):
    """The job was not finished: it was killed, ran out of memory or took its process with it. The message says which."""


class WorkerFailed(Exception):
    """A job raised an error; the message has its words."""


class Process:
    """A child that does the jobs of the module `jobs`. One job at a time; not thread-safe."""

    def __init__(self, jobs: str, limits: WorkerLimits) -> None:
        self._limits = limits
        self._folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX))
        settings = json.dumps({"module": jobs, "limits": asdict(limits)})
        with (self._folder / "errors.txt").open("wb") as errors:
            self._popen = subprocess.Popen(
                [sys.executable, "-I", "-S", "-X", "utf8", "-c", _BOOT, json.dumps(_import_path()), settings],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, cwd=self._folder,
                env=_environment(),
                start_new_session=True, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )  # fmt: skip
        self._answers: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._ready = False
        threading.Thread(target=self._listen, name="jupyter-qwen-worker", daemon=True).start()

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def alive(self) -> bool:
        return self._popen.poll() is None

    @property
    def memory_bytes(self) -> int:
        """What it holds of the machine's memory; 0 when it is gone."""
        try:
            return int(psutil.Process(self.pid).memory_info().rss)
        except psutil.Error:
            return 0

    def call(self, job: str, arguments: str, seconds: float) -> Any:
        """What `job` returns for `arguments` (a JSON object), at most about `seconds` after it is ready.

        Raises WorkerStopped when the process had to be killed or ended, and WorkerFailed when the job raised an error.
        """
        if not self._ready:
            self._start()
        assert self._popen.stdin is not None
        unread = threading.Timer(SEND_SECONDS, self._popen.kill)  # a child that reads no more, whatever the reason
        unread.start()
        try:
            write_frame(self._popen.stdin, f'{{"job": {json.dumps(job)}, "arguments": {arguments}}}'.encode())
        except OSError as error:
            raise WorkerStopped(self._last_words()) from error
        finally:
            unread.cancel()
        answer = self._answer(seconds)
        if "stopped" in answer:
            raise WorkerStopped(answer["stopped"])
        if "raised" in answer:
            raise WorkerFailed(answer["raised"])
        return answer["value"]

    def kill(self) -> None:
        """End the process at once and remove its folder."""
        if self._popen.stdin is not None:
            with contextlib.suppress(OSError):
                self._popen.stdin.close()
        self._popen.kill()
        self._popen.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> None:
        try:
            self._answer(START_SECONDS)
        except WorkerStopped as error:
            raise WorkerStopped(f"The checking process did not start. {self._last_words()}") from error
        self._ready = True

    def _answer(self, seconds: float) -> dict[str, Any]:
        """The next answer. A process that got less than its time on a busy machine is waited for up to four times as long."""
        started, used = time.monotonic(), self._processor_seconds()
        while True:
            elapsed = time.monotonic() - started
            if elapsed >= seconds and (
                elapsed >= seconds * STARVED or self._processor_seconds() - used >= SERVED * seconds
            ):
                self.kill()
                raise WorkerStopped(f"It was stopped after {elapsed:.1f} s.")
            wait = max(0.01, seconds - elapsed) if elapsed < seconds else LOOK_SECONDS
            try:
                body = self._answers.get(timeout=wait if HELD_BY_KERNEL else min(wait, LOOK_SECONDS))
            except queue.Empty:
                self._watch_memory()
                continue
            if body is None:
                raise WorkerStopped(self._last_words())
            found: dict[str, Any] = json.loads(body)
            return found

    def _processor_seconds(self) -> float:
        try:
            times = psutil.Process(self.pid).cpu_times()
        except psutil.Error:
            return 0.0
        return float(times.user + times.system)

    def _watch_memory(self) -> None:
        """Where no kernel holds the limit on memory, look at it while waiting."""
        if HELD_BY_KERNEL:
            return
        with contextlib.suppress(psutil.Error):
            if psutil.Process(self.pid).memory_info().rss > self._limits.memory_bytes:
                self.kill()
                raise WorkerStopped("It needed more memory than it may have.")

    def _last_words(self) -> str:
        """Why the process ended, in a sentence."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(1)
        try:
            words = (self._folder / "errors.txt").read_text("utf-8", "replace").strip().splitlines()[-1:]
        except OSError:
            words = []
        return " ".join([f"The checking process ended ({self._popen.poll()}).", *words])

    def _listen(self) -> None:
        stream = self._popen.stdout
        assert stream is not None
        with stream, contextlib.suppress(OSError, FrameTooLong):
            while (body := read_frame(stream, self._limits.answer_bytes)) is not None:
                self._answers.put(body)
        self._answers.put(None)


def _environment() -> dict[str, str]:
    """Nothing of the server's, and one arena for glibc's allocator, which else reserves 64 MB of addresses for every thread."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "MALLOC_ARENA_MAX": "1"}


def _import_path() -> list[str]:
    """Where this process finds its modules, without the folder it happens to run in."""
    package = str(Path(__file__).parents[2])
    return [package, *(folder for folder in sys.path if folder and folder != package and Path(folder).is_absolute())]
