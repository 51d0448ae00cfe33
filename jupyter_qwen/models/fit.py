"""What this machine has, and what a model needs: cores and memory within the limits of a container or a batch job."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path

import psutil

from jupyter_qwen.models.entries import MIB, ModelEntry

CGROUP = Path("/sys/fs/cgroup")
# Measured with the default model: buffers of llama.cpp besides weights and KV cache, and the child's interpreter.
OVERHEAD_BYTES = 450 * MIB
CONTEXT_STEPS = (8192, 4096, 2048)


@dataclass(frozen=True)
class Machine:
    """Bytes and cores that this process may really use. `total` and `available` respect cgroup limits."""

    cores: int
    total_bytes: int
    available_bytes: int


@dataclass(frozen=True)
class Need:
    """Memory for one model at one context length, in bytes."""

    weights: int
    kv_cache: int
    overhead: int = OVERHEAD_BYTES

    @property
    def total(self) -> int:
        return self.weights + self.kv_cache + self.overhead


def machine(*, cgroup: Path = CGROUP) -> Machine:
    """Measure this machine now."""
    memory = psutil.virtual_memory()
    total, available = memory.total, memory.available
    limit = _number(cgroup / "memory.max") or _number(cgroup / "memory" / "memory.limit_in_bytes")
    if limit is not None and limit < total:
        used = _number(cgroup / "memory.current") or _number(cgroup / "memory" / "memory.usage_in_bytes") or 0
        # Page cache counts as used in a cgroup and is given back on demand; mapped weights are page cache too.
        used = max(0, used - _page_cache(cgroup))
        total, available = limit, min(available, limit - used)
    return Machine(usable_cores(cgroup=cgroup), total, max(0, available))


def usable_cores(*, cgroup: Path = CGROUP) -> int:
    """Cores worth a thread each: affinity, the cgroup's quota, and one thread a physical core when all are ours."""
    logical = os.cpu_count() or 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else logical
    physical = psutil.cpu_count(logical=False)
    if physical and cores == logical and physical < cores:
        cores = physical
    quota = _quota(cgroup)
    return max(1, min(cores, math.floor(quota))) if quota else max(1, cores)


def pool_tokens(context_tokens: int) -> int:
    """Tokens of KV cache to hold: one answer of full length, and room for completion and other notebooks beside it."""
    return context_tokens + min(max(context_tokens // 2, 2048), 8192)


def need(entry: ModelEntry, context_tokens: int) -> Need:
    """Memory for the weights file and the 16-bit KV cache of a pool that gives one answer `context_tokens`."""
    return Need(entry.size_bytes, entry.kv_bytes_per_token * pool_tokens(context_tokens))


def fits(entry: ModelEntry, context_tokens: int, available_bytes: int) -> bool:
    """Whether the model fits into what is available."""
    return need(entry, context_tokens).total <= available_bytes


def choose_context(entry: ModelEntry, available_bytes: int) -> tuple[int, str]:
    """The context length for this machine, and the reason when it is not the usual one."""
    limit = entry.context_tokens or CONTEXT_STEPS[0]
    for tokens in CONTEXT_STEPS:
        if tokens <= limit and fits(entry, tokens, available_bytes):
            usual = min(CONTEXT_STEPS[0], limit)
            return tokens, "" if tokens >= usual else f"context shortened to {tokens:,} tokens: memory is small"
    return CONTEXT_STEPS[-1], "context shortened to the least: memory is small"


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):  # not Linux, no cgroup of this version, or "max"
        return None


def _page_cache(cgroup: Path) -> int:
    for path, key in ((cgroup / "memory.stat", "file"), (cgroup / "memory" / "memory.stat", "cache")):
        try:
            for line in path.read_text().splitlines():
                name, _, value = line.partition(" ")
                if name == key:
                    return int(value)
        except (OSError, ValueError):
            continue
    return 0


def _quota(cgroup: Path) -> float | None:
    """Cores by CPU quota (cgroup 2, else 1); ``None`` without one."""
    try:
        quota, period = (cgroup / "cpu.max").read_text().split()
        return None if quota == "max" else int(quota) / int(period)
    except (OSError, ValueError):
        old, span = _number(cgroup / "cpu" / "cpu.cfs_quota_us"), _number(cgroup / "cpu" / "cpu.cfs_period_us")
        return old / span if old and span and old > 0 else None
