"""Whether work that nobody asked for may be done now: where the user wants it, not on a battery, a share of every minute."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

import psutil

IDLE_SHARE = 0.5
_MINUTE = 60.0


class IdleBudget:
    """Seconds that were spent on warming and looking ahead within the last minute.

    `share` is how much of every minute that may be, 0 for none: while the engine works unasked it uses all of its cores.
    `wanted` is the user's word, and is asked every time.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        *,
        share: float = IDLE_SHARE,
        wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        self._clock, self._wanted = clock, wanted
        self._seconds = share * _MINUTE
        self._spent: deque[tuple[float, float]] = deque()

    def allows(self) -> bool:
        """Whether more may be done. The battery is asked every time: a cable is pulled in an instant."""
        return self.left() > 0 and self._wanted() and not on_battery()

    def left(self, reserve: float = 0.0) -> float:
        """Seconds of work that this minute still allows; `reserve` is the part of the share that is kept for others."""
        now = self._clock()
        while self._spent and self._spent[0][0] < now - _MINUTE:
            self._spent.popleft()
        return self._seconds * (1 - reserve) - sum(seconds for _, seconds in self._spent)

    def wait(self, reserve: float = 0.0) -> float | None:
        """Seconds until something is allowed again; ``None`` when waiting is of no use (the user, a battery, a share of 0)."""
        if self._seconds <= 0 or not self._wanted() or on_battery():
            return None
        if self.left(reserve) > 0:
            return 0.0
        return max(0.0, self._spent[0][0] + _MINUTE - self._clock())

    def note(self, began: float) -> None:
        """Work that began at `began` has ended now."""
        now = self._clock()
        self._spent.append((now, now - began))


def on_battery() -> bool:
    """True on a battery that is not being charged; False on the mains, without a battery, or where that is not known."""
    sensors = getattr(psutil, "sensors_battery", None)
    battery = sensors() if sensors is not None else None
    return battery is not None and battery.power_plugged is False
