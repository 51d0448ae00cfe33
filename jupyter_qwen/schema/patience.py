"""How long a piece of work may take on a machine that does other things beside it.

A limit by the clock alone stops a query that did nothing wrong where eight other processes want the same two cores. So the
time of the processor counts, and the clock only when it shows several times the limit, as for work that sleeps.
"""

from __future__ import annotations

import time
from typing import Final

#: How many times its limit work may take by the clock while the processor gives it less than it needs.
STARVED: Final = 4
#: What part of the limit a process must have had of the processor to have had its time.
SERVED: Final = 0.9
LOOK_SECONDS: Final = 0.05


class Patience:
    """The limit on a piece of work of this process, which begins now: `seconds` of the processor's time.

    `starved` is how many times the limit it may take by the clock; 1 counts the clock alone.
    """

    def __init__(self, seconds: float, *, starved: float = STARVED) -> None:
        self.seconds = seconds
        self._starved = starved
        self._began, self._used = time.monotonic(), time.process_time()

    @property
    def spent(self) -> float:
        """What of the limit is used up, in seconds."""
        elapsed = time.monotonic() - self._began
        return min(elapsed, max(elapsed / self._starved, (time.process_time() - self._used) / SERVED))

    @property
    def over(self) -> bool:
        """Whether the work had its time."""
        return self.spent >= self.seconds

    @property
    def look_after(self) -> float:
        """Seconds until `over` is worth asking for again."""
        return max(LOOK_SECONDS, self.seconds - (time.monotonic() - self._began))
