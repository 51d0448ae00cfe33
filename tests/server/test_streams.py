"""A hundred readers at once, in a server process of its own: nothing lost, nothing reordered, the event loop always free."""

from __future__ import annotations

import asyncio
import gc
import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks.speed.pairs import Measured
from benchmarks.speed.traffic import clients


@pytest.fixture(autouse=True)
def stop_child() -> None:
    """The servers of these tests are processes of their own, which stop their children themselves."""


def test_hundred_streams_leave_the_event_loop_free_and_the_memory_small(tmp_path: Path) -> None:
    async def work() -> dict[str, Measured]:
        # it raises when an answer lost, gained or reordered a single piece
        return {figure.name: figure async for figure in clients(tmp_path, clients=100, questions=1)}

    stretches = []
    for _ in range(3):
        figures = asyncio.run(asyncio.wait_for(work(), 120))
        assert len(figures["whole answer"].product) == 100
        assert figures["memory of the server"].product[0] < 250
        # Processor time of the loop's own thread: on the clock, a busy test machine measures the other programs. When those keep
        # the server waiting, more is to be done at a stretch afterwards; so the best of three counts. Machines differ in speed
        # by three times and more: what four of the answers cost there is the measure.
        stretch = figures["event loop computing at a stretch"].product[0]
        stretches.append(stretch / figures["server processor time for an answer"].product[0])
        if stretches[-1] <= 4:
            break
    assert min(stretches) <= 4, stretches


async def test_full_collections_leave_out_what_the_server_has_loaded(api: Any) -> None:
    await api("status")
    assert gc.get_freeze_count() > 100_000
    gc.disable()
    try:
        began = time.process_time()
        gc.collect()
        assert time.process_time() - began < 0.1
    finally:
        gc.enable()
