"""How much one collection may cost the user's kernel, and the clock that holds it to that."""

from __future__ import annotations

import time
from typing import NamedTuple


class CollectionLimits(NamedTuple):
    """Caps of one collection. What a cap cuts is said in the schema's `notes`.

    A NamedTuple, because dataclasses look their module up in sys.modules, where source sent to a kernel is not.

    `seconds` bounds the reading of values and rows, `copy_seconds` the copies for trials beside it; names and types come first
    and are bounded by the counts. `cells` and `bytes` bound all sample rows together, shared fairly between the tables;
    `value_rows` is how many rows of a larger table are looked at for distinct values. `of_processor` is for a
    process that does nothing else: its seconds are those that the processor gave it, so that a busy machine reads no less.
    """

    seconds: float = 0.8
    copy_seconds: float = 0.4
    tables: int = 2_000
    columns: int = 1_000
    name_chars: int = 1_000
    type_chars: int = 2_000
    comment_chars: int = 300
    values: int = 100
    value_chars: int = 60
    values_total: int = 40_000
    number_values: int = 20
    value_rows: int = 50_000
    rows: int = 1_000
    cells: int = 60_000
    bytes: int = 2_000_000
    cell_chars: int = 200
    items: int = 50
    of_processor: bool = False


class Clock:
    """Counts down from the moment it is made, by the clock or by what this process had `of_processor`."""

    def __init__(self, seconds: float, *, of_processor: bool = False) -> None:
        self.now = time.process_time if of_processor else time.monotonic
        self.start = self.now()
        self.seconds = seconds

    def elapsed(self) -> float:
        """Seconds since the start."""
        return self.now() - self.start

    def left(self) -> float:
        """Seconds until the time is up; never negative."""
        return max(0.0, self.seconds - self.elapsed())
