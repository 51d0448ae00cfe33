"""How fast to ask: from how the user types and how the machine keeps up, advice for the editor's next request."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

LEAST_MS, MOST_MS = 75, 250
SLOW_SECONDS = 2.5  # a first text after that is rarely still wanted
QUIET_SECONDS = 30.0
_WATCHED = 8
_SLOW_SHARE = 0.6
_TYPING_GAP_SECONDS = 0.6  # a longer gap is a pause, no rhythm
_MOST_TYPED = 40  # characters between two requests; more were pasted or accepted
_NO_SPARE_SECONDS = 1.2


@dataclass(frozen=True)
class Advice:
    """`debounce_ms`: how long to wait after a key before asking. `quiet`: do not ask by yourself for now; `reason` says why."""

    debounce_ms: int
    quiet: bool = False
    reason: str = ""


class Pace:
    """Watches requests, first texts and those that came too late. One for each server: the machine is one.

    A typist's rhythm is the median time a character takes (Tabby's debounce adapts in a similar way). Asking between two keys
    of that rhythm is mostly wasted, so the wait is nearly as long, but never over 250 ms. When most
    requests saw no text in `SLOW_SECONDS`, automatic ones rest for `QUIET_SECONDS`; those by key are always answered.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rhythm: deque[float] = deque(maxlen=16)
        self._firsts: deque[float] = deque(maxlen=_WATCHED)
        self._last = ("", 0, float("-inf"))
        self._quiet_until = float("-inf")

    def asked(self, editor: str, characters: int) -> None:
        """A request came in with so many characters before the cursor.

        Requests are fewer than keys, for the editor waits for pauses; seconds a character say how fast the keys come.
        """
        now = self._clock()
        last_editor, last_characters, then = self._last
        typed = characters - last_characters
        if editor == last_editor and 0 < typed <= _MOST_TYPED and (now - then) / typed < _TYPING_GAP_SECONDS:
            self._rhythm.append((now - then) / typed)
        self._last = (editor, characters, now)

    def showed(self, seconds: float) -> None:
        """The first text of a computed suggestion came after so many seconds, or the user went on after so many without one.

        Only waits of at least `SLOW_SECONDS` without text say something about the machine; shorter ones about the typist.
        """
        self._firsts.append(seconds)
        slow = sum(first >= SLOW_SECONDS for first in self._firsts)
        if len(self._firsts) >= _WATCHED // 2 and slow >= _SLOW_SHARE * len(self._firsts):
            self._quiet_until = self._clock() + QUIET_SECONDS
            self._firsts.clear()

    @property
    def slow(self) -> bool:
        """Whether first texts come so late that nothing should be computed before it is asked for."""
        firsts = sorted(self._firsts)
        return bool(firsts) and firsts[len(firsts) // 2] > _NO_SPARE_SECONDS

    @property
    def quiet(self) -> bool:
        """Whether automatic requests are not worth their work at present."""
        return self._clock() < self._quiet_until

    def advice(self) -> Advice:
        """What the editor should do next."""
        debounce = LEAST_MS
        if self._rhythm:
            rhythm = sorted(self._rhythm)
            debounce = round(1000 * rhythm[len(rhythm) // 2] * 0.9)
        if self._firsts:
            firsts = sorted(self._firsts)
            # a slow machine gains more from not being interrupted than from an early start
            debounce = max(debounce, round(1000 * firsts[len(firsts) // 2] * 0.2))
        debounce = max(LEAST_MS, min(MOST_MS, debounce))
        if self.quiet:
            return Advice(debounce, True, "This machine does not keep up with completion while you type.")
        return Advice(debounce)
