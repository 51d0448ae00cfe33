"""Several notebooks ask one small engine at once: turns, news of the wait, and a clear answer when the queue is full."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from jupyter_qwen.engine.scheduler import Capacity

Post = Callable[..., Any]


async def small_engine(qwen: Any) -> Any:
    """The scripted engine, as if it were a model on two cores, with room for two in its queue."""
    engine = await (await qwen.runtime()).services.engines.engine()
    engine.scheduler.capacity = Capacity(waiting=2)
    return engine


async def test_full_queue_is_said_in_the_stream_with_the_way_out(qwen: Any, ask_events: Post, question: Post) -> None:
    await small_engine(qwen)
    streams = await asyncio.gather(
        *(ask_events("ask", question("count the stars", mode="chat", thread=f"{n}.ipynb")) for n in range(5))
    )
    ends = [events[-1] for events in streams]
    answered = [end for end in ends if end["type"] == "answer"]
    refused = [end for end in ends if end["type"] == "error"]
    assert len(answered) == 3
    assert {end["code"] for end in refused} == {"engine-busy"}
    assert all("2 questions" in end["message"] and end["hint"] for end in refused)


async def test_question_that_waits_says_so_and_is_answered_in_its_turn(
    qwen: Any, ask_events: Post, question: Post
) -> None:
    engine = await small_engine(qwen)
    first = asyncio.create_task(ask_events("ask", question("count the stars", mode="chat", thread="a.ipynb")))
    while not engine.scheduler.running("chat"):  # noqa: ASYNC110  the server sets no event for a test
        await asyncio.sleep(0.01)
    second = await ask_events("ask", question("count the stars", mode="chat", thread="b.ipynb"))
    phases = [event["phase"] for event in second if event["type"] == "phase"]
    assert phases[phases.index("waiting") :][:3] == ["waiting", "prefill", "decode"]
    assert second[-1]["type"] == "answer"
    assert (await first)[-1]["type"] == "answer"


async def test_completion_is_not_kept_waiting_by_questions(qwen: Any, ask_events: Post, question: Post) -> None:
    engine = await small_engine(qwen)
    asks = [
        asyncio.create_task(ask_events("ask", question("count the stars", mode="chat", thread=f"{n}.ipynb")))
        for n in range(3)
    ]
    while engine.scheduler.waiting("chat") < 2:  # noqa: ASYNC110  the server sets no event for a test
        await asyncio.sleep(0.01)
    typed = await ask_events("complete", {"prefix": "total = ", "suffix": "", "language": "python"})
    assert typed[-1]["text"] == "sum(values)"
    assert not any(task.done() for task in asks)
    assert all(events[-1]["type"] == "answer" for events in await asyncio.gather(*asks))
