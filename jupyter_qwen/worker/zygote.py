"""A process that stays warm and forks: every job runs in a fresh copy of it, locked, timed and ended.

It is started with the Python of a user's kernel, whose libraries a trial needs, so it is standard library only. It never
runs what it is given; the copy does, after `confinement.lock`, and has nothing of this process but one pipe to write to.
What comes out of that pipe is handed on as bytes: nobody here reads it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import shutil
import signal
import sys
import time
from typing import Any, BinaryIO

from jupyter_qwen.schema.patience import LOOK_SECONDS, SERVED, STARVED

from .confinement.lock import Means, lock, missing, open_doors
from .frames import read_frame, write_frame

_REQUEST_BYTES = 64 * 1024 * 1024
_AFTER_END_SECONDS = 0.2


def main(settings: str) -> None:
    """Serve until the pipe ends. `settings` is JSON: the module of the job, the libraries' folders beside the usual ones."""
    wanted = json.loads(settings)
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    why_not = missing()
    sys.path += [path for path in wanted["libraries"] if path not in sys.path]
    libraries = _libraries(wanted["libraries"])
    job: Any = importlib.import_module(wanted["module"]) if not why_not else None
    if not why_not:
        probe = _ended(_forked(_doors, b"", libraries, Means(1 << 28, 5.0)), 5.0, 1 << 16, requests)
        why_not = _why_not(probe)
    _tell(answers, {"missing": why_not})
    try:
        _serve(job, requests, answers, libraries, wanted["idle_seconds"])
    finally:
        if os.path.basename(os.getcwd()).startswith("jupyter-qwen-"):  # when the parent is gone, nobody else removes it
            shutil.rmtree(os.getcwd(), ignore_errors=True)


def _serve(job: Any, requests: BinaryIO, answers: BinaryIO, libraries: list[str], idle_seconds: float) -> None:
    while select.select([requests], [], [], idle_seconds)[0]:
        head = read_frame(requests, _REQUEST_BYTES)
        if head is None:
            return
        request = json.loads(head)
        payload = read_frame(requests, _REQUEST_BYTES)
        if payload is None:
            return
        try:
            job.prepare(request["modules"])
            if not payload:  # only to be warm
                _tell(answers, {"end": "done", "words": "", "seconds": 0.0})
                write_frame(answers, b"")
                continue
            gc.collect()
            gc.freeze()
            means = Means(request["space_bytes"], STARVED * request["seconds"])
            ended = _ended(
                _forked(job.run, payload, libraries, means), request["seconds"], request["answer_bytes"], requests
            )
        except OSError as error:  # no process or no pipe to be had at present
            ended = {"end": "not started", "words": str(error), "body": b"", "seconds": 0.0}
        body = ended.pop("body")
        _tell(answers, ended)
        write_frame(answers, body)


def _tell(answers: BinaryIO, message: dict[str, Any]) -> None:
    write_frame(answers, json.dumps(message).encode())


def _why_not(probe: dict[str, Any]) -> str:
    if probe["end"] != "done":
        return f"The process for trials could not be locked ({probe['end']} {probe['words']})."
    told = json.loads(probe["body"])
    if "failed" in told:
        return f"The process for trials could not be locked: {told['failed']}."
    return f"The locks do not hold here: a locked process could {', '.join(told['open'])}." if told["open"] else ""


def _doors(payload: bytes) -> bytes:
    return json.dumps({"open": open_doors()}).encode()


def _forked(work: Any, payload: bytes, libraries: list[str], means: Means) -> tuple[int, int]:
    """A locked copy of this process that does `work`; its id, and where its answer can be read."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write_end)
        return pid, read_end
    try:  # the copy: it never leaves this block
        try:
            out = lock(means, libraries, write_end)
        except OSError as error:
            os.write(write_end, json.dumps({"failed": f"{type(error).__name__}: {error}"}).encode())
            os._exit(71)
        answer = work(payload)
        while answer:
            answer = answer[os.write(out, answer) :]
        os._exit(0)
    finally:
        os._exit(70)


def _ended(started: tuple[int, int], seconds: float, most: int, parent: BinaryIO) -> dict[str, Any]:
    """Wait for a copy, at most `seconds` of its processor's time, and see to it that nothing is left of it.

    `end`: done, time, output (more than `most` bytes), or ended (`words` says by what).
    """
    pid, read_end = started
    began = time.monotonic()
    body, end = bytearray(), "done"
    try:
        poll = select.poll()
        poll.register(read_end, select.POLLIN)
        poll.register(parent.fileno(), 0)  # hang-up only
        while True:
            elapsed = time.monotonic() - began
            if elapsed >= STARVED * seconds or (elapsed >= seconds and _processor_seconds(pid) >= SERVED * seconds):
                end = "time"
                break
            wait = max(0.01, seconds - elapsed) if elapsed < seconds else LOOK_SECONDS
            ready = dict(poll.poll(wait * 1000))
            if ready.get(parent.fileno(), 0) & (select.POLLHUP | select.POLLERR):
                os.kill(pid, signal.SIGKILL)
                os._exit(0)
            if read_end not in ready:
                continue
            piece = os.read(read_end, 1 << 16)
            if not piece:
                break
            body += piece
            if len(body) > most:
                end = "output"
                break
    finally:
        os.close(read_end)
        used = _processor_seconds(pid)
        status = _reap(pid, wait=end == "done")
    words = ""
    if end == "done" and status != 0:
        end, words = "ended", f"signal {-status}" if status < 0 else f"status {status}"
    return {
        "end": end, "words": words, "body": bytes(body), "seconds": time.monotonic() - began, "processor_seconds": used
    }  # fmt: skip


def _reap(pid: int, wait: bool) -> int:
    """End the process, if it has not ended, and take its status; negative for a signal."""
    until = time.monotonic() + (_AFTER_END_SECONDS if wait else 0.0)
    while True:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            break
        if time.monotonic() >= until:
            os.kill(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
            if wait:  # it had answered, and hung on: its answer counts
                return 0
            break
        time.sleep(0.002)
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def _processor_seconds(pid: int) -> float:
    """What all threads of a process used by now; its clock's number is Linux's own (`CPUCLOCK_SCHED`)."""
    with contextlib.suppress(OSError):
        return time.clock_gettime((~pid << 3) | 2)
    return 0.0


def _libraries(more: list[str]) -> list[str]:
    """Where this Python has its modules and shared libraries, and `more`: never the user's own folders."""
    found = [*more]
    for prefix in {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}:
        found += [os.path.join(prefix, name) for name in ("lib", "lib64", "share/fonts")]
    found += [path for path in sys.path if os.path.basename(path) in ("site-packages", "dist-packages")]
    return [path for path in found if os.path.isabs(path) and os.path.exists(path)]
