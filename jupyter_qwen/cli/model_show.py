"""``jupyter qwen model show NAME``: one model in full, and what each context length would take on this machine."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_qwen.engine.base import EngineError
from jupyter_qwen.engine.choice import choose
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.models import fit
from jupyter_qwen.models.entries import ModelEntry
from jupyter_qwen.models.store import ModelStore
from jupyter_qwen.prompt.tokens import fim_tokens

GIB = 2**30


def lines(store: ModelStore, entry: ModelEntry, machine: fit.Machine) -> Iterator[str]:
    """The report, a line each."""
    yield f"{entry.label}  ({entry.id})"
    yield f"  licence     {entry.licence}"
    if entry.needs_notice:
        yield f"              {entry.needs_notice}"
    yield f"  known by    {entry.evidence or 'nothing: it is not here yet'}"
    heads = f"{entry.kv_heads} of {entry.heads} heads for keys"
    yield f"  network     {entry.parameters / 1e9:.2f}B parameters, {entry.layers} layers, {heads}"
    yarn = f", {entry.yarn_context_tokens:,} with YaRN" if entry.yarn_context_tokens > entry.context_tokens else ""
    yield f"  context     {entry.context_tokens:,} tokens{yarn}"
    if entry.fim is None:
        yield "  fill-in     not trained to fill in the middle: no inline completion"
    else:
        tokens = fim_tokens(entry.fim)
        yield f"  fill-in     {tokens.prefix} {tokens.suffix} {tokens.middle}"
    yield from _files(store, entry)
    yield from _memory(entry)
    yield from _contexts(store, entry, machine)


def _files(store: ModelStore, entry: ModelEntry) -> Iterator[str]:
    for kind in entry.formats:
        engine = "llama" if kind == "gguf" else "transformers"
        place = store.path(entry, kind)
        if kind == "gguf" and entry.gguf is not None:
            source = f"{entry.gguf.repo}/{entry.gguf.name}" if entry.gguf.repo else entry.gguf.name
            digest = f", SHA-256 {entry.gguf.sha256[:12]}…" if entry.gguf.sha256 else ""
        else:
            source, digest = f"{entry.id}: config.json, tokenizer, *.safetensors", ""
        here = f"here: {place}" if place else f"not here: {entry.weight_bytes(kind) / 1e9:.1f} GB to download"
        yield f"  {engine:12} {source}{digest}; {here}"


def _memory(entry: ModelEntry) -> Iterator[str]:
    kv = entry.kv_bytes_per_token / 1024
    if "gguf" in entry.formats:
        yield f"  memory      GGUF: weights {entry.weight_bytes('gguf') / GIB:.1f} GB, KV cache {kv:.0f} KB a token at 16 bits"
    if "safetensors" in entry.formats:
        for bits in (16, 32):
            weights = entry.weight_bytes("safetensors", bits=bits) / GIB
            yield f"              safetensors at {bits} bits: weights {weights:.1f} GB, KV cache {kv * bits / 16:.0f} KB a token"


def _contexts(store: ModelStore, entry: ModelEntry, machine: fit.Machine) -> Iterator[str]:
    """What each context length would take here, by the engine that would be chosen."""
    yield f"  this machine: {machine.available_bytes / GIB:.1f} GB of memory available, {machine.cores} cores"
    for tokens in sorted(fit.LONG_STEPS):
        if tokens > entry.longest_context:
            break
        try:
            choice = choose(
                EngineConfig(model=entry.id, context_tokens=tokens, models_folder=store.folder), machine, store
            )
        except EngineError as error:
            yield f"    {tokens:>7,} tokens  no: {error} {error.hint}"
            return
        assert choice.need is not None
        yarn = ", YaRN" if tokens > entry.context_tokens else ""
        total, cache = choice.need.total / GIB, choice.need.kv_cache / GIB
        yield f"    {tokens:>7,} tokens  {total:.1f} GB, {cache:.2f} of it KV cache ({choice.engine}{yarn})"
