"""The engine that a supervisor hands out: schedules, counts what is running, explains its child's death in one sentence."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from jupyter_qwen.engine.base import (
    Capabilities,
    Delta,
    EngineUnavailable,
    Finished,
    GenerationRequest,
    Preempted,
    Usage,
)
from jupyter_qwen.engine.client.http import HttpEngine
from jupyter_qwen.engine.process.borrowed import BorrowedChild
from jupyter_qwen.engine.process.launch import ChildProcess
from jupyter_qwen.engine.scheduler import MANY, UNASKED, Capacity, Place, Scheduler, revocable
from jupyter_qwen.engine.slots.memory import SlotMemory

EXIT_SECONDS = 1.0


class SupervisedEngine:
    """An `engine.base.Engine` on a child that may die. `on_usage` hears the cost of every answer that ended well.

    `capacity` is what the endpoint can do at once; the rest waits in `scheduler`. `memory` keeps KV caches on disk.
    """

    def __init__(
        self,
        http: HttpEngine,
        child: ChildProcess | BorrowedChild | None,
        on_usage: Callable[[Usage], None],
        *,
        capacity: Capacity = MANY,
        memory: SlotMemory | None = None,
    ) -> None:
        self.http = http
        self.memory = memory
        self.scheduler = Scheduler(capacity)
        self.active = 0
        self.last_used = time.monotonic()
        self._child = child
        self._on_usage = on_usage

    @property
    def dead(self) -> bool:
        """Whether the child behind it has ended."""
        return self._child is not None and self._child.returncode is not None

    @property
    def capabilities(self) -> Capabilities:
        return self.http.capabilities

    @property
    def context_tokens(self) -> int:
        return self.http.context_tokens

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Delta | Finished, None]:
        """See `engine.base.Engine.generate`. What made way before its first token is taken up again; warming is not."""
        self.active += 1
        again = False
        try:
            while True:
                place = self.scheduler.join(request, again=again)
                told = request.report_prefill and place.lane not in UNASKED and not place.turn.done()
                try:
                    if told:
                        yield Delta("", waiting=self.scheduler.before(place))
                except GeneratorExit:
                    self.scheduler.abandon(place)
                    raise
                await self.scheduler.wait(place)
                try:
                    if told:
                        yield Delta("", waiting=0)
                    async with aclosing(self._run(request, place)) as stream:
                        async for item in stream:
                            yield item
                    return
                except Preempted:
                    if place.lane in UNASKED:
                        raise
                    again = True
                finally:
                    self.scheduler.leave(place)
        except EngineUnavailable as error:
            raise await self._explained(error) from error
        finally:
            self.active -= 1
            self.last_used = time.monotonic()

    async def _run(self, request: GenerationRequest, place: Place) -> AsyncGenerator[Delta | Finished, None]:
        work = self.http.generate(request)
        # nothing goes before a completion, so it needs nobody to watch over it
        async with aclosing(work if place.lane == "completion" else revocable(work, place)) as stream:
            async for item in stream:
                if isinstance(item, Finished):
                    self._on_usage(item.usage)
                yield item

    async def count_tokens(self, text: str) -> int:
        """See `engine.base.Engine.count_tokens`."""
        return (await self.count_all([text]))[0]

    async def count_all(self, texts: Sequence[str]) -> list[int]:
        """See `engine.base.CountsAll`."""
        try:
            return await self.http.count_all(texts)
        except EngineUnavailable as error:
            raise await self._explained(error) from error

    async def aclose(self) -> None:
        """Nothing: the supervisor owns the endpoint."""

    async def _explained(self, error: EngineUnavailable) -> EngineUnavailable:
        """The child's end, when that is the cause: the connection breaks a moment before the exit code is known."""
        if self._child is None:
            return error
        done, _ = await asyncio.wait({asyncio.wrap_future(self._child.exited)}, timeout=EXIT_SECONDS)
        if not done:
            return error
        return EngineUnavailable(*self._child.end())
