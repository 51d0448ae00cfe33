"""What the user, or an administrator, chose about engines."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

EngineName = Literal["auto", "llama", "transformers", "openai", "scripted"]
LLAMA_VARIABLE = "JUPYTER_QWEN_LLAMA_SERVER"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class EngineConfig:
    """Settings of one supervisor.

    `model` is a Hub id, a short name or the path of a .gguf file; ``None`` is the default model. `context_tokens` ``None``
    lets the machine's memory decide. `threads` ``None`` means every core this process may use. `idle_minutes` 0 keeps the
    model loaded for ever. The `openai_*` fields serve the `openai` engine; `openai_model` ``None`` takes the first one the
    endpoint lists, and `openai_questions` bounds what this server asks of it at once. `script` is a JSON file for the
    `scripted` engine. `models_folder` ``None`` is the user's cache folder.
    KV caches of conversations that wait lie in `slot_folder`, ``None`` for the user's cache folder.
    With `share` one engine process serves all of the user's servers that want the same of it; they find it by files in
    `runtime_folder`, ``None`` for Jupyter's own.
    `llama_server` is the path of a llama-server that the llama engine shall be, "auto" for the fastest that is here, "none" for
    the one that comes with us; ``None`` is what JUPYTER_QWEN_LLAMA_SERVER says, "auto" where it says nothing.
    """

    engine: EngineName = "auto"
    model: str | None = None
    context_tokens: int | None = None
    threads: int | None = None
    gpu_layers: int | None = None
    idle_minutes: float = 30.0
    openai_base_url: str | None = None
    openai_key: str | None = field(default=None, repr=False)
    openai_model: str | None = None
    openai_questions: int | None = None
    script: str | Path | None = None
    models_folder: str | Path | None = None
    log_folder: str | Path | None = None
    share: bool = False
    runtime_folder: str | Path | None = None
    load_timeout_seconds: float = 600.0
    slot_folder: str | Path | None = None
    llama_server: str | Path | None = None

    def switched(self, model: str, *, engine: EngineName | None, context_tokens: int | None) -> EngineConfig:
        """These settings for another model of this machine: an endpoint that was configured has its own models.

        `engine` and `context_tokens` stay as they are where they are ``None``; 0 tokens let the machine decide.
        """
        local: EngineName = "auto" if self.engine == "openai" else self.engine
        return replace(
            self,
            model=model,
            engine=engine or local,
            context_tokens=self.context_tokens if context_tokens is None else context_tokens or None,
            openai_base_url=None,
        )

    @property
    def llama_build(self) -> str:
        """Which build of llama.cpp is wanted: "auto", "none" or a path."""
        return str(self.llama_server or os.environ.get(LLAMA_VARIABLE) or "auto")

    @property
    def remote(self) -> bool:
        """Whether prompts leave this machine."""
        return (
            self.openai_base_url is not None
            and self.engine in ("openai", "auto")
            and not is_loopback(self.openai_base_url)
        )


def is_loopback(url: str) -> bool:
    """Whether the URL's host is this machine."""
    return (urlsplit(url).hostname or "") in LOOPBACK
