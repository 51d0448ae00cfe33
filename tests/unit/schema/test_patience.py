"""A limit that counts the processor's time, so that a busy machine stops nobody who did nothing wrong."""

from __future__ import annotations

import pytest

from jupyter_qwen.schema import patience
from jupyter_qwen.schema.patience import Patience


class Clocks:
    """Both clocks of a process, as the test sets them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wall = self.used = 0.0
        monkeypatch.setattr(patience.time, "monotonic", lambda: self.wall)
        monkeypatch.setattr(patience.time, "process_time", lambda: self.used)


def test_work_that_waits_for_the_processor_keeps_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clocks = Clocks(monkeypatch)
    limit = Patience(2.0)
    clocks.wall, clocks.used = 5.0, 0.5

    assert not limit.over


def test_work_that_had_the_processor_is_over_at_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    clocks = Clocks(monkeypatch)
    limit = Patience(2.0)
    clocks.wall = clocks.used = 2.01

    assert limit.over


def test_work_that_sleeps_is_over_at_four_times_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    clocks = Clocks(monkeypatch)
    limit = Patience(2.0)
    clocks.wall = 7.9
    assert not limit.over
    clocks.wall = 8.0

    assert limit.over


def test_it_is_looked_at_when_the_limit_is_reached_and_often_from_then_on(monkeypatch: pytest.MonkeyPatch) -> None:
    clocks = Clocks(monkeypatch)
    limit = Patience(2.0)
    assert limit.look_after == 2.0
    clocks.wall = 3.0

    assert limit.look_after == patience.LOOK_SECONDS
