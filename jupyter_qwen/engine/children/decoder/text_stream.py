"""Tokens to text as they come: characters that are not whole yet, and text that may become a stop string, are held back."""

from __future__ import annotations

from typing import Any

BROKEN = "\ufffd"


class TextStream:
    """The text of one sample. `push` gives what may be shown; once `stopped`, nothing more comes."""

    def __init__(self, tokenizer: Any, stops: tuple[str, ...]) -> None:
        self._tokenizer = tokenizer
        self._stops = tuple(stop for stop in stops if stop)
        self._ids: list[int] = []
        self._shown = 0  # tokens whose text is out
        self._context = 0  # where decoding begins: a few tokens earlier, for tokenizers that look back
        self._held = ""
        self.stopped = False

    def push(self, token: int) -> str:
        """Take one token. Decoding from a little before the new tokens is how text-generation-inference does it."""
        self._ids.append(token)
        before = self._decode(self._ids[self._context : self._shown])
        after = self._decode(self._ids[self._context :])
        if len(after) <= len(before) or after.endswith(BROKEN):
            return ""
        self._context, self._shown = self._shown, len(self._ids)
        return self._release(after[len(before) :])

    def end(self) -> str:
        """What was held back, when no stop string came: half a character shows as U+FFFD."""
        if self.stopped:
            return ""
        before = self._decode(self._ids[self._context : self._shown])
        rest = self._release(self._decode(self._ids[self._context :])[len(before) :])
        if self.stopped:
            return rest
        held, self._held = self._held, ""
        return rest + held

    def _decode(self, ids: list[int]) -> str:
        return str(
            self._tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False) if ids else ""
        )

    def _release(self, fresh: str) -> str:
        text = self._held + fresh
        places = [place for place in map(text.find, self._stops) if place >= 0]
        if places:
            self.stopped, self._held = True, ""
            return text[: min(places)]
        keep = max((_overlap(text, stop) for stop in self._stops), default=0)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]


def _overlap(text: str, stop: str) -> int:
    """Length of the longest end of `text` that begins `stop`."""
    for size in range(min(len(text), len(stop) - 1), 0, -1):
        if text.endswith(stop[:size]):
            return size
    return 0
