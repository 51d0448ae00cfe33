"""Was it memory? Loaders say so in many ways, and some only that they failed."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil

WORDS = (
    "allocate memory",
    "out of memory",
    "failed to map segment",
    "bad_alloc",
    "not enough memory",
    "unable to mmap",
)


def lacking(error: BaseException, weights: Path) -> str | None:
    """A sentence for the user when `error`, raised while loading `weights` (a file or a folder), came from a lack of memory."""
    size, available = _bytes(weights), _available()
    words = str(error).casefold()
    if not isinstance(error, MemoryError) and not any(word in words for word in WORDS) and size < available:
        return None
    return (
        f"The machine has too little memory for {weights.name}: its weights take {size / 1e9:.1f} GB, and this process may "
        f"use {available / 1e9:.1f} GB. Choose a smaller model, or close other programs."
    )


def _bytes(weights: Path) -> int:
    try:
        files = weights.glob("*.safetensors") if weights.is_dir() else (weights,)
        return sum(file.stat().st_size for file in files)
    except OSError:  # it is not there: whatever failed, it was not memory
        return 0


def _available() -> int:
    """What is free now, within the limit on this process's address space."""
    free = int(psutil.virtual_memory().available)
    if sys.platform == "win32":
        return free
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    return free if limit == resource.RLIM_INFINITY else min(free, limit)
