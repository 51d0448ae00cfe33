"""Stop strings beyond what an endpoint takes: OpenAI's interface and vLLM take four, and refuse a request with more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST_STOPS = 4


@dataclass
class StopWatch:
    """Ends an answer at `stops` on our side, holding back text that may be the beginning of one of them."""

    stops: Sequence[str]
    held: str = ""
    stopped: bool = False

    def passed(self, text: str, *, final: bool) -> str:
        """The text that may be shown now; nothing after a stop string, all that was held at the end."""
        if self.stopped:
            return ""
        text, self.held = self.held + text, ""
        places = [place for stop in self.stops if (place := text.find(stop)) >= 0]
        if places:
            self.stopped = True
            return text[: min(places)]
        keep = 0 if final else max((_beginning(text, stop) for stop in self.stops), default=0)
        if keep:
            text, self.held = text[:-keep], text[-keep:]
        return text


def _beginning(text: str, stop: str) -> int:
    """How many characters at the end of `text` are the beginning of `stop`."""
    longest = min(len(text), len(stop) - 1)
    return next((length for length in range(longest, 0, -1) if text.endswith(stop[:length])), 0)
