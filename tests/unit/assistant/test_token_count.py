"""A prompt builder in its thread, which counts with the engine's tokenizer on the event loop."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable
from typing import Any

import pytest

from jupyter_qwen.assistant.counting import with_token_count


class Silent:
    """An engine that never answers."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def count_tokens(self, text: str) -> int:
        self.asked.set()
        return await asyncio.Future()


async def test_the_builder_gets_the_engines_count() -> None:
    class Engine:
        async def count_tokens(self, text: str) -> int:
            return len(text)

    engine: Any = Engine()
    assert (await with_token_count(engine, lambda count: count("four"))) == 4


@pytest.mark.parametrize("cancelled", [True, False], ids=["its question was cancelled", "its event loop has stopped"])
def test_a_builder_that_nobody_waits_for_ends(cancelled: bool) -> None:
    ended: list[type[BaseException]] = []
    over = threading.Event()

    def build(count: Callable[[str], int]) -> int:
        try:
            return count("a")
        except BaseException as error:
            ended.append(type(error))
            raise
        finally:
            over.set()

    async def begin() -> asyncio.Task[int]:
        engine: Any = Silent()
        task = asyncio.create_task(with_token_count(engine, build))
        await engine.asked.wait()
        if cancelled:
            task.cancel()
            await asyncio.to_thread(over.wait, 5)
        return task

    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(asyncio.wait_for(begin(), 10))  # and it stops, with the builder's question on it
        assert over.wait(10)
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.wait(left))
        loop.close()
    assert ended == [concurrent.futures.CancelledError]
