"""Where the engine's state is posted: one snapshot, and a call to whoever listens when it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from jupyter_qwen.engine.base import EngineState
from jupyter_qwen.engine.engine_status import EngineStatus

OnChange = Callable[[EngineStatus], None]
# What holds for a running engine alone goes when it stops.
_OF_A_RUNNING_ENGINE: dict[str, Any] = {
    "memory_bytes": None,
    "vram_bytes": None,
    "tokens_per_second": None,
    "device": None,
}


class Board:
    """The newest `EngineStatus`. `on_change` hears every new one, in the thread that posts it."""

    def __init__(self, status: EngineStatus, on_change: OnChange | None) -> None:
        self.status = status
        self._on_change = on_change

    def post(self, state: EngineState | None = None, **fields: Any) -> EngineStatus:
        """The new snapshot; told only when something differs. Without `state` only `fields` change."""
        state = state or self.status.state
        if state not in ("downloading", "loading") and self.status.pulling is None:
            fields.setdefault("progress", None)
        if state != "ready":
            fields = _OF_A_RUNNING_ENGINE | fields
        fresh = replace(self.status, state=state, **fields)
        if fresh != self.status:
            self.status = fresh
            if self._on_change is not None:
                self._on_change(fresh)
        return fresh
