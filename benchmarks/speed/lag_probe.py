"""A Jupyter server extension for measurements alone: how long the event loop was kept from a timer that was due.

It rests until it is asked for the first time: its two hundred wakes a second would slow the engine that is measured beside it.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

TICK_SECONDS = 0.005


class LagProbe:
    """Sleeps in short ticks and notes by how much each came late, on the clock and in processor time of the loop's thread."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self.computed: list[float] = []
        self._ticking: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Tick from now on; without effect when it does."""
        if self._ticking is None:
            self._ticking = asyncio.create_task(self.run(), name="lag probe")

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            due, cpu = time.perf_counter() + TICK_SECONDS, time.thread_time()
            await asyncio.sleep(TICK_SECONDS)
            self.late.append(time.perf_counter() - due)
            self.computed.append(time.thread_time() - cpu)

    def take(self) -> dict[str, float]:
        """The worst since the last call, in milliseconds; `worst_cpu_ms` leaves out what other programs took."""
        late, computed = sorted(self.late), sorted(self.computed)
        self.late, self.computed = [], []
        if not late:
            return {"worst_ms": 0.0, "p99_ms": 0.0, "worst_cpu_ms": 0.0, "ticks": 0}
        return {
            "worst_ms": round(1000 * late[-1], 1),
            "p99_ms": round(1000 * late[int(0.99 * (len(late) - 1))], 1),
            "worst_cpu_ms": round(1000 * computed[-1], 1),
            "ticks": len(late),
        }


class LagHandler(APIHandler):
    """What the probe saw since it was last asked; the first time it begins to look."""

    @web.authenticated
    async def get(self) -> None:
        probe: LagProbe = self.settings["jupyter_qwen_lag_probe"]
        probe.begin()
        self.finish(probe.take())


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "benchmarks.speed.lag_probe"}]


def _load_jupyter_server_extension(app: Any) -> None:
    settings = app.web_app.settings
    settings["jupyter_qwen_lag_probe"] = LagProbe()
    route = url_path_join(settings["base_url"], "jupyter-qwen-bench/lag")
    app.web_app.add_handlers(".*$", [(route, LagHandler)])
