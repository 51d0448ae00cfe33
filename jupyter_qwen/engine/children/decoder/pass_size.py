"""How many rows a pass may have: many when one request is alone, few when others wait for the same pass."""

from __future__ import annotations

ALONE_SECONDS = 1.0
SHARED_SECONDS = 0.25
FEWEST, MOST = 16, 2048
ENOUGH_ROWS = 32  # shorter passes are bound by reading the weights and say nothing about long ones


class PassSize:
    """Rows a pass, by the speed seen so far."""

    def __init__(self, *, rows_per_second: float = 128.0) -> None:
        self.rows_per_second = rows_per_second

    def note(self, rows: int, seconds: float) -> None:
        """A pass over `rows` took `seconds`."""
        if rows >= ENOUGH_ROWS and seconds > 0:
            self.rows_per_second += 0.3 * (rows / seconds - self.rows_per_second)

    def rows(self, *, alone: bool) -> int:
        """The most rows of prompts that the next pass should have."""
        rows = self.rows_per_second * (ALONE_SECONDS if alone else SHARED_SECONDS)
        return max(FEWEST, min(MOST, int(rows) // 16 * 16))
