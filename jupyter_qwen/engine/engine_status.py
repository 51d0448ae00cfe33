"""What the rest of the product, and the user, may know about the engine at any moment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_qwen.engine.base import EngineState
from jupyter_qwen.engine.choice import EngineChoice
from jupyter_qwen.models.entries import ModelEntry
from jupyter_qwen.models.progress import Progress


@dataclass(frozen=True)
class EngineStatus:
    """A snapshot.

    `message` is one sentence for the user and empty when ready; `hint` is the way out. `engine` is the engine chosen and
    `reason` why. `device` is what computes (``CPU: AMD EPYC, 2 threads``). `model_file` is the path of the weights.
    `memory_bytes` is the child's resident memory; `tokens_per_second` that of the last finished answer's decode. `dtype` is
    the weights' precision (``Q4_K_M``, ``bfloat16``), `kv_bytes` the memory of the KV cache, `vram_bytes` what was
    taken of a graphics card. `pulling` is the model that `progress` is about while one is downloaded. `sharing` says
    whether the child is another server's, or why it is not.
    """

    state: EngineState
    message: str = ""
    hint: str = ""
    engine: str = ""
    device: str | None = None
    reason: str = ""
    model: ModelEntry | None = None
    model_file: str | None = None
    progress: Progress | None = None
    tokens_per_second: float | None = None
    memory_bytes: int | None = None
    context_tokens: int | None = None
    remote: bool = False
    dtype: str | None = None
    threads: int | None = None
    kv_bytes: int | None = None
    vram_bytes: int | None = None
    pulling: ModelEntry | None = None
    sharing: str = ""


def facts_of(choice: EngineChoice, path: Path | None) -> dict[str, Any]:
    """What a choice says about the status."""
    return {
        "dtype": choice.dtype,
        "threads": choice.threads if choice.engine in ("llama", "transformers") else None,
        "kv_bytes": choice.need.kv_cache if choice.need else None,
        "engine": choice.engine,
        "reason": choice.reason,
        "model": choice.model,
        "model_file": str(path) if path else None,
        "context_tokens": choice.context_tokens,
    }
