"""One child process: started with a secret on its standard input, watched by a thread, stopped for certain.

Threads and plain pipes rather than asyncio's subprocesses: Jupyter on Windows runs an event loop that has none.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs
import psutil

from jupyter_qwen.engine.base import EngineUnavailable

log = logging.getLogger(__name__)
STOP_SECONDS = 3.0
# GNU OpenMP lets a thread that waits for another spin for milliseconds, at some hundred barriers a token. Beside any busy program
# (a browser is enough) both may stand on one core: then the spinning thread keeps the one that it waits for from running. With
# 1,500 turns, some microseconds, an idle machine loses 1 % or less and a busy one decodes many times as fast. 1,000 lose about
# 1 % more on the idle one (docs/explanation/log.md), 2,000 a tenth on the busy one (benchmarks/busy_machine.py,
# docs/reference/engines.md).
SHORT_WAITS = {"GOMP_SPINCOUNT": "1500"}
USERS_OWN = ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")
LOG_DAYS = 7


@dataclass(frozen=True)
class Ready:
    """What a child says once it serves: its address, what computes there, the weights' precision where it knows that."""

    url: str
    device: str
    dtype: str = ""


class ChildFailed(EngineUnavailable):
    """The child said `failed`, or ended before it was ready."""


class ChildProcess:
    """A running child. `key` is made here and handed over on standard input; it is never an argument or in the environment.

    `environment` is added to this process's own. `log` is ``None`` where none can be written. Raises ChildFailed.
    """

    def __init__(
        self,
        module: str,
        settings: dict[str, Any],
        *,
        log_folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.key = secrets.token_urlsafe(32)
        self.ready: Future[Ready] = Future()
        self.exited: Future[int] = Future()
        for future in (self.ready, self.exited):
            future.set_running_or_notify_cancel()  # a waiter that is cancelled must not cancel what others wait for
        self.log = _log_file(log_folder)
        with contextlib.ExitStack() as stack:
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", module],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=stack.enter_context(self.log.open("ab")) if self.log else subprocess.DEVNULL,
                    env={**os.environ, **(environment or {})},
                    # `-m` puts the working folder on sys.path: a notebook folder with a random.py in it must not be that.
                    cwd=Path(__file__).parent.parent.parent,
                    start_new_session=True,  # Ctrl-C in the terminal asks Jupyter, it does not hit the engine
                )
            except OSError as error:  # no memory or no number left for another process
                raise ChildFailed(f"The engine's process could not be started: {error}.") from error
        threading.Thread(target=self._watch, name=f"watch-{module}", daemon=True).start()
        line = json.dumps({**settings, "key": self.key}) + "\n"
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it died at once; the watcher reports how
            self._process.stdin.write(line.encode())
            self._process.stdin.flush()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit code, negative for a signal; ``None`` while it runs."""
        return self._process.poll()

    def end(self) -> tuple[str, str]:
        """Its end in one sentence, and the way out."""
        return death(self.returncode or 0)

    async def wait_ready(self, timeout_seconds: float) -> Ready:
        """Wait for the child's `ready`. Raises ChildFailed."""
        try:
            return await asyncio.wait_for(asyncio.wrap_future(self.ready), timeout_seconds)
        except asyncio.TimeoutError:
            raise ChildFailed(
                f"The engine was not ready after {timeout_seconds:.0f} seconds.", self._where_log()
            ) from None

    async def stop(self, *, at_once: bool = False) -> None:
        """End the child: by closing its input, else, or with `at_once`, by force. Returns when it is gone."""
        waiter = asyncio.wrap_future(self.exited)
        self._close_input()
        if not at_once:
            await asyncio.wait({waiter}, timeout=STOP_SECONDS)
        if not waiter.done():
            self.kill()
            await waiter

    def kill(self) -> None:
        """End the child, and what it has started, now and without waiting: for interpreter exit and tests."""
        self._close_input()
        if self._process.poll() is None:
            _kill_group(self._process.pid)
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    def _close_input(self) -> None:
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()

    def _watch(self) -> None:
        """Read the child's announcements until its output ends, then collect its exit code. Whatever happens, `exited` is set."""
        failed = ""
        try:
            assert self._process.stdout is not None
            with self._process.stdout as lines:
                for line in lines:
                    failed = self._heard(line) or failed
        except Exception:
            log.exception("An engine's announcements could not be read")
            self.kill()
        finally:
            code = self._process.wait()
            if not self.ready.done():
                sentence, hint = (f"The engine could not start: {failed}", "") if failed else death(code)
                self.ready.set_exception(ChildFailed(sentence, hint or self._where_log()))
            self.exited.set_result(code)

    def _heard(self, line: bytes) -> str:
        """Take an announcement; what failed, if it says so."""
        try:
            event = json.loads(line)
            kind = event["event"]
            if kind == "ready" and not self.ready.done():
                self.ready.set_result(Ready(event["url"], event.get("device", ""), event.get("dtype") or ""))
            return str(event["message"]) if kind == "failed" else ""
        except (ValueError, KeyError, TypeError):  # a library of the child's that writes where only we should
            log.warning("An engine wrote what is no announcement: %.200r", line)
            return ""

    def _where_log(self) -> str:
        return f"Its log: {self.log}" if self.log else ""


def _kill_group(pid: int) -> None:
    """End a child's session, which holds what it has started; on Windows its children, one by one."""
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        return
    with contextlib.suppress(psutil.Error):
        for started in psutil.Process(pid).children(recursive=True):
            started.kill()


def short_waits() -> Mapping[str, str]:
    """What keeps llama.cpp's threads from spinning in each other's way; nothing where the user has decided."""
    return {} if any(name in os.environ for name in USERS_OWN) else SHORT_WAITS


def death(code: int) -> tuple[str, str]:
    """A child's end in one sentence, and the way out."""
    again = "Ask again: the engine starts anew. A smaller model or a shorter context needs less memory."
    if code == -getattr(signal, "SIGKILL", 9):
        return "The engine was killed, most likely because the machine ran out of memory.", again
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = str(-code)
        return f"The engine crashed ({name}).", "Ask again: the engine starts anew."
    return f"The engine stopped with exit code {code}.", "Ask again: the engine starts anew."


def _log_file(folder: Path | None) -> Path | None:
    """The log file for this process's children; ``None``, and a warning, where none can be written: that costs no answer.

    Old ones go. It holds llama.cpp's warnings, never prompts or keys.
    """
    folder = folder or Path(platformdirs.user_log_dir("jupyter_qwen"))
    file = folder / f"engine-{os.getpid()}.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    except OSError as error:
        log.warning("The engine runs without a log: %s", error)
        return None
    for old in folder.glob("engine-*.log"):
        with contextlib.suppress(OSError):  # another process's cleaning was faster
            if time.time() - old.stat().st_mtime > LOG_DAYS * 86_400:
                old.unlink()
    return file
