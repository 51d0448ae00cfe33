"""KV caches kept between requests: one a slot, within a budget of bytes, the longest unused go first."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from jupyter_qwen.engine.children.decoder.attention import KeyValues
from jupyter_qwen.engine.slots.plan import common_prefix

WORTH_COPYING = 16  # tokens that another slot must have more than the request's own


@dataclass
class CachedPrefix:
    """`cache` holds the keys and values of `tokens`."""

    tokens: list[int]
    cache: KeyValues
    used: int = 0


class PrefixCache:
    """What each slot held last. One thread uses it."""

    def __init__(self, slots: int, budget_bytes: int) -> None:
        self.slots = slots
        self.budget_bytes = budget_bytes
        self._held: dict[int, CachedPrefix] = {}
        self._clock = itertools.count()

    @property
    def bytes(self) -> int:
        return sum(held.cache.bytes for held in self._held.values())

    def choose(self, tokens: list[int], busy: set[int]) -> int:
        """A slot for a request that names none: the one with most of its beginning, else an empty or the oldest one."""
        idle = [slot for slot in range(self.slots) if slot not in busy] or list(range(self.slots))

        def worth(slot: int) -> tuple[int, int]:
            held = self._held.get(slot)
            if held is None:
                return 0, 0
            shared = common_prefix(held.tokens, tokens)
            return (shared if shared * 2 >= len(held.tokens) else 0), -held.used - 1

        return max(idle, key=worth)

    def take(
        self, slot: int, tokens: list[int], running: Iterable[CachedPrefix], positions: int
    ) -> tuple[KeyValues | None, int]:
        """A cache that begins as `tokens` does, with room for `positions`, and how many tokens of it hold.

        The slot's own cache is handed out as it is; a longer beginning in another slot, or in a request that runs, is
        copied. At least the last token is always left to compute: its logits are wanted.
        """
        own = self._held.pop(slot, None)
        mine = min(common_prefix(own.tokens, tokens), len(tokens) - 1) if own else 0
        best, most = None, mine + WORTH_COPYING
        for other in itertools.chain(self._held.values(), running):
            shared = min(common_prefix(other.tokens, tokens), len(tokens) - 1)
            if shared >= most:
                best, most = other, shared
        if best is not None:
            return best.cache.copy(most, positions), most
        return (own.cache if own and mine else None), mine

    def give_back(self, slot: int, tokens: list[int], cache: KeyValues) -> None:
        """Keep what a request leaves behind, and drop the longest unused while there is too much."""
        if tokens:
            self._held[slot] = CachedPrefix(tokens, cache, next(self._clock))
        while self._held and self.bytes > self.budget_bytes:
            del self._held[min(self._held, key=lambda slot: self._held[slot].used)]

    def clear(self) -> None:
        """Drop everything: memory is short."""
        self._held.clear()
