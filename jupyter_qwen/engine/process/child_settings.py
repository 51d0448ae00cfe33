"""What a child process is told on its standard input, besides the key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_qwen.engine.builds.server_facts import LlamaServer
from jupyter_qwen.engine.builds.speeds import Speeds
from jupyter_qwen.engine.choice import EngineChoice
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.slots.cache_files import default_folder
from jupyter_qwen.engine.slots.plan import TOTAL
from jupyter_qwen.models import fit

# Stop, or a completion beside a chat, waits for a batch and the one behind it, and 0.5 s are promised. Where this machine's
# speed with this model was measured (engine/builds/speeds.py), a batch is what it reads in this time.
BATCH_SECONDS = 0.25
# Where it was not: a core of a common machine processes this many prompt tokens of the default model in 0.2 to 0.3 s (measured:
# 56 to 79 tok/s on two). With 12 Stop took over 0.5 s whenever the machine ran a quarter slower, with 8 it did not.
BATCH_TOKENS_A_CORE = 8
BATCH_PARAMETERS = 1.54e9


def child_settings(choice: EngineChoice, config: EngineConfig, path: Path | None) -> dict[str, Any]:
    """The settings of the chosen engine's child; `path` is the file, or the folder, with the weights."""
    if choice.engine == "scripted":
        script = str(Path(config.script).expanduser().resolve()) if config.script else None
        return {"script": script, "context_tokens": choice.context_tokens}
    context = choice.context_tokens or fit.CONTEXT_STEPS[0]
    common = {
        "context_tokens": context,
        "pool_tokens": fit.pool_tokens(context),
        "threads": choice.threads,
        "alias": choice.model.short_name if choice.model else "local",
        "yarn": yarn(choice),
    }
    if choice.engine == "transformers":
        folder = path or choice.folder
        return {
            **common,
            "model": str(folder),
            "alias": choice.model.short_name if choice.model else Path(str(folder)).name,
        }
    parameters = choice.model.parameters if choice.model else BATCH_PARAMETERS
    return {
        **common,
        "model": str(path),
        "slots": TOTAL,
        "slot_folder": str(slot_folder(config)),
        "gpu_layers": config.gpu_layers,
        "batch_tokens": batch_tokens(choice.threads, parameters, _prefill(choice, path)),
        **(_of_server(choice.server) if choice.server is not None else {}),
    }


def child_module(choice: EngineChoice) -> str:
    """The module that is the child of a choice."""
    kind = "llama_server" if choice.engine == "llama" and choice.server is not None else choice.engine
    return f"jupyter_qwen.engine.children.{kind}"


def _of_server(server: LlamaServer) -> dict[str, Any]:
    return {"server": str(server.path), "options": sorted(server.options), "devices": list(server.devices)}


def slot_folder(config: EngineConfig) -> Path:
    """Where the child may save KV caches."""
    return Path(config.slot_folder).expanduser() if config.slot_folder else default_folder()


def yarn(choice: EngineChoice) -> dict[str, Any] | None:
    """How far to stretch the positions, when more is asked for than the model was trained on: YaRN costs a little quality on
    short texts, so it is off otherwise. `factor` is a whole multiple, as the model's makers advise.
    """
    native = choice.model.context_tokens if choice.model else 0
    if not native or (choice.context_tokens or 0) <= native:
        return None
    return {"factor": -(-(choice.context_tokens or 0) // native), "original_tokens": native}


def _prefill(choice: EngineChoice, path: Path | None) -> float:
    """Tokens a second that were measured for this build, model and machine; 0 where nothing was."""
    known = Speeds().recall(choice.server, path, choice.threads) if path is not None else None
    return known.prefill if known is not None else 0.0


def batch_tokens(threads: int, parameters: float, prefill: float = 0.0) -> int:
    """Prompt tokens that are processed in about 0.25 s, within what llama.cpp does well: 16 to 512.

    By the measured `prefill` (tokens a second), or, where that is 0, by what a common machine's threads do.
    """
    tokens = int(BATCH_TOKENS_A_CORE * threads * BATCH_PARAMETERS / max(parameters, 1.0))
    if prefill > 0:
        tokens = int(prefill * BATCH_SECONDS)
    return min(512, max(16, tokens // 8 * 8))
