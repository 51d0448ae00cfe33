"""Which KV-cache slot of our llama.cpp child a request goes to, so that nothing useful is evicted.

llama.cpp keeps one sequence a slot and reuses what the next prompt in that slot begins with. Chat and completion have slots of
their own; several chat slots let several notebooks keep their prefixes.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from jupyter_qwen.engine.base import Lane

# llama.cpp fills a batch with prompts in the order of slots: completion in a higher slot than a chat in prefill would wait for
# all of that prompt (measured: 6.5 s instead of 0.8 s behind 480 tokens).
COMPLETION = (0,)
# A notebook has two beginnings, one for SQL and one for prose: two and a half notebooks. Slots cost nothing, the pool does.
CHAT = (1, 2, 3, 4, 5)
EVALUATION = (6,)
TOTAL = len(CHAT) + len(COMPLETION) + len(EVALUATION)
# Warming processes the beginning of the next question, so it works where that question will go.
LANES: dict[Lane, tuple[int, ...]] = {"chat": CHAT, "warming": CHAT, "completion": COMPLETION, "evaluation": EVALUATION}
# What a slot loses is needed again only perhaps; what the prompt lacks has to be computed now.
LOSS_WEIGHT = 0.5
SURE_SHARE = 0.9  # characters are not spread over the tokens evenly
CHARACTERS_PER_TOKEN = 2.5  # few, so that the room is not thought larger than it is


@dataclass(frozen=True)
class SlotContent:
    """What a slot holds: the last prompt, whose it was, and how many tokens of the pool it takes."""

    text: str
    owner: str = ""
    tokens: int = 0


@dataclass
class SlotPlan:
    """What each slot held last. One plan serves one child, whose slots share `pool_tokens` (``None``: no limit known)."""

    pool_tokens: int | None = None
    held: dict[int, SlotContent] = field(default_factory=dict)
    busy: dict[int, int] = field(default_factory=dict)
    _clock: itertools.count[int] = field(default_factory=itertools.count)
    _used: dict[int, int] = field(default_factory=dict)
    _before: dict[int, str] = field(default_factory=dict)

    def take(self, lane: Lane, prompt: str, owner: str = "") -> int:
        """The slot with the least to compute and the least to lose; an idle one if there is any. Pair with `give_back`."""
        slots = LANES[lane]
        idle = [slot for slot in slots if not self.busy.get(slot)] or list(slots)
        slot = min(idle, key=lambda slot: (self._cost(slot, prompt), self._used.get(slot, -1)))
        self._before[slot] = self.held[slot].text if slot in self.held else ""
        self.held[slot] = SlotContent(prompt, owner, max(self._tokens(slot), _estimate(prompt)))
        self._used[slot] = next(self._clock)
        self.busy[slot] = self.busy.get(slot, 0) + 1
        return slot

    def give_back(self, slot: int, tokens: int | None = None, *, share_read: float = 1.0) -> None:
        """The request in `slot` ended, one way or another; `tokens` is what it left in the pool, where that is known.

        Of a prompt that was read in part (0 to 1) the slot is taken to hold that part, or what it held before if that is more.
        """
        self.busy[slot] -= 1
        held = self.held.get(slot)
        if held is None:
            return
        if share_read < 1.0:
            before = common_prefix(self.text_before(slot), held.text)
            kept = held.text[: max(before, int(len(held.text) * share_read * SURE_SHARE))]
            self.held[slot] = SlotContent(kept, held.owner, held.tokens)
        elif tokens is not None:
            self.held[slot] = SlotContent(held.text, held.owner, tokens)

    def text_before(self, slot: int) -> str:
        """What the slot held when its latest request took it: the beginning of that may be there already."""
        return self._before.get(slot, "")

    def idle_chats(self, slot: int) -> tuple[int, ...]:
        """The chat slots besides `slot` that hold something and compute nothing, least recently used first."""
        idle = [other for other in CHAT if other != slot and other in self.held and not self.busy.get(other)]
        return tuple(sorted(idle, key=lambda other: self._used.get(other, -1)))

    def crowded_out(self, slot: int, new_tokens: int) -> tuple[int, ...]:
        """The slots to empty before a request in `slot` begins, least recently used first.

        A full pool makes llama.cpp drop idle slots as it likes, completion's among them. Chats give way to chats instead;
        completion takes from chats only what its own, small share needs.
        """
        if self.pool_tokens is None:
            return ()
        wanted = sum(self._tokens(other) for other in self.held) + new_tokens
        dropped: list[int] = []
        candidates = [s for s in (*EVALUATION, *CHAT) if s != slot and s in self.held and not self.busy.get(s)]
        for other in sorted(candidates, key=lambda s: self._used.get(s, -1)):
            if wanted <= self.pool_tokens:
                break
            wanted -= self._tokens(other)
            dropped.append(other)
        for other in dropped:
            self.emptied(other)
        return tuple(dropped)

    def emptied(self, slot: int) -> None:
        """A slot holds nothing any more."""
        self.held.pop(slot, None)
        self._used.pop(slot, None)

    def of_owner(self, owner: str) -> tuple[int, ...]:
        """The slots that hold a notebook's text."""
        return tuple(slot for slot, held in self.held.items() if held.owner == owner)

    def _tokens(self, slot: int) -> int:
        held = self.held.get(slot)
        return held.tokens if held is not None else 0

    def _cost(self, slot: int, prompt: str) -> float:
        held = self.held.get(slot)
        text = held.text if held is not None else ""
        common = common_prefix(text, prompt)
        return len(prompt) - common + LOSS_WEIGHT * (len(text) - common)


def _estimate(prompt: str) -> int:
    return round(len(prompt) / CHARACTERS_PER_TOKEN)


def common_prefix(left: str | list[int], right: str | list[int]) -> int:
    """Length of the common beginning; halves the range, because comparing slices is fast and a loop over a prompt is not."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
