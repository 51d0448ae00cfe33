"""What the contract promises in figures, and how a test sees that an endpoint computes."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing

import httpx
from endpoints import Endpoint

from jupyter_qwen.engine.base import Delta, Finished, GenerationRequest
from jupyter_qwen.engine.client.http import HttpEngine

COUNTING = "count: 1, 2, 3, 4, 5, 6,"
FILLER = "the quick brown fox jumps over the lazy dog. " * 12
# The promise is 0.5 s (measured in docs/reference/engines.md). Test machines are busy at times, so one stop of three
# has to keep it: what our code adds, every one of them would show. Somebody else's server works in batches of its own
# choice. A network of two layers reads a prompt at once unless it is long.
LONGER = {"scripted": 1, "transformers": 3, "safetensors": 1, "llama": 1, "llama_server": 2, "openai": 1, "yours": 1}
# vLLM reuses whole blocks of its KV cache: 128 tokens on a processor.
BLOCK = {"yours": 128}
STOPS = 3
STOP_SECONDS = {
    "scripted": 0.5, "transformers": 0.5, "safetensors": 1.0, "llama": 0.5, "llama_server": 0.5, "openai": 5.0, "yours": 5.0,
}  # fmt: skip


async def collect(engine: HttpEngine, request: GenerationRequest) -> tuple[str, Finished]:
    """The text and the end."""
    text, end = "", None
    async with aclosing(engine.generate(request)) as stream:
        async for item in stream:
            assert end is None, "nothing comes after the end"
            if isinstance(item, Delta):
                text += item.text
            else:
                end = item
    assert end is not None
    return text, end


async def wait_until_busy(endpoint: Endpoint) -> None:
    """Until a slot of the endpoint computes."""
    await wait_until(endpoint, busy=True)


async def wait_until_idle(endpoint: Endpoint) -> float:
    """Seconds until no slot of the endpoint computes."""
    return await wait_until(endpoint, busy=False)


async def computes(client: httpx.AsyncClient, root: str) -> bool:
    """Whether the endpoint works on some request: llama.cpp and our own tell by their slots, vLLM by its metrics."""
    slots = await client.get(root + "/slots")
    if slots.status_code == 200:
        return any(slot["is_processing"] for slot in slots.json())
    metrics = (await client.get(root + "/metrics")).text.splitlines()
    running = [line for line in metrics if line.startswith("vllm:num_requests_running")]
    assert running, "the endpoint tells nobody whether it computes"
    return any(float(line.rsplit(" ", 1)[1]) > 0 for line in running)


async def wait_until(endpoint: Endpoint, *, busy: bool) -> float:
    """Seconds until some slot computes, or none."""
    root = endpoint.url.removesuffix("/v1")
    began = time.monotonic()
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {endpoint.key}"}, timeout=30) as client:
        while time.monotonic() - began < 20:
            if await computes(client, root) is busy:
                return time.monotonic() - began
            await asyncio.sleep(0.005)
    raise AssertionError(f"for 20 seconds the engine was {'idle' if busy else 'computing'}")
