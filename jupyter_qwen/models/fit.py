"""Whether a model fits: memory for weights, KV cache and engine, at one context length, on one device."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_qwen.models.entries import MIB, Format, ModelEntry
from jupyter_qwen.models.machine import Machine, machine, usable_cores

__all__ = ["CONTEXT_STEPS", "Machine", "Need", "choose_context", "fits", "longest_that_fits", "machine", "need", "pool_tokens",
           "usable_cores"]  # fmt: skip

# Measured with the default model: buffers of llama.cpp besides weights and KV cache, and the child's interpreter.
OVERHEAD_BYTES = 450 * MIB
# torch and transformers themselves, and the activations of one batch; on CUDA its context comes to about the same.
TORCH_OVERHEAD_BYTES = 900 * MIB
CONTEXT_STEPS = (8192, 4096, 2048)
# What may be asked for by hand, for the sentence that says how much would fit.
LONG_STEPS = (131_072, 65_536, 32_768, 16_384, *CONTEXT_STEPS)


@dataclass(frozen=True)
class Need:
    """Memory for one model at one context length, in bytes."""

    weights: int
    kv_cache: int
    overhead: int = OVERHEAD_BYTES

    @property
    def total(self) -> int:
        return self.weights + self.kv_cache + self.overhead


def pool_tokens(context_tokens: int) -> int:
    """Tokens of KV cache to hold: one answer of full length, and room for completion and other notebooks beside it."""
    return context_tokens + min(max(context_tokens // 2, 2048), 8192)


def need(entry: ModelEntry, context_tokens: int, *, kind: Format = "gguf", bits: int = 16) -> Need:
    """Memory for the weights and the KV cache of a pool that gives one answer `context_tokens`.

    `bits` are those of a number in the transformers engine; llama.cpp keeps its KV cache in 16.
    """
    pool = entry.kv_bytes_per_token * pool_tokens(context_tokens)
    if kind == "gguf":
        return Need(entry.weight_bytes(kind), pool, OVERHEAD_BYTES)
    return Need(entry.weight_bytes(kind, bits=bits), pool * bits // 16, TORCH_OVERHEAD_BYTES)


def fits(
    entry: ModelEntry, context_tokens: int, available_bytes: int, *, kind: Format = "gguf", bits: int = 16
) -> bool:
    """Whether the model fits into what is available."""
    return need(entry, context_tokens, kind=kind, bits=bits).total <= available_bytes


def choose_context(
    entry: ModelEntry, available_bytes: int, *, kind: Format = "gguf", bits: int = 16
) -> tuple[int, str]:
    """The context length for this machine, and the reason when it is not the usual one."""
    limit = entry.context_tokens or CONTEXT_STEPS[0]
    usual = min(CONTEXT_STEPS[0], limit)
    for tokens in CONTEXT_STEPS:
        if tokens <= limit and fits(entry, tokens, available_bytes, kind=kind, bits=bits):
            return tokens, "" if tokens >= usual else f"context shortened to {tokens:,} tokens: memory is small"
    return min(CONTEXT_STEPS[-1], limit), "context shortened to the least: memory is small"


def longest_that_fits(entry: ModelEntry, available_bytes: int, *, kind: Format = "gguf", bits: int = 16) -> int | None:
    """The longest usual context length that the model can read and the memory holds; ``None``: it does not fit at all."""
    for tokens in LONG_STEPS:
        if tokens <= entry.longest_context and fits(entry, tokens, available_bytes, kind=kind, bits=bits):
            return tokens
    return None
