"""Every model as this machine could run it: what fits, by which engine, and what is here already."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from jupyter_qwen.models import fit
from jupyter_qwen.models.catalog import ModelEntry
from jupyter_qwen.models.store import ModelStore, StoredModel

GIB = 1024**3


@dataclass(frozen=True)
class Offer:
    """One row. `context_tokens` is what one answer would get on this machine, `need_bytes` the memory with that.

    `engines` are those that could run it here; `reason` is a sentence: why it fits or does not.
    """

    entry: ModelEntry
    engines: tuple[str, ...]
    context_tokens: int
    need_bytes: int
    kv_bytes: int
    fits: bool
    reason: str
    path: Path | None = None
    bytes: int = 0
    partial_bytes: int = 0


def offers(store: ModelStore, machine: fit.Machine) -> tuple[Offer, ...]:
    """The catalogue and what else lies in the models folder, judged for `machine`. Blocks on the disk."""
    return tuple(_offer(row, machine) for row in store.entries())


def _offer(row: StoredModel, machine: fit.Machine) -> Offer:
    entry = row.entry
    context, _ = fit.choose_context(entry, machine.available_bytes)
    need = fit.need(entry, context)
    fits = need.total <= machine.available_bytes
    engines = tuple(_engines(entry))
    return Offer(
        entry=entry,
        engines=engines,
        context_tokens=context,
        need_bytes=need.total,
        kv_bytes=need.kv_cache,
        fits=fits and bool(engines),
        reason=_reason(entry, context, need.total, machine, fits=fits, engines=engines),
        path=row.path,
        bytes=row.bytes,
        partial_bytes=row.partial_bytes,
    )


def _engines(entry: ModelEntry) -> list[str]:
    found = []
    if entry.gguf is not None and find_spec("xllamacpp") is not None:
        found.append("llama")
    if entry.path is None and find_spec("torch") is not None and find_spec("transformers") is not None:
        found.append("transformers")
    return found


def _reason(
    entry: ModelEntry, context: int, need: int, machine: fit.Machine, *, fits: bool, engines: tuple[str, ...]
) -> str:
    if not engines:
        missing = 'pip install "jupyter_qwen[transformers]"' if entry.gguf is None else "pip install xllamacpp"
        return f"No engine that is installed runs it: {missing}."
    about = f"It needs {need / GIB:.1f} GB with {context:,} tokens of context"
    have = f"{machine.available_bytes / GIB:.1f} GB are available"
    return f"{about}; {have}." if fits else f"{about}; only {have}."
