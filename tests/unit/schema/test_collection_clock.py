"""The time that a collection has: a process that waits for the processor is not blamed for it, up to four times as long."""

from __future__ import annotations

import time

from jupyter_qwen.schema.collector.collection_limits import STARVED, Clock


def test_time_in_which_others_had_the_processor_counts_a_quarter() -> None:
    clock = Clock(10.0)
    begun = time.monotonic()
    time.sleep(0.4)
    waited = time.monotonic() - begun

    assert clock.elapsed() < waited
    assert clock.elapsed() >= waited / STARVED
    assert clock.left() > 10.0 - waited


def test_time_of_the_processor_counts_whole_and_never_more_than_the_clock() -> None:
    clock = Clock(10.0)
    begun, used = time.monotonic(), time.process_time()
    while time.process_time() - used < 0.2:
        pass

    assert 0.2 <= clock.elapsed() <= time.monotonic() - begun


def test_nothing_is_left_when_the_time_is_up() -> None:
    assert Clock(0.0).left() == 0.0
