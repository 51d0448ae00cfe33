"""Every model as this machine could run it: what fits, by which engine, and what is here already."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_qwen.engine.base import EngineError
from jupyter_qwen.engine.builds.speeds import Speed
from jupyter_qwen.engine.choice import FORMAT, EngineChoice, choose
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.installed import INSTALL_TRANSFORMERS, has_llama, missing_for_transformers
from jupyter_qwen.models import fit
from jupyter_qwen.models.catalog import MODELS
from jupyter_qwen.models.entries import ModelEntry
from jupyter_qwen.models.store import ModelStore, StoredModel

GIB = 1024**3
LEAST_TOKENS = fit.CONTEXT_STEPS[1]


PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Offer:
    """One row. `context_tokens` is what one answer would get on this machine, `need` the memory with that.

    `engines` are those that could run it here, the one that "auto" would take first; `reason` is a sentence: why it fits or not.
    """

    row: StoredModel
    engines: tuple[str, ...]
    context_tokens: int
    need: fit.Need
    fits: bool
    reason: str

    @property
    def entry(self) -> ModelEntry:
        return self.row.entry


def offers(store: ModelStore, machine: fit.Machine) -> tuple[Offer, ...]:
    """The catalogue and what else lies in the models folder, judged for `machine`. Blocks on the disk."""
    return tuple(_offer(row, machine, store) for row in store.entries())


def larger(
    choice: EngineChoice, speed: Speed, store: ModelStore, machine: fit.Machine
) -> tuple[ModelEntry, float] | None:
    """The largest Coder above the chosen one that fits and would answer within `PATIENCE_SECONDS`, and its seconds by arithmetic.

    A model of twice the parameters is taken to need twice the time that was measured (`speed`). ``None`` where there is none.
    """
    model = choice.model
    if model is None or choice.engine != "llama":
        return None
    found = None
    for entry in sorted(MODELS, key=lambda entry: entry.parameters):
        seconds = speed.seconds() * entry.parameters / max(model.parameters, 1.0)
        suits = (
            entry.instruct and entry.fim is not None and "gguf" in entry.formats and entry.parameters > model.parameters
        )
        if suits and seconds <= PATIENCE_SECONDS and fit.fits(entry, LEAST_TOKENS, machine.available_bytes):
            found = (entry, seconds)
    return found


def _offer(row: StoredModel, machine: fit.Machine, store: ModelStore) -> Offer:
    entry = row.entry
    engines = tuple(
        engine for engine in FORMAT
        if FORMAT[engine] in entry.formats and (has_llama() if engine == "llama" else not missing_for_transformers())
    )  # fmt: skip
    try:
        choice = choose(EngineConfig(model=entry.id, models_folder=store.folder), machine, store)
    except EngineError as error:
        kind = entry.formats[0]
        context, _ = fit.choose_context(entry, machine.available_bytes, kind=kind)
        missing = "" if engines else f" {INSTALL_TRANSFORMERS if entry.gguf is None else 'pip install xllamacpp'}"
        reason = f"{error} {error.hint}" if engines else f"No engine that is installed runs it:{missing}"
        return Offer(row, engines, context, fit.need(entry, context, kind=kind), fits=False, reason=reason.strip())
    assert choice.need is not None
    assert choice.context_tokens is not None
    available = machine.gpus[0].available_bytes if choice.on_gpu else machine.available_bytes
    place = f"on {machine.gpus[0].name}" if choice.on_gpu else "of memory"
    reason = (
        f"It needs {choice.need.total / GIB:.1f} GB with {choice.context_tokens:,} tokens of context; "
        f"{available / GIB:.1f} GB {place} are available."
    )
    first = tuple(sorted(engines, key=lambda engine: engine != choice.engine))
    return Offer(row, first, choice.context_tokens, choice.need, fits=True, reason=reason)
