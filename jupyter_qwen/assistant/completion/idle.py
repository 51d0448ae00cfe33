"""Whether work that nobody asked for may be done now: not on a battery, and only a share of every minute."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

import psutil

IDLE_SECONDS_A_MINUTE = 30.0


class IdleBudget:
    """Seconds that were spent on warming and looking ahead within the last minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._spent: deque[tuple[float, float]] = deque()

    def allows(self) -> bool:
        """Whether more may be done. The battery is asked every time: a cable is pulled in an instant."""
        now = self._clock()
        while self._spent and self._spent[0][0] < now - 60:
            self._spent.popleft()
        return sum(seconds for _, seconds in self._spent) < IDLE_SECONDS_A_MINUTE and not on_battery()

    def note(self, began: float) -> None:
        """Work that began at `began` has ended now."""
        now = self._clock()
        self._spent.append((now, now - began))


def on_battery() -> bool:
    """True on a battery that is not being charged; False on the mains, without a battery, or where that is not known."""
    sensors = getattr(psutil, "sensors_battery", None)
    battery = sensors() if sensors is not None else None
    return battery is not None and battery.power_plugged is False
