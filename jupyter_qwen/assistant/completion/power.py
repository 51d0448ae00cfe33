"""Whether this machine runs on its battery: work that nobody asked for waits for the mains."""

from __future__ import annotations

import psutil


def on_battery() -> bool:
    """True on a battery that is not being charged; False on the mains, without a battery, or where that is not known."""
    sensors = getattr(psutil, "sensors_battery", None)
    battery = sensors() if sensors is not None else None
    return battery is not None and battery.power_plugged is False
