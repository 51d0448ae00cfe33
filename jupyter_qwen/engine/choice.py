"""Which engine, which model, how much context, and why: decided in one place and explained in words."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from jupyter_qwen.engine.base import DoesNotFit, EngineRefused, EngineUnavailable
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.slots import TOTAL
from jupyter_qwen.models import fit
from jupyter_qwen.models.catalog import DEFAULT_MODEL, MODELS, ModelEntry, UnknownModel, find
from jupyter_qwen.models.store import default_folder

ChosenEngine = Literal["llama", "transformers", "openai", "scripted"]
GIB = 1024**3
# A core of a common machine processes this many prompt tokens of the default model in 0.3 s (measured: 78 tok/s on two). That is
# how long Stop, or a completion beside a chat, waits for a batch; with 16 Stop took 0.57 s where 0.5 s are promised.
BATCH_TOKENS_A_CORE = 12
BATCH_PARAMETERS = 1.54e9


@dataclass(frozen=True)
class Choice:
    """The outcome. `reason` is a sentence for the user; `model` is ``None`` where no weights of ours are involved.

    `folder` holds config.json, tokenizer and safetensors for the transformers engine, and is ``None`` for the others.
    """

    engine: ChosenEngine
    reason: str
    model: ModelEntry | None = None
    context_tokens: int | None = None
    threads: int = 1
    dtype: str | None = None
    folder: Path | None = None


def choose(config: EngineConfig, machine: fit.Machine | None = None) -> Choice:
    """Decide. Looks at what is installed and at the machine; starts nothing and imports no engine.

    Raises EngineRefused for settings that cannot work, EngineUnavailable for what is not installed or does not fit.
    """
    if config.engine == "openai" or (config.engine == "auto" and config.openai_base_url):
        if not config.openai_base_url:
            raise EngineRefused(
                "The openai engine has no address.", "Set its base URL, for example http://localhost:8000/v1."
            )
        return Choice("openai", f"an endpoint is set: {config.openai_base_url}", context_tokens=config.context_tokens)
    if config.engine == "scripted" or (config.engine == "auto" and config.script):
        return _scripted(config, machine)
    if config.engine == "transformers":
        return _transformers(config, machine or fit.machine())
    if importlib.util.find_spec("xllamacpp") is None:
        raise EngineUnavailable("llama.cpp is not installed.", "Install it with: pip install xllamacpp")
    return _local(config, machine or fit.machine())


def child_settings(choice: Choice, config: EngineConfig, path: Path | None) -> dict[str, Any]:
    """What the child is told on its standard input, besides the key."""
    if choice.engine == "scripted":
        script = str(Path(config.script).expanduser().resolve()) if config.script else None
        return {"script": script, "context_tokens": choice.context_tokens}
    context = choice.context_tokens or fit.CONTEXT_STEPS[0]
    if choice.engine == "transformers":
        return {
            "model": str(choice.folder),
            "alias": choice.model.short_name if choice.model else Path(str(choice.folder)).name,
            "context_tokens": context,
            "pool_tokens": fit.pool_tokens(context),
            "threads": choice.threads,
        }
    parameters = choice.model.parameters if choice.model else BATCH_PARAMETERS
    return {
        "model": str(path),
        "alias": choice.model.short_name if choice.model else "local",
        "context_tokens": context,
        "pool_tokens": fit.pool_tokens(context),
        "slots": TOTAL,
        "threads": choice.threads,
        "gpu_layers": config.gpu_layers,
        "batch_tokens": batch_tokens(choice.threads, parameters),
    }


def batch_tokens(threads: int, parameters: float) -> int:
    """Prompt tokens that this many threads process in about 0.3 s, within what llama.cpp does well: 16 to 512."""
    tokens = int(BATCH_TOKENS_A_CORE * threads * BATCH_PARAMETERS / max(parameters, 1.0))
    return min(512, max(16, tokens // 8 * 8))


def _scripted(config: EngineConfig, machine: fit.Machine | None) -> Choice:
    """Answers from a script. With a model named, everything but the answers is as if that one ran: for tests of the product."""
    reason = "answers come from a script: no model is running"
    if config.model is None:
        return Choice("scripted", reason, context_tokens=config.context_tokens or 8192)
    return replace(_local(config, machine or fit.machine()), engine="scripted", reason=reason)


def _local(config: EngineConfig, machine: fit.Machine) -> Choice:
    try:
        entry = find(config.model or DEFAULT_MODEL)
    except UnknownModel as error:
        raise EngineRefused(str(error), error.hint) from error
    context, shortened = fit.choose_context(entry, machine.available_bytes)
    context = config.context_tokens or context
    if not fit.fits(entry, context, machine.available_bytes):
        raise _too_large(entry, context, machine)
    reason = f"llama.cpp runs {entry.label} on this machine; it needs no graphics card"
    return Choice(
        "llama",
        f"{reason}; {shortened}" if shortened and not config.context_tokens else reason,
        model=entry,
        context_tokens=context,
        threads=config.threads or machine.cores,
        dtype="Q4_K_M" if entry.gguf and "q4_k_m" in entry.gguf.name.casefold() else None,
    )


def _transformers(config: EngineConfig, machine: fit.Machine) -> Choice:
    """A folder of safetensors: the user's own, or the one of the models folder named like the model in lower case."""
    missing = [name for name in ("torch", "transformers", "safetensors") if importlib.util.find_spec(name) is None]
    if missing:
        raise EngineUnavailable(
            f"The transformers engine needs {' and '.join(missing)}.", 'pip install "jupyter_qwen[transformers]"'
        )
    entry, folder = None, Path(config.model or "").expanduser()
    if not (config.model and (folder / "config.json").is_file()):
        try:
            entry = find(config.model or DEFAULT_MODEL)
        except UnknownModel as error:
            raise EngineRefused(str(error), error.hint) from error
        models = Path(config.models_folder).expanduser() if config.models_folder else default_folder()
        folder = models / entry.short_name.lower()
    if not any(folder.glob("*.safetensors")):
        raise EngineUnavailable(
            f"{entry.label if entry else folder} has no safetensors on this machine.",
            "Fetch them with: jupyter qwen model pull --for transformers",
        )
    return Choice(
        "transformers",
        f"torch and transformers run {entry.label if entry else folder.name} from safetensors",
        model=entry,
        context_tokens=config.context_tokens or fit.CONTEXT_STEPS[0],
        threads=config.threads or machine.cores,
        folder=folder,
    )


def _too_large(entry: ModelEntry, context: int, machine: fit.Machine) -> DoesNotFit:
    needed = fit.need(entry, context).total
    smaller = [
        other for other in MODELS
        if other.gguf and other.fim and other.size_bytes < entry.size_bytes and fit.fits(other, 4096, machine.available_bytes)
    ]  # fmt: skip
    best = max(smaller, key=lambda other: other.size_bytes, default=None)
    return DoesNotFit(
        f"{entry.label} with {context:,} tokens of context needs {needed / GIB:.1f} GB; "
        f"{machine.available_bytes / GIB:.1f} GB of memory are available.",
        f"{best.label} would fit." if best else "Close other programs, or set a shorter context.",
    )
