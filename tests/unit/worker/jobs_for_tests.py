"""Jobs of a worker that tests start: one for each thing that may go wrong in it."""

from __future__ import annotations

import os
import time


def loop() -> None:
    while True:
        pass


def eat(megabytes: int) -> int:
    held = [bytearray(os.urandom(1024) * 1024) for _ in range(megabytes)]
    return len(held)


def die(code: int) -> None:
    os._exit(code)


def fail() -> None:
    raise LookupError("no such thing")


def wait(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


_kept: list[bytes] = []


def keep(megabytes: int) -> None:
    _kept.append(os.urandom(1024) * 1024 * megabytes)


JOBS = {
    "keep": keep,
    "echo": lambda value: value,
    "loop": loop,
    "eat": eat,
    "die": die,
    "fail": fail,
    "wait": wait,
    "long": lambda size: "x" * size,
    "print": lambda: print("a stray line", flush=True),
    "surroundings": lambda: {"environment": dict(os.environ), "folder": os.getcwd(), "files": os.listdir(".")},
    "descriptors": lambda: sorted(os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd")[:-1]),
}
