"""Remembers raw middles by prefix and suffix, and finds them again when the user typed along."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

ENTRIES = 250
_CLOSERS = ")]}\"'"


@dataclass(frozen=True)
class Remembered:
    """What the model wrote between `prefix` and `suffix`. `reason` says why it ended: stop, line, block, repeat, length."""

    prefix: str
    suffix: str
    raw: str
    reason: str


@dataclass(frozen=True)
class Recalled:
    """A remembered middle without the characters that were typed since. `typed` counts them."""

    raw: str
    reason: str
    typed: int


class Memory:
    """The last suggestions of one server. `scope` keeps apart what must not be mixed: documents, languages, schemas."""

    def __init__(self, entries: int = ENTRIES) -> None:
        self._entries = entries
        self._kept: OrderedDict[tuple[str, str, str], Remembered] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, scope: str, remembered: Remembered) -> None:
        """Keep a finished middle; the one that was not used for longest goes."""
        key = (scope, remembered.prefix, remembered.suffix)
        self._kept[key] = remembered
        self._kept.move_to_end(key)
        if len(self._kept) > self._entries:
            self._kept.popitem(last=False)

    def find(self, scope: str, prefix: str, suffix: str) -> Recalled | None:
        """The newest middle that the text at the cursor agrees with, without what was typed of it."""
        for key, entry in reversed(self._kept.items()):
            if key[0] != scope:
                continue
            rest = remainder(entry.prefix, entry.suffix, entry.raw, prefix, suffix)
            if rest is None:
                continue
            if not rest and entry.raw:
                continue  # typed to its end: what comes next is not known here
            self._kept.move_to_end(key)
            return Recalled(rest, entry.reason, len(prefix) - len(entry.prefix))
        return None

    def forget(self) -> None:
        """Drop everything."""
        self._kept.clear()


def remainder(old_prefix: str, old_suffix: str, raw: str, prefix: str, suffix: str) -> str | None:
    """What is left of `raw`, made between the old texts, when the user typed on to `prefix`; ``None`` when they disagree.

    Brackets and quotes that the editor closed by itself stand at the beginning of `suffix`; what follows them in `raw`
    cannot be inserted at the cursor, so it is left out until they are typed over.
    """
    if not prefix.startswith(old_prefix):
        return None
    typed = prefix[len(old_prefix) :]
    if not raw.startswith(typed):
        return None
    rest = raw[len(typed) :]
    if suffix == old_suffix:
        return rest
    closed = suffix.removesuffix(old_suffix) if old_suffix else suffix
    if not typed or not suffix.endswith(old_suffix) or not closed or closed.strip(_CLOSERS):
        return None
    return before_closer(rest, closed[0])


def before_closer(text: str, closer: str) -> str:
    """`text` up to the bracket or quote `closer` that ends what it begins in; all of it when that is missing."""
    if closer in "\"'":
        place = text.find(closer)
        return text if place < 0 else text[:place]
    opener = {")": "(", "]": "[", "}": "{"}[closer]
    depth = 0
    for place, character in enumerate(text):
        if character == opener:
            depth += 1
        elif character == closer:
            if not depth:
                return text[:place]
            depth -= 1
    return text
