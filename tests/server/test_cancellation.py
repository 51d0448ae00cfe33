"""Leaving a stream stops the engine's work; streams do not disturb one another."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import httpx

Post = Callable[..., Any]


async def engine_metrics(app: Any) -> dict[str, int]:
    runtime = await app.runtime()
    engine = await runtime.services.engines.engine()
    response = await engine.http._client.get(engine.http.root + "/metrics")
    return dict(response.json())


async def test_client_that_leaves_frees_the_engine_within_half_a_second(
    qwen: Any, question: Post, http_server: Any, jp_http_port: int, jp_base_url: str, jp_auth_header: dict[str, str]
) -> None:
    before = await engine_metrics(qwen)
    url = f"http://127.0.0.1:{jp_http_port}{jp_base_url}jupyter-qwen/ask"
    body = question("count the stars", mode="chat", thread="")
    async with (
        httpx.AsyncClient(headers=jp_auth_header, timeout=30) as client,
        client.stream("POST", url, json=body) as response,
    ):
        async for line in response.aiter_lines():
            if json.loads(line)["type"] == "delta":
                break
    left = time.perf_counter()
    while (await engine_metrics(qwen))["cancelled"] == before["cancelled"]:
        assert time.perf_counter() - left < 0.5, "the engine goes on after the client left"
        await asyncio.sleep(0.02)


async def test_event_loop_is_never_blocked_for_long_while_questions_run(
    qwen: Any, ask_events: Post, question: Post
) -> None:
    await engine_metrics(qwen)  # imports and start are not what is measured
    worst, worst_wall, running = 0.0, 0.0, True

    async def watch() -> None:
        nonlocal worst, worst_wall
        while running:
            # The loop's own computing, in CPU seconds: on a busy machine the wall clock measures the other programs.
            before, due = time.thread_time(), time.perf_counter() + 0.005
            await asyncio.sleep(0.005)
            worst = max(worst, time.thread_time() - before)
            worst_wall = max(worst_wall, time.perf_counter() - due)

    watcher = asyncio.create_task(watch())
    await asyncio.gather(*(ask_events("ask", question("how many orders", thread="")) for _ in range(5)))
    running = False
    await watcher
    assert worst < 0.1
    # what waits without computing, a file or a lock, shows on the wall clock alone; so do other programs, for less long
    assert worst_wall < 2
