"""Which engine, which model, how much context, and why: decided in one place and explained in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from jupyter_qwen.engine.base import DoesNotFit, EngineRefused, EngineUnavailable
from jupyter_qwen.engine.builds.picking import Picked, pick
from jupyter_qwen.engine.builds.server_facts import LlamaServer, ask
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.installed import (
    INSTALL_TRANSFORMERS,
    has_llama,
    missing_for_transformers,
    torch_has_cuda,
)
from jupyter_qwen.models import fit
from jupyter_qwen.models.catalog import MODELS, UnknownModel, typed_name
from jupyter_qwen.models.entries import Format, ModelEntry
from jupyter_qwen.models.local import dtype_of_gguf
from jupyter_qwen.models.store import ModelStore

ChosenEngine = Literal["llama", "transformers", "openai", "scripted"]
FORMAT: dict[str, Format] = {"llama": "gguf", "transformers": "safetensors"}
GIB = 1024**3
UNTRIED = "its makers never ran it on a graphics card: the llama engine is the one to choose if it fails"


@dataclass(frozen=True)
class EngineChoice:
    """The outcome. `reason` is a sentence for the user; `model` is ``None`` where no weights of ours are involved.

    `folder` holds config.json, tokenizer and safetensors for the transformers engine (there already or to be pulled), and is
    ``None`` for the others. `considered` says of each engine that was passed over why. `server` is the llama-server that the
    llama engine is, ``None`` for the one that comes with us; `unmeasured` may be faster, and nobody knows yet.
    """

    engine: ChosenEngine
    reason: str
    model: ModelEntry | None = None
    context_tokens: int | None = None
    threads: int = 1
    dtype: str | None = None
    folder: Path | None = None
    considered: tuple[str, ...] = ()
    on_gpu: bool = False
    bits: int = 16
    server: LlamaServer | None = None
    unmeasured: tuple[LlamaServer, ...] = ()

    @property
    def format(self) -> Format:
        """Which files the engine reads."""
        return "safetensors" if self.folder is not None else "gguf"

    @property
    def need(self) -> fit.Need | None:
        """Memory that it will take."""
        if self.model is None or not self.context_tokens:
            return None
        return fit.need(self.model, self.context_tokens, kind=self.format, bits=self.bits)


def choose(config: EngineConfig, machine: fit.Machine | None = None, store: ModelStore | None = None) -> EngineChoice:
    """Decide. Looks at what is installed, what is on disk and at the machine; starts nothing and imports no engine.

    Raises EngineRefused for settings that cannot work, EngineUnavailable for what is not installed, DoesNotFit.
    """
    if config.engine == "openai" or (config.engine == "auto" and config.openai_base_url):
        if not config.openai_base_url:
            raise EngineRefused(
                "The openai engine has no address.", "Set its base URL, for example http://localhost:8000/v1."
            )
        return EngineChoice(
            "openai", f"an endpoint is set: {config.openai_base_url}", context_tokens=config.context_tokens
        )
    scripted = config.engine == "scripted" or (config.engine == "auto" and config.script is not None)
    reason = "answers come from a script: no model is running"
    if scripted and config.model is None:
        return EngineChoice("scripted", reason, context_tokens=config.context_tokens or 8192)
    machine, store = machine or fit.machine(), store or ModelStore(config.models_folder)
    entry = _model(config, store, machine)
    if scripted:
        # With a model named, everything but the answers is as if that one ran: for tests of the product.
        kind: ChosenEngine = "llama" if "gguf" in entry.formats else "transformers"
        return replace(_sized(kind, entry, config, machine, store), engine="scripted", reason=reason)
    if config.llama_build not in ("auto", "none") and config.engine in ("auto", "llama"):
        return _on_server(ask(Path(config.llama_build).expanduser(), "it is set"), entry, config, machine, store)
    if config.engine != "auto":
        wanted: ChosenEngine = "transformers" if config.engine == "transformers" else "llama"
        obstacle = _obstacle(wanted, entry)
        if obstacle is not None:
            raise obstacle
        return _explained(_sized(wanted, entry, config, machine, store), "it is set", machine)
    return _automatic(entry, config, machine, store)


def _on_server(
    server: LlamaServer, entry: ModelEntry, config: EngineConfig, machine: fit.Machine, store: ModelStore
) -> EngineChoice:
    """llama.cpp as a binary of the user's. Raises EngineRefused when that cannot serve, or cannot load this model."""
    if server.unusable:
        raise EngineRefused(
            f"{server.unusable}.", "Set the path of a current llama-server, or none for llama.cpp as installed."
        )
    obstacle = _obstacle("llama", entry, server)
    if obstacle is not None:
        raise obstacle
    choice = replace(_sized("llama", entry, config, machine, store), server=server)
    return _explained(choice, server.where, machine)


def _automatic(entry: ModelEntry, config: EngineConfig, machine: fit.Machine, store: ModelStore) -> EngineChoice:
    """A graphics card that torch can use decides first, then what is on disk, then what is installed; llama.cpp else."""
    on_disk = {kind: store.path(entry, kind) is not None for kind in entry.formats}
    obstacles = {engine: _obstacle(engine, entry) for engine in ("llama", "transformers")}
    against = _against_cuda(entry, machine, on_disk=on_disk.get("safetensors", False))
    if not against and obstacles["transformers"] is None:
        choice = _sized("transformers", entry, config, machine, store)
        return _explained(
            choice, f"{machine.gpus[0].name} is here and its safetensors are on disk ({UNTRIED})", machine
        )
    why_not = str(obstacles["transformers"] or against)
    prefer_folder = on_disk.get("safetensors", False) and not on_disk.get("gguf", False)
    order: tuple[ChosenEngine, ...] = ("transformers", "llama") if prefer_folder else ("llama", "transformers")
    for engine in order:
        if obstacles[engine] is not None:
            continue
        other = "llama" if engine == "transformers" else "transformers"
        passed = str(obstacles[other] or (why_not if other == "transformers" else "there is no GGUF file on disk"))
        if engine == "llama":
            because = "it needs no graphics card"
        else:
            because = "its safetensors are on disk" if prefer_folder else passed.rstrip(".")
        choice = _sized(engine, entry, config, machine, store)
        choice = replace(choice, considered=(*choice.considered, f"{other}: {passed}"))
        return _explained(choice, because, machine)
    # what can be installed is a better answer than which file there is none of
    raise min(
        (obstacle for obstacle in obstacles.values() if obstacle), key=lambda item: isinstance(item, EngineRefused)
    )


def _model(config: EngineConfig, store: ModelStore, machine: fit.Machine) -> ModelEntry:
    """The model that is set; without one the default, or, when that is not here but another one is, the largest that fits."""
    try:
        entry = store.entry(config.model)
    except UnknownModel as error:
        raise EngineRefused(str(error), error.hint) from error
    if config.model is not None or any(store.path(entry, kind) for kind in entry.formats):
        return entry
    least = fit.CONTEXT_STEPS[-1]
    here = [
        row for row in MODELS
        if row.instruct and any(
            store.path(row, kind) and fit.fits(row, least, machine.available_bytes, kind=kind, bits=machine.float_bits)
            for kind in row.formats
        )
    ]  # fmt: skip
    return max(here, key=lambda row: row.parameters, default=entry)


def _obstacle(
    engine: str, entry: ModelEntry, server: LlamaServer | None = None
) -> EngineUnavailable | EngineRefused | None:
    """Why an engine cannot run a model here, whatever the memory; ``None`` when it can."""
    if FORMAT[engine] not in entry.formats:
        other = "transformers" if engine == "llama" else "llama"
        files = "GGUF file" if engine == "llama" else "folder of safetensors"
        return EngineRefused(
            f"{entry.label} has no {files} that the {engine} engine could load.", f'Set the engine to "{other}".'
        )
    if engine == "llama":
        return (
            None
            if server is not None or has_llama()
            else EngineUnavailable("llama.cpp is not installed.", "pip install xllamacpp")
        )
    missing = missing_for_transformers()
    if missing:
        return EngineUnavailable(f"{' and '.join(missing)} are not installed.", INSTALL_TRANSFORMERS)
    return None


def _against_cuda(entry: ModelEntry, machine: fit.Machine, *, on_disk: bool) -> str:
    """What speaks against running it on a graphics card; empty when nothing does."""
    if not machine.gpus:
        return "there is no CUDA device"
    gpu = machine.gpus[0]
    if not torch_has_cuda():
        return f"the installed torch was built without CUDA, so it cannot use {gpu.name}"
    if not on_disk:
        return (
            f"its safetensors are not on disk; with them {gpu.name} would be used: "
            f"jupyter qwen model pull {typed_name(entry)} --format safetensors"
        )
    if not fit.fits(entry, fit.CONTEXT_STEPS[-1], gpu.available_bytes, kind="safetensors"):
        return f"it does not fit {gpu.name}, of which {gpu.available_bytes / GIB:.1f} GB are free"
    return ""


def _sized(
    engine: ChosenEngine, entry: ModelEntry, config: EngineConfig, machine: fit.Machine, store: ModelStore
) -> EngineChoice:
    """The choice with a context length that fits and that the model can read. Raises DoesNotFit or EngineRefused."""
    kind = FORMAT[engine]
    on_gpu = engine == "transformers" and bool(machine.gpus) and torch_has_cuda()
    available = machine.gpus[0].available_bytes if on_gpu else machine.available_bytes
    bits = 16 if on_gpu else machine.float_bits
    context, shortened = fit.choose_context(entry, available, kind=kind, bits=bits)
    if config.context_tokens:
        context, shortened = config.context_tokens, ""
    if context > entry.longest_context:
        raise EngineRefused(
            f"{entry.label} reads at most {entry.longest_context:,} tokens; {context:,} were asked for.",
            "Set context_tokens lower, or choose Qwen2.5-Coder 7B or larger: they read 131,072 with YaRN.",
        )
    if not fit.fits(entry, context, available, kind=kind, bits=bits):
        raise _too_large(entry, context, available, kind, bits)
    path = store.path(entry, kind)
    threads = config.threads or machine.cores
    looks = engine == "llama" and path is not None and config.llama_build == "auto"
    picked = pick(path, threads) if looks and path is not None else Picked()
    return EngineChoice(
        engine,
        "; ".join(part for part in (picked.reason, shortened) if part),
        model=entry,
        context_tokens=context,
        threads=threads,
        dtype=(dtype_of_gguf(path) if path else "Q4_K_M") if kind == "gguf" else None,
        folder=(path or store.folder_of(entry)) if kind == "safetensors" else None,
        on_gpu=on_gpu,
        bits=bits,
        server=picked.server,
        considered=picked.considered,
        unmeasured=picked.unmeasured,
    )


def _explained(choice: EngineChoice, because: str, machine: fit.Machine) -> EngineChoice:
    name = "llama.cpp" if choice.engine == "llama" else "transformers"
    if choice.server is not None:
        name = f"llama-server {choice.server.build}".rstrip()
    label = choice.model.label if choice.model else "the model"
    native = choice.model.context_tokens if choice.model else 0
    facts = [f"{name} runs {label}: {because}", choice.reason]
    if native and (choice.context_tokens or 0) > native:
        facts.append(f"YaRN stretches {native:,} tokens to {choice.context_tokens:,}")
    if machine.limited_by:
        facts.append(machine.limited_by)
    return replace(choice, reason="; ".join(fact for fact in facts if fact))


def _too_large(entry: ModelEntry, context: int, available: int, kind: Format, bits: int) -> DoesNotFit:
    """The refusal, with the way out: a shorter context when that is enough, else the largest model that fits."""
    needed = fit.need(entry, context, kind=kind, bits=bits).total
    shorter = fit.longest_that_fits(entry, available, kind=kind, bits=bits)
    smaller = [
        other for other in MODELS
        if other.instruct and other.fim and not other.needs_notice and kind in other.formats
        and other.weight_bytes(kind) < entry.weight_bytes(kind)
        and fit.fits(other, fit.CONTEXT_STEPS[1], available, kind=kind, bits=bits)
    ]  # fmt: skip
    best = max(smaller, key=lambda other: other.weight_bytes(kind), default=None)
    ways = []
    if shorter is not None and shorter < context:
        ways.append(f"With {shorter:,} tokens of context it would fit.")
    if best is not None and shorter is None:
        ways.append(f"{best.label} would fit.")
    if kind == "safetensors" and "gguf" in entry.formats and fit.fits(entry, context, available):
        ways.append("Its GGUF file on the llama engine would fit.")
    return DoesNotFit(
        f"{entry.label} with {context:,} tokens of context needs {needed / GIB:.1f} GB; "
        f"{available / GIB:.1f} GB of memory are available.",
        " ".join(ways) or "Close other programs, or set a shorter context.",
    )
