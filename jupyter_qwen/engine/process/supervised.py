"""The engine that a supervisor hands out: schedules, counts what is running, and asks again when its child died."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager

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
from jupyter_qwen.engine.process.child_process import ChildProcess
from jupyter_qwen.engine.scheduler import MANY, UNASKED, Capacity, QueuePlace, Scheduler, lane_of, revocable
from jupyter_qwen.engine.slots.parking import SlotMemory

# The engine that takes the place of one whose child died. Raises what starting it raises.
Again = Callable[[], Awaitable["SupervisedEngine"]]
EXIT_SECONDS = 1.0
# Whoever types, and what nobody asked for, does not load a model.
ANSWERS = ("chat", "evaluation")
UNLOADED = ("The model was unloaded.", "Ask again: it is loaded anew.")


class SupervisedEngine:
    """An `engine.base.Engine` on a child that may die. `on_usage` hears the cost of every answer that ended well.

    When the child died before the first word of an answer was out, the engine that `again` gives is asked once more. `capacity`
    is what the endpoint can do at once; the rest waits in `scheduler`. `memory` keeps KV caches on disk.
    """

    def __init__(
        self,
        http: HttpEngine,
        child: ChildProcess | BorrowedChild | None,
        on_usage: Callable[[Usage], None],
        *,
        again: Again | None = None,
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
        self._again = again
        self._retired = False

    def retire(self) -> None:
        """Its child is about to be ended, on purpose if it still lives: then what it owes is not asked again."""
        self._retired = self._retired or not self.dead

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
        died_idle, heard = self._revivable(request), False
        if not died_idle:
            try:
                async with aclosing(self._once(request)) as stream:
                    async for item in stream:
                        heard = heard or begins_answer(item)
                        yield item
                return
            except EngineUnavailable:
                if heard or not self._revivable(request):
                    raise
        assert self._again is not None
        other = await self._again()
        # what killed one engine is not asked a third time
        async with aclosing(other.generate(request) if died_idle else other._once(request)) as stream:
            async for item in stream:
                yield item

    async def _once(self, request: GenerationRequest) -> AsyncGenerator[Delta | Finished, None]:
        """Ask this child alone. Raises EngineUnavailable with the child's end when that is the cause."""
        try:
            with self._used():
                async with aclosing(self._scheduled(request)) as stream:
                    async for item in stream:
                        yield item
        except EngineUnavailable as error:
            raise await self._explained(error) from error

    async def _scheduled(self, request: GenerationRequest) -> AsyncGenerator[Delta | Finished, None]:
        again = False
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

    async def _run(self, request: GenerationRequest, place: QueuePlace) -> AsyncGenerator[Delta | Finished, None]:
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
            with self._used():
                return await self.http.count_all(texts)
        except EngineUnavailable as error:
            end = await self._explained(error)
            if self._again is None or not self._died:
                raise end from error
        return await (await self._again()).count_all(texts)

    async def aclose(self) -> None:
        """Nothing: the supervisor owns the endpoint."""

    @contextmanager
    def _used(self) -> Iterator[None]:
        """Within the block it is not idle. Raises EngineUnavailable when its child has ended, or is about to."""
        if self._retired:
            raise EngineUnavailable(*UNLOADED)
        if self._child is not None and self.dead:
            raise EngineUnavailable(*self._child.end())
        self.active += 1
        try:
            yield
        finally:
            self.active -= 1
            self.last_used = time.monotonic()

    @property
    def _died(self) -> bool:
        """Whether its child has ended and nobody wanted that."""
        return self.dead and not self._retired

    def _revivable(self, request: GenerationRequest) -> bool:
        """Whether another engine may be started for a request that this one's child owes."""
        return self._again is not None and self._died and lane_of(request) in ANSWERS

    async def _explained(self, error: EngineUnavailable) -> EngineUnavailable:
        """The child's end, when that is the cause: the connection breaks a moment before the exit code is known."""
        if self._retired:
            return EngineUnavailable(*UNLOADED)
        if self._child is None:
            return error
        done, _ = await asyncio.wait({asyncio.wrap_future(self._child.exited)}, timeout=EXIT_SECONDS)
        return EngineUnavailable(*self._child.end()) if done else error


def begins_answer(item: Delta | Finished) -> bool:
    """Whether a user has seen something of the answer with this: neither its place in the queue nor how much was read."""
    return isinstance(item, Finished) or (item.read is None and item.waiting is None)
