"""How much one collection may cost the user's kernel, and the clock that holds it to that."""

from __future__ import annotations

import time
from typing import NamedTuple


class CollectionLimits(NamedTuple):
    """Caps of one collection. What a cap cuts is said in the schema's `notes`.

    A NamedTuple, because dataclasses look their module up in sys.modules, where source sent to a kernel is not.

    `seconds` bounds the reading of values and rows, `copy_seconds` the copies for trials beside it; names and types come first
    and are bounded by the counts; both are seconds as `Clock` counts them. `cells` and `bytes` bound all sample rows together,
    shared fairly between the tables; `value_rows` is how many rows of a larger table are looked at for distinct values.
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


STARVED = 4  # times as long by the clock, where other programs have the processor


class Clock:
    """Counts down from the moment it is made: by the clock, but on a busy machine only what the processor gave this process.

    A query that found a machine starved had no values to spell its literals by, and a tenth fewer were right
    (docs/explanation/log.md, "Schema"). Threads of DuckDB may use more processor than time goes by; then the clock counts.
    """

    def __init__(self, seconds: float) -> None:
        self.start = time.monotonic()
        self.used = time.process_time()
        self.seconds = seconds

    def elapsed(self) -> float:
        """Seconds since the start, at least a quarter of those by the clock."""
        by_clock = time.monotonic() - self.start
        return min(by_clock, max(time.process_time() - self.used, by_clock / STARVED))

    def left(self) -> float:
        """Seconds until the time is up; never negative."""
        return max(0.0, self.seconds - self.elapsed())
