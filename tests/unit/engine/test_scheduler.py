"""The order of work in front of an engine: lanes, owners in turn, a bounded queue, and what makes way for what."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field

import pytest
from turns import SMALL, request, settle

from jupyter_qwen.engine.base import Delta, EngineBusy, Finished, GenerationRequest, Lane, Preempted, Superseded
from jupyter_qwen.engine.scheduler import LANES, MANY, Capacity, Scheduler, capacity_of, revocable


@dataclass
class Bench:
    """A scheduler with work that lasts until the test ends it; `begun` is the order in which turns came."""

    scheduler: Scheduler
    begun: list[str] = field(default_factory=list)
    ends: dict[str, asyncio.Event] = field(default_factory=dict)
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def ask(self, name: str, lane: Lane, owner: str) -> None:
        self.ends[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._work(name, request(lane, owner)))
        await settle()

    async def _work(self, name: str, wanted: GenerationRequest) -> None:
        place = await self.scheduler.enter(wanted)
        try:
            self.begun.append(name)
            await self.ends[name].wait()
        finally:
            self.scheduler.leave(place)

    async def end(self, name: str) -> None:
        self.ends[name].set()
        await settle()


async def test_waiting_work_begins_lane_by_lane() -> None:
    bench = Bench(Scheduler(SMALL))
    await bench.ask("running", "chat", "z")
    await bench.ask("completing", "completion", "z")
    for lane in reversed(LANES):
        await bench.ask(lane, lane, lane)
    await bench.end("completing")
    await bench.end("completion")
    await bench.end("running")
    await bench.end("chat")
    await bench.end("evaluation")
    await bench.end("preparing")
    assert bench.begun == ["running", "completing", "completion", "chat", "evaluation", "preparing", "warming"]
    await bench.end("warming")


async def test_owners_take_turns_however_many_questions_one_of_them_has() -> None:
    bench = Bench(Scheduler(SMALL))
    for number in range(4):
        await bench.ask(f"a{number}", "chat", "a")
    await bench.ask("b0", "chat", "b")
    await bench.ask("b1", "chat", "b")
    await bench.ask("c0", "chat", "c")
    while len(bench.begun) < 7:
        await bench.end(bench.begun[-1])
    await bench.end(bench.begun[-1])
    assert bench.begun == ["a0", "a1", "b0", "c0", "a2", "b1", "a3"]


@pytest.mark.parametrize("seed", range(25))
async def test_whatever_comes_nothing_is_lost_and_capacity_is_kept(seed: int) -> None:
    chance = random.Random(seed)
    capacity = Capacity(
        completions=chance.choice((1, 2)),
        questions=chance.choice((1, 3)),
        waiting=100,
        yields=chance.random() < 0.7,
        quiet_seconds=0.0,
        hold_seconds=0.0,
    )

    scheduler = Scheduler(capacity)
    ended: list[str] = []

    async def one(name: str, lane: Lane, owner: str) -> None:
        try:
            place = await scheduler.enter(request(lane, owner))
        except Superseded:
            ended.append(name)
            return
        try:
            assert scheduler.running("completion") <= capacity.completions
            assert scheduler.running("chat") + scheduler.running("evaluation") <= capacity.questions
            for _ in range(chance.randint(1, 6)):
                await asyncio.sleep(0)
        finally:
            scheduler.leave(place)
            ended.append(name)

    tasks: dict[str, asyncio.Task[None]] = {}
    cancelled = set()
    for number in range(120):
        name = f"n{number}"
        tasks[name] = asyncio.create_task(one(name, chance.choice(LANES), chance.choice("abc")))
        for _ in range(chance.randint(0, 3)):
            await asyncio.sleep(0)
        if chance.random() < 0.2:
            victim = chance.choice(list(tasks))
            if tasks[victim].cancel():
                cancelled.add(victim)
    await asyncio.gather(*tasks.values(), return_exceptions=True)
    for name, task in tasks.items():
        assert name in ended or (name in cancelled and task.cancelled()), name
        if not task.cancelled():
            assert task.exception() is None
    assert all(scheduler.running(lane) == scheduler.waiting(lane) == 0 for lane in LANES)


@pytest.mark.parametrize("seed", range(10))
async def test_no_owner_is_served_twice_while_another_waits(seed: int) -> None:
    chance = random.Random(seed)

    bench = Bench(Scheduler(SMALL))
    await bench.ask("first", "chat", "z")
    owners = {}
    for number in range(20):
        owner = chance.choice("abcd")
        owners[f"n{number}"] = owner
        await bench.ask(f"n{number}", "chat", owner)
    await bench.end("first")
    while len(bench.begun) < 21:
        await bench.end(bench.begun[-1])
    await bench.end(bench.begun[-1])
    order = bench.begun[1:]
    for place, name in enumerate(order):
        for other in set(owners.values()) - {owners[name]}:
            again = next((i for i in range(place + 1, 20) if owners[order[i]] == owners[name]), None)
            if again is not None and any(owners[n] == other for n in order[again:]):
                assert any(owners[n] == other for n in order[place + 1 : again]), (order, name, other)


async def test_caller_who_goes_away_leaves_the_queue() -> None:
    bench = Bench(Scheduler(SMALL))
    await bench.ask("one", "chat", "a")
    await bench.ask("two", "chat", "b")
    await bench.ask("three", "chat", "c")
    bench.tasks["two"].cancel()
    await settle()
    assert bench.scheduler.waiting("chat") == 1
    await bench.end("one")
    assert bench.begun == ["one", "three"]
    await bench.end("three")


async def test_newer_completion_of_an_editor_takes_the_place_of_the_one_that_waits() -> None:
    bench = Bench(Scheduler(SMALL))
    await bench.ask("running", "completion", "other")
    await bench.ask("stale", "completion", "editor")
    await bench.ask("fresh", "completion", "editor")
    assert isinstance(bench.tasks["stale"].exception(), Superseded)
    await bench.end("running")
    assert bench.begun == ["running", "fresh"]
    await bench.end("fresh")


async def test_questions_of_one_notebook_do_not_replace_one_another() -> None:
    bench = Bench(Scheduler(SMALL))
    for name in ("one", "two", "three"):
        await bench.ask(name, "chat", "a")
    for name in ("one", "two", "three"):
        await bench.end(name)
    assert bench.begun == ["one", "two", "three"]


async def test_full_queue_says_so_and_what_to_do() -> None:
    bench = Bench(Scheduler(Capacity(waiting=2)))
    for name in ("running", "one", "two", "three"):
        await bench.ask(name, "chat", "a")
    refusal = bench.tasks["three"].exception()
    assert isinstance(refusal, EngineBusy)
    assert "2 questions" in str(refusal)
    assert refusal.hint
    await bench.ask("typed", "completion", "a")  # a lane of its own
    assert "typed" in bench.begun
    for task in bench.tasks.values():
        task.cancel()
        with suppress(asyncio.CancelledError, EngineBusy):
            await task


async def test_warming_waits_until_it_has_been_quiet() -> None:
    now = [100.0]
    scheduler = Scheduler(Capacity(quiet_seconds=0.05), clock=lambda: now[0])
    scheduler.leave(await scheduler.enter(request("completion")))
    warming = asyncio.create_task(scheduler.enter(request("warming")))
    await settle()
    assert not warming.done()
    now[0] += 0.06
    scheduler.leave(await warming)


def test_two_cores_answer_one_question_at_a_time_and_a_script_any_number() -> None:
    assert capacity_of("llama", threads=2).questions == 1
    assert capacity_of("llama", threads=16).questions == 3
    assert capacity_of("llama", threads=2, on_gpu=True).questions == 3
    assert capacity_of("transformers", threads=2).questions == 3
    assert capacity_of("openai") is MANY
    assert capacity_of("scripted") is MANY


@pytest.mark.parametrize("steps", [0, 1, 2])
async def test_work_that_is_told_to_stop_before_it_began_ends(steps: int) -> None:
    """Cancelled before its first step a task runs nothing: a reader who waits for its last word would wait for ever."""

    async def nothing() -> AsyncGenerator[Delta | Finished, None]:
        await asyncio.sleep(60)
        yield Delta("never")

    scheduler = Scheduler(SMALL)
    place = await scheduler.enter(request("warming"))
    if steps == 0:
        place.revoke()
    reading = asyncio.create_task(drain(revocable(nothing(), place)))
    for _ in range(steps):
        await asyncio.sleep(0)
    place.revoke()
    with pytest.raises(Preempted):
        await asyncio.wait_for(reading, 2)


async def drain(stream: AsyncGenerator[Delta | Finished, None]) -> None:
    async with aclosing(stream) as items:
        async for _ in items:
            pass
