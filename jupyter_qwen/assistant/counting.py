"""Lets a pure, synchronous prompt builder count tokens with the engine's own tokenizer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from jupyter_qwen.engine.base import Engine, count_all

T = TypeVar("T")


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

    def count(text: str) -> int:
        return asyncio.run_coroutine_threadsafe(engine.count_tokens(text), loop).result()

    return await asyncio.to_thread(build, count)
