"""The engine as the assistant sees it: a supervisor, and its status in the form of docs/reference/protocol.md."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from jupyter_qwen.engine.base import Engine, EngineError
from jupyter_qwen.engine.choice import choose
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.engine_status import EngineStatus
from jupyter_qwen.engine.offers import Offer
from jupyter_qwen.engine.process.child_settings import child_settings
from jupyter_qwen.engine.process.starting import slot_files
from jupyter_qwen.engine.process.supervisor import Supervisor
from jupyter_qwen.models.catalog import ModelEntry
from jupyter_qwen.version import version

OnStatus = Callable[[dict[str, Any]], None]


class SupervisedEngines:
    """An `EngineSource` on top of a supervisor. `on_status` hears every change of state, on the event loop."""

    def __init__(self, config: EngineConfig, on_status: OnStatus | None = None) -> None:
        self.supervisor = Supervisor(config, lambda status: on_status(describe(status)) if on_status else None)

    async def engine(self) -> Engine:
        """A running engine; loads the model when that has not been done. Raises EngineUnavailable with a hint."""
        return await self.supervisor.engine()

    def describe(self) -> dict[str, Any]:
        """The Status of docs/reference/protocol.md."""
        return describe(self.supervisor.status)

    async def forget(self, thread: str) -> None:
        """Drop what KV caches hold of a conversation that was cleared."""
        await self.supervisor.forget(thread)

    async def keeps(self, label: str) -> bool | None:
        """Whether a file with the beginning `label` is here for the model that would answer; ``None`` where none can be made.

        Loads nothing.
        """
        config, store = self.supervisor.config, self.supervisor.store
        try:
            choice = await asyncio.to_thread(choose, config, None, store)
        except EngineError:
            return None
        path = await asyncio.to_thread(store.path, choice.model, choice.format) if choice.model else None
        if choice.engine != "llama" or path is None:
            return None
        files = await asyncio.to_thread(slot_files, config, child_settings(choice, config, path))
        name = files.kept_name(label)
        return any(saved.file == name for saved in await asyncio.to_thread(files.kept))

    async def keep(self, label: str, thread: str) -> bool:
        """Write what the engine has read for a conversation to a file that stays; whether that worked."""
        running = self.supervisor.running
        memory = running.engine.memory if running is not None else None
        return memory is not None and await memory.keep(label, thread)

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
            "size_bytes": model.size_bytes,
            "licence": model.licence,
            "notice": model.needs_notice,
            "fim": model.fim is not None,
            "fim_style": model.fim,
        },
        "progress": None if status.progress is None else asdict(status.progress),
        "pulling": None if status.pulling is None else {"id": status.pulling.id, "label": status.pulling.label},
        "tokens_per_second": status.tokens_per_second,
        "memory_bytes": status.memory_bytes,
        "kv_bytes": status.kv_bytes,
        "vram_bytes": status.vram_bytes,
        "context_tokens": status.context_tokens,
        "dtype": status.dtype,
        "threads": status.threads,
        "sharing": status.sharing,
        "remote": status.remote,
        "inline_completion": model is None or model.fim is not None,
        "inline_completion_reason": why_no_completion(model),
        "version": version,
    }


def why_no_completion(model: ModelEntry | None) -> str:
    """A sentence for the user of a model that offers no inline completion; empty for one that does."""
    if model is None or model.fim is not None:
        return ""
    return f"{model.label} was not trained to fill in the middle, so there is no inline completion. A Qwen2.5-Coder model has it."


def model_row(offer: Offer, *, current: ModelEntry | None) -> dict[str, Any]:
    """A ModelRow of docs/reference/protocol.md."""
    entry, row = offer.entry, offer.row
    return {
        "id": entry.id,
        "label": entry.label,
        "on_disk": row.path is not None,
        "path": str(row.path) if row.path else None,
        "files": {kind: {"path": str(path), "bytes": size} for kind, path, size in row.paths},
        "formats": list(entry.formats),
        "size_bytes": row.bytes or entry.size_bytes,
        "partial_bytes": row.partial_bytes,
        "licence": entry.licence,
        "notice": entry.needs_notice,
        "instruct": entry.instruct,
        "fim": entry.fim is not None,
        "fim_reason": why_no_completion(entry),
        "context": entry.context_tokens,
        "max_context": entry.longest_context,
        "context_tokens": offer.context_tokens,
        "need_bytes": offer.need.total,
        "kv_bytes": offer.need.kv_cache,
        "kv_bytes_per_token": entry.kv_bytes_per_token,
        "fits": offer.fits,
        "fits_reason": offer.reason,
        "engines": list(offer.engines),
        "verified": entry.verified,
        "evidence": entry.evidence,
        "current": current is not None and entry.id == current.id,
    }
