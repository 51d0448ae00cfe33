"""Which KV-cache slot of our llama.cpp child a request goes to, so that nothing useful is evicted.

llama.cpp keeps one sequence a slot and reuses what the next prompt in that slot begins with. Chat and completion have slots of
their own; several chat slots let several notebooks keep their prefixes. The first slots stay unnamed: a request with
n samples borrows the lowest free ones for its copies (seen in xllamacpp 2026.10), and they would evict what lies there.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from jupyter_qwen.engine.base import Lane

SCRATCH = (0, 1, 2)
# llama.cpp fills a batch with prompts in the order of slots: completion in a higher slot than a chat in prefill would wait for
# all of that prompt (measured: 6.5 s instead of 0.8 s behind 480 tokens).
COMPLETION = (3,)
CHAT = (4, 5, 6)
EVALUATION = (7,)
TOTAL = len(SCRATCH) + len(CHAT) + len(COMPLETION) + len(EVALUATION)
MAX_SAMPLES = 1 + len(SCRATCH)
# Warming processes the beginning of the next question, so it works where that question will go.
LANES: dict[Lane, tuple[int, ...]] = {"chat": CHAT, "warming": CHAT, "completion": COMPLETION, "evaluation": EVALUATION}
# What a slot loses is needed again only perhaps; what the prompt lacks has to be computed now.
LOSS_WEIGHT = 0.5


@dataclass
class SlotPlan:
    """What each slot held last, in characters. One plan serves one child."""

    texts: dict[int, str] = field(default_factory=dict)
    busy: dict[int, int] = field(default_factory=dict)
    _clock: itertools.count[int] = field(default_factory=itertools.count)
    _used: dict[int, int] = field(default_factory=dict)

    def take(self, lane: Lane, prompt: str) -> int:
        """The slot with the least to compute and the least to lose; an idle one if there is any. Pair with `give_back`."""
        slots = LANES[lane]
        idle = [slot for slot in slots if not self.busy.get(slot)] or list(slots)
        slot = min(idle, key=lambda slot: (self._cost(slot, prompt), self._used.get(slot, -1)))
        self.texts[slot] = prompt
        self._used[slot] = next(self._clock)
        self.busy[slot] = self.busy.get(slot, 0) + 1
        return slot

    def give_back(self, slot: int) -> None:
        """The request in `slot` ended, one way or another."""
        self.busy[slot] -= 1

    def _cost(self, slot: int, prompt: str) -> float:
        held = self.texts.get(slot, "")
        common = _common_prefix(held, prompt)
        return len(prompt) - common + LOSS_WEIGHT * (len(held) - common)


def _common_prefix(left: str, right: str) -> int:
    """Length of the common beginning; halves the range instead of walking it, prompts have tens of thousands of characters."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if left[:middle] == right[:middle]:
            low = middle
        else:
            high = middle - 1
    return low
