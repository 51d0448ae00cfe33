"""What a turn does to streams: what makes way is answered afterwards, who leaves ends the work, who waits hears so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from turns import SMALL, request, settle

from jupyter_qwen.engine.base import Delta, Finished, GenerationRequest, Lane, Preempted, Usage
from jupyter_qwen.engine.process.supervised import SupervisedEngine
from jupyter_qwen.engine.scheduler import MANY, Capacity, Urgency


@dataclass
class Pen:
    """Stands for the endpoint: writes `words` one by one, with `prefill` steps before, and notes what became of each request."""

    prefill: int = 0
    words: int = 4
    log: list[str] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def generate(self, wanted: GenerationRequest) -> AsyncIterator[Delta | Finished]:
        name = wanted.prompt
        self.log.append(f"{name} begins")
        try:
            if wanted.lane != "completion" or not wanted.max_new_tokens:
                yield Delta("", read=(1, 2))  # news about the prompt are no answer yet
                await self.gate.wait()
            if wanted.max_new_tokens:
                for number in range(self.words):
                    yield Delta(f"{name}{number} ")
                    await asyncio.sleep(0)
            yield Finished("stop", Usage(new_tokens=self.words))
            self.log.append(f"{name} ends")
        except asyncio.CancelledError:
            self.log.append(f"{name} stops")
            raise


def engine_on(pen: Pen, capacity: Capacity = SMALL) -> SupervisedEngine:
    return SupervisedEngine(pen, None, lambda usage: None, capacity=capacity)  # type: ignore[arg-type]


async def text_of(engine: SupervisedEngine, wanted: GenerationRequest) -> str:
    async with aclosing(engine.generate(wanted)) as items:
        return "".join([item.text async for item in items if isinstance(item, Delta)])


async def begun(engine: SupervisedEngine, wanted: GenerationRequest) -> asyncio.Task[str]:
    """The text to come, of a request that has entered."""
    task = asyncio.create_task(text_of(engine, wanted))
    await settle()
    return task


Ask = Callable[[SupervisedEngine, GenerationRequest], Coroutine[Any, Any, str]]


@pytest.mark.parametrize("unasked", ["warming", "preparing"])
@pytest.mark.parametrize("arriving", ["completion", "chat", "evaluation"])
async def test_work_that_nobody_asked_for_is_cancelled_the_moment_real_work_arrives(
    arriving: Lane, unasked: Urgency
) -> None:
    pen = Pen()
    engine = engine_on(pen)
    warming = await begun(engine, request(unasked, text="warm"))
    real = await begun(engine, request(arriving, "b", text="real"))
    assert isinstance(warming.exception(), Preempted)
    assert pen.log[:2] == ["warm begins", "warm stops"] or pen.log.index("warm stops") <= 2
    pen.gate.set()
    assert await real == "real0 real1 real2 real3 "


@pytest.mark.parametrize(("yielding", "arriving"), [("evaluation", "chat"), ("chat", "completion")])
async def test_what_makes_way_before_its_first_token_is_answered_in_full_afterwards(
    yielding: Lane, arriving: Lane
) -> None:
    pen = Pen()
    engine = engine_on(pen)
    first = await begun(engine, request(yielding, text="long"))
    second = await begun(engine, request(arriving, "b", text="quick"))
    pen.gate.set()
    assert await second == "quick0 quick1 quick2 quick3 "
    assert await first == "long0 long1 long2 long3 "
    assert pen.log.count("long begins") == 2
    assert pen.log.index("quick ends") < pen.log.index("long ends")


async def test_preparing_a_completion_goes_before_warming_a_notebook() -> None:
    pen = Pen()
    engine = engine_on(pen)
    warming = await begun(engine, request("warming", text="warm"))
    preparing = await begun(engine, request("preparing", "b", text="cursor"))
    assert isinstance(warming.exception(), Preempted)
    pen.gate.set()
    assert await preparing == ""
    assert pen.log[-1] == "cursor ends"


async def test_answer_that_has_begun_is_never_taken_back() -> None:
    pen = Pen(words=40)
    pen.gate.set()
    engine = engine_on(pen)
    answer = await begun(engine, request("chat", text="a"))
    assert engine.scheduler.running("chat") == 1
    await text_of(engine, request("completion", text="c"))
    assert (await answer).split() == [f"a{number}" for number in range(40)]
    assert pen.log.count("a begins") == 1


async def test_question_is_not_starved_by_somebody_who_types_all_the_time() -> None:
    pen = Pen()
    engine = engine_on(pen, Capacity(hold_seconds=0.02, quiet_seconds=0.0))
    answer = asyncio.create_task(text_of(engine, request("chat", text="a")))
    typing = True

    async def type_on() -> None:
        while typing:
            await text_of(engine, request("completion", text="c"))

    typist = asyncio.create_task(type_on())
    await asyncio.sleep(0.05)
    pen.gate.set()
    assert await asyncio.wait_for(answer, 5) == "a0 a1 a2 a3 "
    typing = False
    await typist


async def test_leaving_a_stream_stops_its_work_and_the_next_one_begins() -> None:
    pen = Pen(words=1000)
    pen.gate.set()
    engine = engine_on(pen)
    stream = engine.generate(request("chat", text="left"))
    await anext(stream)
    waiting = await begun(engine, request("chat", "b", text="next"))
    assert "next begins" not in pen.log
    await stream.aclose()
    assert "left stops" in pen.log
    waiting_text = await waiting
    assert waiting_text.startswith("next0 next1")
    assert engine.active == 0


async def test_endpoint_of_somebody_else_takes_many_at_once() -> None:
    pen = Pen()
    engine = engine_on(pen, MANY)
    asks = [asyncio.create_task(text_of(engine, request("chat", str(n), text=f"q{n}"))) for n in range(100)]
    await settle()
    assert engine.scheduler.running("chat") == 100
    pen.gate.set()
    texts = await asyncio.gather(*asks)
    assert [text.split()[0] for text in texts] == [f"q{n}0" for n in range(100)]


async def test_question_that_has_to_wait_hears_so_and_when_its_turn_comes() -> None:
    pen = Pen()
    engine = engine_on(pen)
    first = await begun(engine, request("chat", text="a"))
    heard: list[Delta] = []

    async def listen() -> None:
        wanted = replace(request("chat", "b", text="b"), report_prefill=True)
        async with aclosing(engine.generate(wanted)) as items:
            heard.extend([item async for item in items if isinstance(item, Delta)])

    second = asyncio.create_task(listen())
    await settle()
    assert engine.scheduler.waiting("chat") == 1
    pen.gate.set()
    await asyncio.gather(first, second)
    assert [item.waiting for item in heard[:2]] == [1, 0]
    assert "".join(item.text for item in heard) == "b0 b1 b2 b3 "


async def test_reader_who_leaves_on_hearing_of_the_wait_leaves_the_queue_too() -> None:
    pen = Pen()
    engine = engine_on(pen)
    first = await begun(engine, request("chat", text="a"))
    stream = engine.generate(replace(request("chat", "b", text="b"), report_prefill=True))
    assert (await anext(stream)).waiting == 1  # type: ignore[union-attr]
    await stream.aclose()
    assert engine.scheduler.waiting("chat") == 0
    pen.gate.set()
    await first
    assert engine.active == 0


@pytest.mark.parametrize("capacity", [SMALL, MANY], ids=["small", "many"])
async def test_question_begins_when_the_warming_of_its_notebook_has_left_the_slot(capacity: Capacity) -> None:
    """Beside it, the question would go to another KV-cache slot and process everything again."""

    pen = Pen()
    engine = engine_on(pen, replace(capacity, quiet_seconds=0.0))
    warming = await begun(engine, request("warming", text="warm"))
    pen.gate.set()
    assert await text_of(engine, request("chat", text="asked")) == "asked0 asked1 asked2 asked3 "
    assert pen.log[:3] == ["warm begins", "warm stops", "asked begins"]
    assert isinstance(warming.exception(), Preempted)
