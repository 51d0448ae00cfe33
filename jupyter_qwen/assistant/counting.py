"""Lets a pure, synchronous prompt builder count tokens with the engine's own tokenizer."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from jupyter_qwen.engine.base import Engine, count_all

T = TypeVar("T")
#: How often a thread that waits for a count looks whether anybody still waits for the thread.
_LOOK_SECONDS: Final = 0.5


async def with_token_count(
    engine: Engine, build: Callable[[Callable[[str], int]], T], *, expected: Sequence[str] = ()
) -> T:
    """Run a pure prompt builder in a thread and count with the engine's own tokenizer.

    Builders are synchronous so that they stay pure; the engine's count is a request. The thread keeps the event loop free.
    `expected` are texts that the builder is going to count: all in one request, for each alone costs it 2 ms.
    """
    loop = asyncio.get_running_loop()
    if expected:
        await count_all(engine, expected)

    gone = threading.Event()

    def count(text: str) -> int:
        future = asyncio.run_coroutine_threadsafe(engine.count_tokens(text), loop)
        while True:
            done, _ = concurrent.futures.wait([future], timeout=_LOOK_SECONDS)
            if done:
                return future.result()
            # A loop that has stopped answers no more, and a thread that waits for it keeps the process from ending.
            if gone.is_set() or not loop.is_running():
                future.cancel()
                raise concurrent.futures.CancelledError

    try:
        return await asyncio.to_thread(build, count)
    finally:
        gone.set()
