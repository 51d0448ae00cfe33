"""Stop strings beyond what an endpoint takes: OpenAI's interface and vLLM take four, and refuse a request with more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

MOST_STOPS = 4


@dataclass
class StopWatch:
    """Ends samples at `stops` on our side, holding back text that may be the beginning of one of them."""

    stops: Sequence[str]
    held: dict[int, str] = field(default_factory=dict)
    stopped: set[int] = field(default_factory=set)

    def passed(self, index: int, text: str, *, final: bool) -> str:
        """The text of sample `index` that may be shown now; nothing after a stop string, all that was held at the end."""
        if index in self.stopped:
            return ""
        text = self.held.pop(index, "") + text
        places = [place for stop in self.stops if (place := text.find(stop)) >= 0]
        if places:
            self.stopped.add(index)
            return text[: min(places)]
        keep = 0 if final else max((_beginning(text, stop) for stop in self.stops), default=0)
        if keep:
            self.held[index] = text[-keep:]
            text = text[:-keep]
        return text


def _beginning(text: str, stop: str) -> int:
    """How many characters at the end of `text` are the beginning of `stop`."""
    longest = min(len(text), len(stop) - 1)
    return next((length for length in range(longest, 0, -1) if text.endswith(stop[:length])), 0)
