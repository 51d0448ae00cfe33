"""Who computes next: completion before questions before evaluation before warming, and owners in turn.

Pure bookkeeping on one event loop: it knows lanes, owners and counts, no endpoint and no text. Questions are few and long, the
machine is one, so an order that is fair matters more than one that keeps every core busy to the last percent.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Literal

from jupyter_qwen.engine.base import Delta, EngineBusy, Finished, GenerationRequest, Preempted, Superseded

Item = Delta | Finished

# What is known of a request's urgency: its lane, or `preparing` for the prompt of a completion that may be wanted in a moment.
Urgency = Literal["completion", "chat", "evaluation", "preparing", "warming"]
# The order in which waiting work begins.
LANES: tuple[Urgency, ...] = ("completion", "chat", "evaluation", "preparing", "warming")
REAL: frozenset[Urgency] = frozenset({"completion", "chat"})
# Work that asks for no token. It is told when it had to make way, and decides itself whether it is still worth doing.
UNASKED: frozenset[Urgency] = frozenset({"preparing", "warming"})


@dataclass(frozen=True)
class Capacity:
    """What one engine does at once: completions, and questions (evaluation counts as such). `waiting` bounds each lane's queue.

    What nobody asked for runs only while nothing else does, and warming waits for `quiet_seconds` after real work. With `yields`
    evaluation, too, has the machine only while no real work is there, and for `hold_seconds` a question lets completions go
    first: the engine is one small machine. An endpoint elsewhere sorts that out by itself.
    """

    completions: int = 1
    questions: int = 1
    waiting: int = 128
    yields: bool = True
    quiet_seconds: float = 0.5
    hold_seconds: float = 1.0


# An endpoint of somebody else's has a queue of its own, and a script computes nothing.
MANY = Capacity(completions=64, questions=128, waiting=512, yields=False)
CORES_A_QUESTION = 4  # two answers at once on two cores are each half as fast, and both first tokens come late


def capacity_of(engine: str, *, threads: int = 1, on_gpu: bool = False) -> Capacity:
    """The capacity of an engine by its name in `engine.choice` and what it runs on."""
    if engine in ("openai", "scripted"):
        return MANY
    if engine == "transformers" or on_gpu:
        # a pass of our own decoder takes as long for eight answers as for one: docs/reference/engines.md
        return Capacity(completions=1, questions=3)
    questions = min(3, max(1, threads // CORES_A_QUESTION))
    return Capacity(completions=1, questions=questions)


def lane_of(request: GenerationRequest) -> Urgency:
    """The lane that a request waits in. One that asks for no token is nobody's to wait for, whichever slot it works in."""
    if request.max_new_tokens > 0:
        return request.lane
    return "preparing" if request.lane == "completion" else "warming"


@dataclass(eq=False)
class QueuePlace:
    """One request's turn. `stop` ends its work so that it can be done again; it is called only before `heard` is set.

    `heard` says that a first token went out: from then on the work is never taken back.
    """

    lane: Urgency
    owner: str
    turn: asyncio.Future[None]
    held_until: float
    began: float = 0.0
    heard: bool = False
    revoked: bool = False
    stop: Callable[[], object] | None = None

    def revoke(self) -> None:
        """Ask the work to make room. Idempotent; without effect once a token was heard."""
        if not self.heard and not self.revoked:
            self.revoked = True
            if self.stop is not None:
                self.stop()


class Scheduler:
    """The queue in front of one engine. `enter` waits for a turn, `leave` ends it; every `enter` that returns needs its `leave`.

    Work that was revoked enters `again` and stands before the others of its lane: what it processed is in the KV cache.
    """

    def __init__(self, capacity: Capacity = MANY, clock: Callable[[], float] = time.monotonic) -> None:
        self.capacity = capacity
        self._clock = clock
        self._waiting: dict[Urgency, OrderedDict[str, deque[QueuePlace]]] = {lane: OrderedDict() for lane in LANES}
        self._running: dict[Urgency, list[QueuePlace]] = {lane: [] for lane in LANES}
        self._last_real = float("-inf")
        self._timer: asyncio.TimerHandle | None = None

    def running(self, lane: Urgency) -> int:
        """How many of a lane compute now."""
        return len(self._running[lane])

    def waiting(self, lane: Urgency) -> int:
        """How many of a lane wait for their turn."""
        return sum(len(places) for places in self._waiting[lane].values())

    async def enter(self, request: GenerationRequest, *, again: bool = False) -> QueuePlace:
        """`join` and `wait` in one."""
        return await self.wait(self.join(request, again=again))

    def join(self, request: GenerationRequest, *, again: bool = False) -> QueuePlace:
        """Stand in the queue, or have a turn at once. Needs `wait` or `abandon`. Raises EngineBusy when the lane's is full."""
        lane = lane_of(request)
        now = self._clock()
        hold = self.capacity.hold_seconds if lane == "chat" and self.capacity.yields else 0.0
        place = QueuePlace(lane, request.owner, asyncio.get_running_loop().create_future(), now + hold)
        if lane in REAL:
            self._last_real = now
        if (lane == "completion" or lane in UNASKED) and request.owner:
            self._drop_waiting(lane, request.owner)
            if lane == "completion":
                self._drop_waiting("preparing", request.owner)
        if self.waiting(lane) >= self.capacity.waiting and not again:
            raise busy(self.waiting(lane), lane)
        queue = self._waiting[lane].setdefault(request.owner, deque())
        if again:
            queue.appendleft(place)
            self._waiting[lane].move_to_end(request.owner, last=False)
        else:
            queue.append(place)
        self._preempt(lane)
        self._start()
        return place

    def before(self, place: QueuePlace) -> int:
        """How many requests of its kind run or wait before a place in the queue; 0 when it is its turn."""
        if place in self._running[place.lane]:
            return 0
        earlier = sum(len(places) for places in self._waiting[place.lane].values()) - 1
        return max(1, earlier + self.running(place.lane))

    async def wait(self, place: QueuePlace) -> QueuePlace:
        """Wait for the turn. Cancelling leaves the queue; raises Superseded when a newer request made this one pointless."""
        try:
            await place.turn
        except asyncio.CancelledError:
            self.abandon(place)
            raise
        return place

    def leave(self, place: QueuePlace) -> None:
        """The work is over, one way or another; the next one begins."""
        self._running[place.lane].remove(place)
        if place.lane in REAL:
            self._last_real = self._clock()
        self._start()

    # -- the queue

    def _drop_waiting(self, lane: Urgency, owner: str) -> None:
        """Nobody wants the suggestion for the text before the last key, or the warmth of tables that changed since."""
        for stale in self._waiting[lane].pop(owner, ()):
            if not stale.turn.done():
                stale.turn.set_exception(Superseded("A newer request took this one's place."))

    def abandon(self, place: QueuePlace) -> None:
        """A caller went away while it waited, perhaps in the very moment in which its turn came."""
        if place.turn.done() and not place.turn.cancelled():
            place.turn.exception()  # heard here, for nobody else will
        if place in self._running[place.lane]:
            self.leave(place)
            return
        places = self._waiting[place.lane].get(place.owner)
        if places is not None and place in places:
            places.remove(place)
            if not places:
                del self._waiting[place.lane][place.owner]
        self._start()

    def _start(self) -> None:
        """Give turns while there is room, lane by lane and owner by owner."""
        for lane in LANES:
            while self._waiting[lane] and self._may_start(lane):
                owner, places = next(iter(self._waiting[lane].items()))
                place = places.popleft()
                del self._waiting[lane][owner]
                if places:
                    self._waiting[lane][owner] = places  # to the end: the others come first now
                self._running[lane].append(place)
                place.began = self._clock()
                if not place.turn.done():  # else its caller was cancelled this moment and is about to say so
                    place.turn.set_result(None)

    def _may_start(self, lane: Urgency) -> bool:
        unasked = [place for other in UNASKED for place in self._running[other]]
        questions = self.running("chat") + self.running("evaluation")
        if lane in UNASKED:
            if unasked or questions or self._real_work() or self.waiting("evaluation"):
                return False
            return lane == "preparing" or not self._later(self._last_real + self.capacity.quiet_seconds)
        if any(place.revoked for place in unasked):
            # It ends in a moment. Until then it holds the KV-cache slot whose contents this very request may begin with.
            return False
        if lane == "completion":
            return self.running("completion") < self.capacity.completions
        if not self.capacity.yields:
            return questions < self.capacity.questions
        if lane == "chat":
            # an evaluation that was told to stop counts until it has: two prefills at once help neither
            return questions < self.capacity.questions and not self._held()
        return questions < self.capacity.questions and not self._real_work()

    def _held(self) -> bool:
        """Whether the next question lets a completion go first. Not for long: somebody who types all the time would starve it."""
        if not self.running("completion") and not self._waiting["completion"]:
            return False
        return self._later(next(iter(self._waiting["chat"].values()))[0].held_until)

    def _real_work(self) -> bool:
        return any(self._running[lane] or self._waiting[lane] for lane in REAL)

    def _preempt(self, arrived: Urgency) -> None:
        """Tell what can be done again to stop: nothing that a user has seen a token of.

        What nobody asked for stops for everything, evaluation for a question or a completion. A question that is still in prefill
        makes way for a completion: llama.cpp fills its batches with the prompt, and the completion would get one token a batch.
        """
        for lane in UNASKED:
            if LANES.index(arrived) < LANES.index(lane):
                for place in self._running[lane]:
                    place.revoke()
        if not self.capacity.yields:
            return
        for place in self._running["evaluation"] if arrived in REAL else ():
            place.revoke()
        for place in self._running["chat"] if arrived == "completion" else ():
            if self._clock() - place.began >= self.capacity.hold_seconds:
                place.revoke()

    def _later(self, moment: float) -> bool:
        """Whether `moment` is still to come; if so the queue is looked at again then, for nothing else might come by."""
        seconds = moment - self._clock()
        if seconds <= 0:
            return False
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds + 0.001, self._start)
        return True


async def revocable(stream: AsyncGenerator[Item, None], place: QueuePlace) -> AsyncGenerator[Item, None]:
    """The items of `stream`, whose work `place.revoke` may end before the first token. Raises Preempted when it did."""
    queue: asyncio.Queue[Item | None] = asyncio.Queue()

    async def pump() -> None:
        async with aclosing(stream) as items:
            async for item in items:
                place.heard = place.heard or not isinstance(item, Delta) or item.read is None
                queue.put_nowait(item)

    work = asyncio.create_task(pump())
    # by the task's end, not in its body: cancelled before its first step a task runs nothing of it, no `finally` either
    work.add_done_callback(lambda _: queue.put_nowait(None))
    place.stop = work.cancel
    try:
        if place.revoked:
            work.cancel()
        while (item := await queue.get()) is not None:
            yield item
        await asyncio.wait({work})
        if work.cancelled():
            raise Preempted("Real work arrived.")
        work.result()
    finally:
        work.cancel()
        await asyncio.wait({work})


def busy(waiting: int, lane: Urgency) -> EngineBusy:
    """The refusal of a full queue, in words for the user."""
    what = {"completion": "completions", "chat": "questions", "evaluation": "evaluations"}.get(lane, "preparations")
    return EngineBusy(
        f"The model is busy: {waiting} {what} wait for it already.",
        "Ask again in a moment, or stop an answer that you no longer need.",
    )
