"""What every engine must do with several requests at once: stop one that nobody reads, and let completions overtake."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise

import pytest
from contract_terms import COUNTING, FILLER, LONGER, STOP_SECONDS, STOPS, collect, wait_until_busy, wait_until_idle
from endpoints import Endpoint

from jupyter_qwen.engine.base import Delta, GenerationRequest


async def test_closing_the_stream_frees_the_compute_while_it_decodes(endpoint: Endpoint) -> None:
    async with endpoint.client() as engine:
        closed, waits = [], []
        for _ in range(STOPS):
            stream = engine.generate(GenerationRequest(COUNTING, max_new_tokens=300))
            async for _ in stream:
                break
            began = time.monotonic()
            await stream.aclose()
            closed.append(time.monotonic() - began)
            waits.append(await wait_until_idle(endpoint))
            if waits[-1] < STOP_SECONDS[endpoint.kind] and closed[-1] < 0.1:
                return
        raise AssertionError(f"closing took {closed} s, until idle it took {waits} s")


async def test_cancelling_the_task_frees_the_compute_while_it_prefills(endpoint: Endpoint) -> None:
    prompt = f"slow prefill {endpoint.kind} " + FILLER * 8 * LONGER[endpoint.kind]

    async with endpoint.client() as engine:
        await engine.count_tokens("the probing is done before the clock starts")
        waits: list[float] = []
        while len(waits) < STOPS and not (waits and waits[-1] < STOP_SECONDS[endpoint.kind]):
            task = asyncio.create_task(collect(engine, GenerationRequest(f"{len(waits)} {prompt}", max_new_tokens=5)))
            await asyncio.sleep(0.6)
            assert not task.done()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            waits.append(await wait_until_idle(endpoint))
        assert min(waits) < STOP_SECONDS[endpoint.kind], waits


async def test_two_answers_run_at_once(endpoint: Endpoint) -> None:
    async with endpoint.client() as engine:
        order: list[str] = []

        async def one(name: str, lane: str) -> str:
            request = GenerationRequest(COUNTING, max_new_tokens=30, lane=lane)  # type: ignore[arg-type]
            text = ""
            async for item in engine.generate(request):
                order.append(name)
                text += item.text if isinstance(item, Delta) else ""
            return text

        first, second = await asyncio.gather(one("chat", "chat"), one("completion", "completion"))
        assert first.startswith(" 7, 8")
        assert second.startswith(" 7, 8")
        switches = sum(a != b for a, b in pairwise(order))
        assert switches > 4, order


async def test_completion_is_served_while_the_chat_is_still_writing(endpoint: Endpoint) -> None:
    async with endpoint.client() as engine:
        chat = engine.generate(GenerationRequest(COUNTING, max_new_tokens=250))
        async for _ in chat:
            break
        await collect(engine, GenerationRequest("x = 1\ny =", max_new_tokens=2, lane="completion"))
        async for item in chat:
            assert isinstance(item, Delta), "the chat ended before the completion was served"
            break
        await chat.aclose()


async def test_completion_overtakes_a_chat_that_still_reads_its_prompt(endpoint: Endpoint) -> None:
    if endpoint.kind in ("openai", "yours"):
        pytest.skip(
            "somebody else's server has an order of its own: llama.cpp with its usual settings lets the completion wait"
        )
    prompt = f"slow prefill, overtaken {endpoint.kind} " + FILLER * 8 * LONGER[endpoint.kind]

    async with endpoint.client() as engine:
        await collect(engine, GenerationRequest("x = 1\ny =", max_new_tokens=2, lane="completion"))
        chat = asyncio.create_task(collect(engine, GenerationRequest(prompt, max_new_tokens=1)))
        await wait_until_busy(endpoint)
        await collect(engine, GenerationRequest("x = 1\nz =", max_new_tokens=2, lane="completion"))
        assert not chat.done(), "the completion waited for the chat"
        chat.cancel()
        with pytest.raises(asyncio.CancelledError):
            await chat
