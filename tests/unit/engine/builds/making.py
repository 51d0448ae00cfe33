"""A stand-in for llama-server is made by the fixture `make_server`; and whether what was started is gone."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import psutil

MakeServer = Callable[..., Path]
PATIENCE_SECONDS = 30


def gone(pid: int) -> bool:
    """Whether a process ends within the patience of a busy machine."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False
