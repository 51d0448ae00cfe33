"""Prompt lookup: what followed the last words the last time they were seen is drafted, and one pass checks the whole draft.

Source: A. Saxena, prompt-lookup-decoding (2023). Answers about a notebook repeat its names and lines, so drafts often hold.
"""

from __future__ import annotations

WORDS = (3, 2)  # tokens that must match: three if possible, else two
MOST = 7


def bolder(guesses: int, all_right: bool) -> int:
    """How many guesses to make next. One is free, because a pass has two rows anyway; a text that repeats itself earns more."""
    return min(MOST, 2 * guesses + 1) if all_right else 1


class Lookup:
    """The places where each pair and triple of tokens was seen last."""

    def __init__(self) -> None:
        self._tokens: list[int] = []
        self._seen: dict[int, dict[tuple[int, ...], int]] = {size: {} for size in WORDS}

    @property
    def size(self) -> int:
        """Tokens noted so far."""
        return len(self._tokens)

    def extend(self, tokens: list[int]) -> None:
        """Note tokens that were added. What ends a text is noted only when more follows: it must not find itself."""
        for token in tokens:
            end = len(self._tokens)
            for size, places in self._seen.items():
                if end >= size:
                    places[tuple(self._tokens[end - size : end])] = end
            self._tokens.append(token)

    def draft(self, most: int) -> list[int]:
        """Up to `most` tokens that may come next; empty when the last two tokens are new."""
        end = len(self._tokens)
        for size, places in self._seen.items():
            place = places.get(tuple(self._tokens[end - size : end])) if end >= size else None
            if place is not None:
                return self._tokens[place : place + most]
        return []
