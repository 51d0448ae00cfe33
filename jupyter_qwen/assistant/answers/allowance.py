"""What a choice may still cost, counted in tokens: the same question gets the same answer however busy the machine is.

A limit by the clock made accuracy a matter of what else ran: of 172 answers on a slow machine 32 were cut short. Only a stop
by the clock for machines that stand nearly still remains, and it is generous.
"""

from __future__ import annotations

import time
from collections.abc import Callable

TOKENS_A_SECOND = 30.0
"""Tokens that the reference machine writes in a second: two quiet cores, 1.5B parameters, four bits
(docs/explanation/performance.md)."""

READ_FOR_ONE_WRITTEN = 3.0
"""Prompt tokens that are read in the time in which one is written."""

_PATIENCE = 6.0


class Allowance:
    """Tokens left to spend. `seconds` are those of the reference machine; the clock ends it after six times as many."""

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.tokens = seconds * TOKENS_A_SECOND
        self._clock = clock
        self._ends = clock() + seconds * _PATIENCE

    def spend(self, *, written: int, read: int = 0) -> None:
        """Take off what a generation cost; `read` are prompt tokens that no earlier answer had read."""
        self.tokens -= written + read / READ_FOR_ONE_WRITTEN

    @property
    def seconds_left(self) -> float:
        """Seconds by the clock until even the slowest machine stops."""
        return self._ends - self._clock()

    @property
    def spent(self) -> bool:
        """Whether nothing more may begin."""
        return self.tokens < 1 or self.seconds_left <= 0

    def room(self, most: int) -> int:
        """How many tokens the next answer may have, at most `most`."""
        return max(0, min(most, int(self.tokens)))
