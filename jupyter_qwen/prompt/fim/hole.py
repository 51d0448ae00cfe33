"""The hole that is to be filled: what stays while the user types (`FimFrame`), and the prompt that a prefix makes of it.

Orders of the same pieces. *Plain*: the prefix alone, as a text that goes on; what follows the cursor is not told. *Usual*:
prefix, suffix, middle. *Anchored*: everything up to an anchor stays prefix, the text
typed since opens the middle, so that typing only appends to the prompt and the KV cache serves all the rest; with a
suffix of 300 tokens that saves four seconds a keystroke on two cores. Figures: docs/reference/completion.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from jupyter_qwen.prompt.fim.mentions import annotate
from jupyter_qwen.prompt.fim.surroundings import Surroundings, surroundings
from jupyter_qwen.prompt.model import Part, Prompt
from jupyter_qwen.prompt.tokens import QWEN_FIM, FimTokens, neutralise
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.notebook import Cell

Order = Literal["usual", "anchored", "plain"]

_PREFIX_LINES, _SUFFIX_LINES = 128, 32
_LONGEST_LINE = 2000  # characters; data URLs and minified text say nothing
_ANCHOR_DISTANCE = 4  # lines between a new anchor and the cursor
_TAIL_LINES, _TAIL_CHARACTERS = 24, 2400  # a longer tail weakens the model's hold on the task: a new anchor is due
_CLOSERS = frozenset(")]}\"'")
# Qwen's tokenizer joins letters with one character before them, and runs of punctuation with a space before them:
# `[^\r\n\p{L}\p{N}]?\p{L}+` and ` ?[^\s\p{L}\p{N}]+` (its tokenizer.json).
# White space goes back whole: six spaces may be the beginning of seven and a word.
_UNFINISHED = re.compile(r"(?:(?:[^\r\n\w]|_)?[^\W\d_]+| ?(?:[^\s\w]|_)+|[ \t]+)\Z")


@dataclass(frozen=True)
class FimFrame:
    """The part of a prompt that stays while the user types on.

    `before` is the exact text up to the anchor, of which the first `dropped` characters lie outside the window. `suffix` is the
    exact text behind the cursor, `far` its window. A frame is made once for a place and serves every prefix that goes on
    from there.
    """

    surroundings: Surroundings
    before: str
    dropped: int
    suffix: str
    far: str
    language: str
    order: Order
    tokens: FimTokens = QWEN_FIM

    def serves(self, prefix: str, suffix: str, *, language: str, however_long: bool = False) -> bool:
        """Whether the cursor is still where this frame was made for, and the tail has not grown too long.

        `however_long` lets the tail be longer than a good prompt has it: `moved` gives the frame that serves then.

        Brackets and quotes that the editor closed by itself may stand before the frame's suffix: telling the model of them would
        cost the whole suffix, twice for every pair, and it closes them anyway (the result rules cut that off).
        """
        grown = suffix.removesuffix(self.suffix) if self.suffix else suffix.rstrip()
        if language != self.language or not prefix.startswith(self.before) or not suffix.endswith(self.suffix):
            return False
        if set(grown) - _CLOSERS:
            return False
        if however_long:
            return prefix.count("\n", self.dropped) <= _PREFIX_LINES + _TAIL_LINES
        tail = prefix[len(self.before) :]
        return tail.count("\n") <= _TAIL_LINES and len(tail) <= _TAIL_CHARACTERS

    def prompt(self, prefix: str) -> Prompt:
        """The prompt for `prefix`, which goes on from this frame. Typing appends to it; only its last token may be redone."""
        near = "\n".join(_clip(line) for line in prefix[self.dropped :].split("\n"))
        lines = annotate(near, self.surroundings.notes, language=self.language)
        far, context, fim = neutralise(self.far), self.surroundings.text, self.tokens
        parts = [Part("context", context)] if context else []
        if self.order == "plain":
            text, heal = f"{context}{neutralise(chr(10).join(lines))}", ""
        elif self.order == "usual":
            whole = neutralise("\n".join(lines))
            text, heal = f"{fim.prefix}{context}{whole}{fim.suffix}{far}{fim.middle}", ""
        else:
            anchor = self.before.count("\n") - prefix[: self.dropped].count("\n")
            head = neutralise("".join(line + "\n" for line in lines[:anchor]))
            tail = neutralise("\n".join(lines[anchor:]))
            tail, heal = heal_boundary(tail)
            text = f"{fim.prefix}{context}{head}{fim.suffix}{far}{fim.middle}{tail}"
        parts += [Part("prefix", neutralise("\n".join(lines))), Part("suffix", far)]
        return Prompt(text=text, stop=fim.stop, heal=heal, parts=tuple(parts))

    def moved(self, prefix: str) -> FimFrame:
        """The same frame with its anchor near the end of `prefix`: the context and all text before the old anchor stay."""
        return replace(self, before=prefix[: _anchor(prefix, self.dropped)])


def frame(
    prefix: str,
    suffix: str,
    *,
    cells: Sequence[Cell] = (),
    schema: Schema | None = None,
    language: str = "python",
    count: Callable[[str], int],
    budget_tokens: int,
    order: Order = "anchored",
    previous: FimFrame | None = None,
    tokens: FimTokens = QWEN_FIM,
) -> FimFrame:
    """A frame for the cursor between `prefix` and `suffix` of the active cell; `cells` are the others above it.

    The text next to the cursor is exact; far lines fall outside a window, so a notebook of 300 cells costs what one of 20
    does. `previous` is the editor's last frame: what still holds of its context is told again, byte for byte.
    """
    dropped = _window_start(prefix)
    near = "\n".join(_clip(line) for line in prefix[dropped:].split("\n"))
    far = "\n".join(line[:_LONGEST_LINE] for line in suffix.split("\n")[:_SUFFIX_LINES])
    room = budget_tokens - count(near) - count(far) - 8
    while room < 0 and (len(near) > 400 or len(far) > 200):
        far = far[: len(far) // 2]
        half = near.find("\n", len(near) // 2) + 1
        dropped += half
        near = near[half:]
        if not half and len(far) <= 200:
            break
        room = budget_tokens - count(near) - count(far) - 8
    around = surroundings(
        near,
        far,
        cells,
        schema,
        language=language,
        count=count,
        budget_tokens=min(room, budget_tokens // 2),
        previous=previous.surroundings if previous else None,
    )
    before = prefix[: _anchor(prefix, dropped)]
    return FimFrame(around, before, dropped, suffix, far if far.strip() else "", language, order, tokens)


def heal_boundary(text: str) -> tuple[str, str]:
    """(text without its last unfinished token, that token).

    A prompt that ends inside a word makes the tokenizer cut where training never did; the piece goes back to the engine as
    the forced beginning of the answer ("token healing", https://github.com/guidance-ai/guidance).
    """
    unfinished = _UNFINISHED.search(text)
    return (text, "") if unfinished is None else (text[: unfinished.start()], unfinished[0])


def _anchor(prefix: str, dropped: int) -> int:
    """The offset of the line that stands `_ANCHOR_DISTANCE` lines above the cursor, or where the window begins."""
    place = len(prefix)
    for _ in range(_ANCHOR_DISTANCE + 1):
        place = prefix.rfind("\n", dropped, place)
        if place < 0:
            return dropped
    return place + 1


def _window_start(prefix: str) -> int:
    """Where the window begins: at a line, in steps of 32 lines so that it rarely moves."""
    surplus = prefix.count("\n") + 1 - _PREFIX_LINES
    if surplus <= 0:
        return 0
    place = 0
    for _ in range(-(-surplus // 32) * 32):
        place = prefix.find("\n", place) + 1
    return place


def _clip(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else line[-_LONGEST_LINE:]
