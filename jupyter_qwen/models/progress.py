"""How far a download is, in bytes, with a rate that does not jump about."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Phase = Literal["waiting", "downloading", "verifying", "loading", "done"]


@dataclass(frozen=True)
class Progress:
    """One report. `bytes_per_second` is a mean of the last seconds; `seconds_left` is ``None`` until a rate is known."""

    done_bytes: int
    total_bytes: int
    bytes_per_second: float | None = None
    seconds_left: float | None = None
    source: str = ""
    phase: Phase = "downloading"


OnProgress = Callable[[Progress], None]
Cancelled = Callable[[], bool]


class Meter:
    """Turns byte counts into `Progress` reports, at most one every `every_seconds`, besides the ones that are forced."""

    def __init__(self, report: OnProgress | None, *, every_seconds: float = 0.2, window_seconds: float = 8.0) -> None:
        self._report = report
        self._every = every_seconds
        self._window = window_seconds
        self._samples: deque[tuple[float, int]] = deque()
        self._last = 0.0
        self._phase: Phase = "waiting"

    def update(self, done: int, total: int, *, source: str, phase: Phase, force: bool = False) -> None:
        """Report `done` of `total` bytes when it is time to."""
        now = time.monotonic()
        if phase != self._phase:
            self._samples.clear()
            self._phase = phase
            force = True
        self._samples.append((now, done))
        while len(self._samples) > 2 and now - self._samples[0][0] > self._window:
            self._samples.popleft()
        if self._report is None or (not force and now - self._last < self._every):
            return
        self._last = now
        (then, before), rate = self._samples[0], None
        if now - then > 0.05 and done > before:
            rate = (done - before) / (now - then)
        left = (total - done) / rate if rate and total else None
        self._report(Progress(done, total, rate, left, source, phase))
