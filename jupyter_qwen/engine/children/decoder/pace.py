"""How many rows a pass may have: many when one request is alone, few when others wait for the same pass."""

from __future__ import annotations

from jupyter_qwen.engine.children.decoder.lookup import MOST as MOST_GUESSES

ALONE_SECONDS = 1.0
SHARED_SECONDS = 0.25
FEWEST, MOST = 16, 2048
ENOUGH_ROWS = 32  # shorter passes are bound by reading the weights and say nothing about long ones
DRAFT_MAY_COST = 1.15


class Pace:
    """Rows a pass, by the speed seen so far. `drafts` is how many guesses beside one row are nearly free (see `measured`)."""

    def __init__(self, *, rows_per_second: float = 128.0, drafts: int = 0) -> None:
        self.rows_per_second = rows_per_second
        self.drafts = drafts

    def note(self, rows: int, seconds: float) -> None:
        """A pass over `rows` took `seconds`."""
        if rows >= ENOUGH_ROWS and seconds > 0:
            self.rows_per_second += 0.3 * (rows / seconds - self.rows_per_second)

    def rows(self, *, alone: bool) -> int:
        """The most rows of prompts that the next pass should have."""
        rows = self.rows_per_second * (ALONE_SECONDS if alone else SHARED_SECONDS)
        return max(FEWEST, min(MOST, int(rows) // 16 * 16))

    def drafted(self, writing: int) -> int:
        """Guesses for each of `writing` answers: the free rows are shared, and an answer alone has one in any case."""
        return max(self.drafts // max(1, writing), int(writing == 1))


def worth_drafting(one: float, many: float) -> int:
    """How many guesses to check in a pass, given the seconds of a pass of one row and of one with all guesses."""
    return MOST_GUESSES if many <= DRAFT_MAY_COST * one else 0
