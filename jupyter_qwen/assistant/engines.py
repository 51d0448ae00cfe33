"""The engine as the assistant sees it: a supervisor, and its status in the form of docs/architecture.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from jupyter_qwen.engine.base import Engine
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.status import EngineStatus
from jupyter_qwen.engine.supervisor import Supervisor
from jupyter_qwen.version import version

OnStatus = Callable[[dict[str, Any]], None]


class SupervisedEngines:
    """An `EngineSource` on top of a supervisor. `on_status` hears every change of state, on the event loop."""

    def __init__(self, config: EngineConfig, on_status: OnStatus | None = None) -> None:
        self.supervisor = Supervisor(config, lambda status: on_status(describe(status)) if on_status else None)

    async def engine(self) -> Engine:
        """A running engine; loads the model when that has not been done. Raises EngineUnavailable with a hint."""
        engine: Engine = await self.supervisor.engine()
        return engine

    def describe(self) -> dict[str, Any]:
        """The Status of docs/architecture.md."""
        return describe(self.supervisor.status)

    async def aclose(self) -> None:
        """End the child process."""
        await self.supervisor.aclose()


def describe(status: EngineStatus) -> dict[str, Any]:
    """A status on the wire."""
    model = status.model
    return {
        "state": status.state,
        "message": status.message,
        "hint": status.hint,
        "engine": status.engine,
        "device": status.device,
        "reason": status.reason,
        "model": None
        if model is None
        else {
            "id": model.id,
            "label": model.label,
            "file": model.gguf.name if model.gguf else None,
            "size_bytes": model.gguf.bytes if model.gguf else None,
            "licence": model.licence,
            "notice": model.needs_notice,
            "fim": model.fim is not None,
        },
        "progress": None if status.progress is None else asdict(status.progress),
        "tokens_per_second": status.tokens_per_second,
        "memory_bytes": status.memory_bytes,
        "context_tokens": status.context_tokens,
        "remote": status.remote,
        "inline_completion": model is None or model.fim is not None,
        "version": version,
    }
