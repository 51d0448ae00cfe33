"""Warming: beginnings are processed while nobody waits, within a share of every minute, and never twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from jupyter_qwen.assistant.warming import idle
from jupyter_qwen.assistant.warming.idle import IdleBudget
from jupyter_qwen.assistant.warming.warm import RESERVE, Warming
from jupyter_qwen.engine.base import (
    Capabilities,
    Delta,
    EngineUnavailable,
    Finished,
    GenerationRequest,
    Preempted,
    Usage,
)


@dataclass
class Reader:
    """An engine that reads a prompt word by word, `pause` seconds each; `interruptions` are what real work does to it."""

    pause: float = 0.0
    interruptions: int = 0
    fails: bool = False
    bug: bool = False
    read: list[str] = field(default_factory=list)
    requests: list[GenerationRequest] = field(default_factory=list)
    capabilities: Capabilities = field(default_factory=Capabilities)
    context_tokens: int = 4096

    async def generate(self, request: GenerationRequest) -> AsyncIterator[Delta | Finished]:
        self.requests.append(request)
        if self.fails:
            raise EngineUnavailable("gone")
        if self.bug:
            raise RuntimeError("a mistake of ours")
        words = request.prompt.split()
        for number, _ in enumerate(words):
            if self.interruptions and number:
                self.interruptions -= 1
                raise Preempted("Real work arrived.")
            await asyncio.sleep(self.pause)
            yield Delta("", read=(number + 1, len(words)))
        self.read.append(request.prompt)
        yield Finished("length", Usage())

    async def count_tokens(self, text: str) -> int:
        return len(text.split())

    async def aclose(self) -> None:
        self.read = []


async def test_beginnings_of_a_notebook_are_processed_in_order_and_ask_for_no_token() -> None:
    reader, warming = Reader(), Warming()
    assert warming.start(reader, "a.ipynb", ["tables of a", "cells of a"])
    assert await warming.finished("a.ipynb") == "done"
    assert reader.read == ["tables of a", "cells of a"]
    assert {(r.max_new_tokens, r.lane, r.owner) for r in reader.requests} == {(0, "warming", "a.ipynb")}


async def test_same_beginnings_are_not_processed_again_but_changed_ones_and_a_new_engine_are() -> None:
    reader, warming = Reader(), Warming()
    warming.start(reader, "a", ["one"])
    assert not warming.start(reader, "a", ["one"])
    await warming.finished("a")
    assert not warming.start(reader, "a", ["one"])
    assert warming.start(reader, "a", ["one", "two"])
    await warming.finished("a")
    assert warming.start(Reader(), "a", ["one", "two"])
    await warming.aclose()


async def test_notebooks_do_not_replace_one_another() -> None:
    reader, warming = Reader(), Warming()
    for name in "abc":
        warming.start(reader, name, [f"of {name}"])
    for name in "abc":
        assert await warming.finished(name) == "done"
    assert sorted(reader.read) == ["of a", "of b", "of c"]


async def test_what_real_work_interrupted_is_taken_up_again() -> None:
    reader, warming = Reader(interruptions=2), Warming()
    warming.start(reader, "a", ["one two three"])
    assert await warming.finished("a") == "done"
    assert len(reader.requests) == 3
    assert reader.read == ["one two three"]


async def test_it_stops_when_its_share_of_the_minute_is_used_up() -> None:
    reader = Reader(pause=0.01)
    warming = Warming(IdleBudget(share=0.2 / 60))
    warming.start(reader, "a", [" ".join(["word"] * 1000)])
    while warming.budget.left(RESERVE) > 0:  # noqa: ASYNC110  the share is used up by the very task that is watched
        await asyncio.sleep(0.005)
    await asyncio.sleep(0.02)
    assert warming.state("a") == "waiting"
    assert reader.read == []
    assert len(reader.requests) == 1
    assert warming.budget.left(RESERVE) > -0.1
    assert warming.budget.left() > 0.0, "nothing was left for completion"
    await warming.aclose()


async def test_waiting_for_a_turn_costs_none_of_the_share() -> None:
    class Late(Reader):
        async def generate(self, request: GenerationRequest) -> AsyncIterator[Delta | Finished]:
            await asyncio.sleep(0.2)  # others are served
            async for item in super().generate(request):
                yield item

    warming = Warming(IdleBudget(share=1 / 60))
    warming.start(Late(), "a", ["one two"])
    assert await warming.finished("a") == "done"
    assert warming.budget.left() > 0.9


@pytest.mark.parametrize(("share", "battery"), [(0.0, False), (0.5, True)])
async def test_share_of_nothing_and_a_battery_switch_it_off(
    share: float, battery: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idle, "on_battery", lambda: battery)

    reader, warming = Reader(), Warming(IdleBudget(share=share))
    assert not warming.start(reader, "a", ["one"])
    assert warming.state("a") == "off"
    assert reader.requests == []


async def test_question_itself_ends_the_warming_of_its_notebook_alone() -> None:
    reader, warming = Reader(pause=0.01), Warming()
    warming.start(reader, "a", ["one two three four five"])
    warming.start(reader, "b", ["one two"])
    await asyncio.sleep(0.015)
    warming.stop("a")
    assert warming.state("a") == "off"
    assert await warming.finished("b") == "done"
    assert reader.read == ["one two"]


async def test_engine_that_dies_under_it_is_nobodys_problem_and_it_may_be_tried_again() -> None:
    reader, warming = Reader(fails=True), Warming()
    warming.start(reader, "a", ["one"])
    assert await warming.finished("a") == "failed"
    assert warming.start(reader, "a", ["one"])
    await warming.aclose()


async def test_mistake_of_ours_does_not_leave_it_running_for_good(caplog: pytest.LogCaptureFixture) -> None:

    warming, engine = Warming(), Reader(bug=True)
    assert warming.start(engine, "a", ["some tables"])
    assert await warming.finished("a") == "failed"
    engine.bug = False
    assert warming.start(engine, "a", ["some tables"])
    assert await warming.finished("a") == "done"
    assert "a mistake of ours" in caplog.text


async def test_what_is_being_processed_goes_on_when_only_what_comes_after_it_has_changed() -> None:
    engine, warming = Reader(pause=0.2), Warming()
    assert warming.start(engine, "a.ipynb", ["rules and tables", "rules and cells"])
    await asyncio.sleep(0.02)
    assert warming.start(engine, "a.ipynb", ["rules and tables", "rules and other cells"])
    assert await warming.finished("a.ipynb") == "done"
    assert engine.read == ["rules and tables", "rules and other cells"]
    assert len(engine.requests) == 2
