"""Python's garbage collector at rest while a large request is decoded.

A schema of 1,000 tables becomes some 100,000 values in one go. All of them live on, but allocating them makes several full
collections due, which took as long as the decoding itself (benchmarks/server_cost.py).
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
def collector_at_rest() -> Iterator[None]:
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
