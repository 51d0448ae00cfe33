"""No garbage collections while a large request is decoded.

A schema of a thousand tables becomes very many values in one go. All of them live on, but allocating them makes several full
collections due (benchmarks/server_cost.py times the whole).
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_resting = 0
_was_enabled = False


@contextmanager
def without_collections() -> Iterator[None]:
    """Within the block nothing is collected; blocks of several threads may overlap. Only for what ends within milliseconds."""
    global _resting, _was_enabled
    with _lock:
        if _resting == 0:
            _was_enabled = gc.isenabled()
            gc.disable()
        _resting += 1
    try:
        yield
    finally:
        with _lock:
            _resting -= 1
            if _resting == 0 and _was_enabled:
                gc.enable()
