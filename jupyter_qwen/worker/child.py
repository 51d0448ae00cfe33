"""The child's side: takes one job after the other from its pipe, and ends when the pipe does.

`main` is started by `process.Process`; nothing else imports this module, but for `is_child`.
"""

from __future__ import annotations

import importlib
import json
import os
import queue
import shutil
import sys
import threading
from pathlib import Path
from typing import BinaryIO, Final

from .frames import FrameTooLong, read_frame, write_frame
from .limits import WorkerLimits, confine

#: How the temporary folder of a worker begins.
FOLDER_PREFIX: Final = "jupyter-qwen-worker-"
_state: Final = {"child": False}


def is_child() -> bool:
    """Whether this process is a worker, which does its jobs itself."""
    return _state["child"]


def main(settings: str) -> None:
    """Serve until the pipe ends. `settings` is JSON: the module of the jobs, and the limits."""
    _state["child"] = True
    wanted = json.loads(settings)
    limits = WorkerLimits(**wanted["limits"])
    requests, answers = _own_pipes()
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    confine(limits)
    jobs = importlib.import_module(wanted["module"]).JOBS
    threading.Thread(target=_listen, args=(requests, waiting, limits.request_bytes), daemon=True).start()
    write_frame(answers, b'{"value": "ready"}')
    while True:
        request = json.loads(waiting.get())
        try:
            answer = {"value": jobs[request["job"]](**request["arguments"])}
        except MemoryError:
            answer = {"stopped": "It needed more memory than it may have."}
        except Exception as error:  # noqa: BLE001 - whatever it is, the parent is told
            answer = {"raised": f"{type(error).__name__}: {error}"}
        body = json.dumps(answer).encode()
        if len(body) > limits.answer_bytes:
            body = json.dumps({"stopped": f"Its result has {len(body):,} bytes, which is too much."}).encode()
        write_frame(answers, body)


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The two pipes under numbers that no library writes to; what reads or prints gets nothing."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    return requests, answers


def _listen(requests: BinaryIO, waiting: queue.SimpleQueue[bytes], most: int) -> None:
    """Hand on requests; at the end of the pipe the parent is gone, and so is this process, in the middle of a job if need be."""
    try:
        while (request := read_frame(requests, most)) is not None:
            waiting.put(request)
    except (OSError, FrameTooLong) as error:
        print(error, file=sys.stderr)
    except MemoryError:  # without this thread nobody would read on, and the parent would write for ever
        print("The request needed more memory than it may have.", file=sys.stderr, flush=True)
        os._exit(1)  # the parent is there, reads this, and removes the folder
    if Path.cwd().name.startswith(FOLDER_PREFIX):  # nobody else is left to remove it
        shutil.rmtree(Path.cwd(), ignore_errors=True)
    os._exit(0)
