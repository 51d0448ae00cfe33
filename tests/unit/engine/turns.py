"""Requests in each lane, for tests of whose turn it is."""

from __future__ import annotations

import asyncio

from jupyter_qwen.engine.base import GenerationRequest, Lane
from jupyter_qwen.engine.scheduler import UNASKED, Capacity, Urgency

SMALL = Capacity(quiet_seconds=0.0, hold_seconds=0.0)


def request(urgency: Urgency, owner: str = "a", text: str = "p") -> GenerationRequest:
    lane: Lane = "completion" if urgency == "preparing" else urgency
    return GenerationRequest(text, lane=lane, owner=owner, max_new_tokens=0 if urgency in UNASKED else 8)


async def settle() -> None:
    """Let everything that can run, run."""
    for _ in range(12):
        await asyncio.sleep(0)
