"""What every child process does first: take its settings, promise to die with its parent, keep its output clean.

The parent writes one JSON line with the settings (the key among them) to the child's standard input and keeps the pipe
open. So the key is neither in the arguments nor in the environment, and the pipe's end tells that the parent is gone.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any, TextIO

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def begin(last: Callable[[], object] = lambda: None) -> tuple[dict[str, Any], TextIO]:
    """The settings, and the stream for `announce`. Whatever else prints to standard output lands in the log instead.

    `last` is called, in another thread, just before this process ends with its parent.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    settings = json.loads(sys.stdin.buffer.readline() or b"{}")
    threading.Thread(target=_exit_with_parent, args=(last,), name="parent-watch", daemon=True).start()
    return settings, channel


def announce(channel: TextIO, event: str, **fields: Any) -> None:
    """Tell the parent one thing: `loading`, `ready` with `url`, or `failed` with `message`."""
    print(json.dumps({"event": event, **fields}), file=channel, flush=True)


def _exit_with_parent(last: Callable[[], object]) -> None:
    while os.read(0, 4096):  # unbuffered: a lock held here would make a normal exit abort
        continue
    try:
        last()
    finally:
        os._exit(0)  # the model's threads do not answer to a polite exit
