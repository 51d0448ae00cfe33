"""Fill in the middle: the text around the cursor, and what else of the notebook bears on it.

Two orders of the same pieces. *Usual*: prefix, suffix, middle. *Anchored*: everything up to an anchor stays prefix, the text
typed since opens the middle, so that typing only appends to the prompt and the KV cache serves all the rest; with a
suffix of 300 tokens that saves four seconds a keystroke on two cores. Figures: docs/completion.md and `jupyter qwen eval
fim`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Literal

from jupyter_qwen.prompt.linking import link
from jupyter_qwen.prompt.model import Part, Prompt
from jupyter_qwen.prompt.notation import Notation
from jupyter_qwen.prompt.tokens import FIM_MIDDLE, FIM_PREFIX, FIM_STOP, FIM_SUFFIX, neutralise
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.notebook import Cell

Order = Literal["usual", "anchored"]

_PREFIX_LINES, _SUFFIX_LINES = 128, 32
_LONGEST_LINE = 2000  # characters; data URLs and minified text say nothing
_ANCHOR_LINES = 8  # the anchor moves only every eight lines …
_ANCHOR_DISTANCE = 4  # … and stands at least four lines above the cursor
_CELLS_LOOKED_AT = 24
_CELL_CHARACTERS = 1200
# Qwen's tokenizer joins letters with one character before them: `[^\r\n\p{L}\p{N}]?\p{L}+` (its tokenizer.json).
_UNFINISHED = re.compile(r"(?:(?:[^\r\n\w]|_)?[^\W\d_]+|[ \t])\Z")
_COLUMN_NAMES = Notation(form="line", types=True, keys=False, comments=False)


def build(
    prefix: str,
    suffix: str,
    *,
    cells: Sequence[Cell] = (),
    schema: Schema | None = None,
    language: str = "python",
    count: Callable[[str], int],
    budget_tokens: int,
    order: Order = "anchored",
) -> Prompt:
    """The prompt that makes the model write what belongs between `prefix` and `suffix` of the active cell.

    `cells` are the other cells above it in document order. The text next to the cursor is exact (special tokens
    neutralised); far lines fall outside a window, so a notebook of 300 cells costs what one of 20 does. `Prompt.heal` is
    the beginning of a word that the anchored order took back from the end of the prompt: the answer must start with it (a
    grammar sees to that) and the caller cuts it off. The usual order never needs it.
    """
    near, far = _window(prefix, suffix)
    room = budget_tokens - count(near) - count(far) - 8
    while room < 0 and (len(near) > 400 or len(far) > 200):
        near, far = _halve(near, far)
        room = budget_tokens - count(near) - count(far) - 8
    context = _context(near, far, cells, schema, language, count=count, budget_tokens=min(room, budget_tokens // 2))
    near, far = neutralise(near), neutralise(far)
    heal = ""
    if order == "usual" or not far.strip():
        # Without a suffix nothing stands between the typed text and the answer in either order.
        text = f"{FIM_PREFIX}{context}{near}{FIM_SUFFIX}{far}{FIM_MIDDLE}"
        if not far.strip():
            head, tail, heal = _split_at_anchor(near)
            text = f"{FIM_PREFIX}{context}{head}{FIM_SUFFIX}{far}{FIM_MIDDLE}{tail}" if order == "anchored" else text
            heal = heal if order == "anchored" else ""
    else:
        head, tail, heal = _split_at_anchor(near)
        text = f"{FIM_PREFIX}{context}{head}{FIM_SUFFIX}{far}{FIM_MIDDLE}{tail}"
    parts = [Part("context", context)] if context else []
    return Prompt(text=text, stop=FIM_STOP, heal=heal, parts=(*parts, Part("prefix", near), Part("suffix", far)))


def _window(prefix: str, suffix: str) -> tuple[str, str]:
    """The lines near the cursor. The prefix's beginning moves in steps of 32 lines, so that it rarely moves at all."""
    lines = prefix.split("\n")
    surplus = len(lines) - _PREFIX_LINES
    if surplus > 0:
        lines = lines[-(-surplus // 32) * 32 :]
    near = "\n".join(line if len(line) <= _LONGEST_LINE else line[-_LONGEST_LINE:] for line in lines)
    far = "\n".join(line[:_LONGEST_LINE] for line in suffix.split("\n")[:_SUFFIX_LINES])
    return near, far


def _halve(near: str, far: str) -> tuple[str, str]:
    near = near[len(near) // 2 :]
    return near[near.find("\n") + 1 :] if "\n" in near else near, far[: len(far) // 2]


def _split_at_anchor(near: str) -> tuple[str, str, str]:
    """(head, tail, heal): what stays put while the user types, what grows, and the unfinished token taken from its end.

    A prompt that ends inside a word makes the tokenizer cut where training never did; the piece goes back to the engine as
    the forced beginning of the answer ("token healing", https://github.com/guidance-ai/guidance).
    """
    lines = near.split("\n")
    anchor = max(0, (len(lines) - 1 - _ANCHOR_DISTANCE) // _ANCHOR_LINES * _ANCHOR_LINES)
    head = "".join(line + "\n" for line in lines[:anchor])
    tail = "\n".join(lines[anchor:])
    unfinished = _UNFINISHED.search(tail)
    if unfinished is None:
        return head, tail, ""
    return head, tail[: unfinished.start()], unfinished[0]


def _context(
    near: str,
    far: str,
    cells: Sequence[Cell],
    schema: Schema | None,
    language: str,
    *,
    count: Callable[[str], int],
    budget_tokens: int,
) -> str:
    """Schemas in reach and earlier cells that share names with the text at the cursor, as comments and code above it."""
    if budget_tokens < 24:
        return ""
    comment = "-- " if language == "sql" else "# "
    pieces: list[str] = []
    active = "\n".join(near.split("\n")[-12:]) + "\n" + far[:400]
    if schema is not None and schema.tables:
        linked = link(
            active, schema, count=count, budget_tokens=budget_tokens // 2, cells=cells[-4:], notation=_COLUMN_NAMES
        )
        if linked.text:
            text = "".join(f"{comment}{line}\n" for line in neutralise(linked.text).split("\n"))
            if count(text) <= budget_tokens:
                pieces.append(text)
                budget_tokens -= count(text)
    chosen: list[int] = []
    for position in _by_relevance(active, cells):
        text = _cell_text(cells[position])
        cost = count(text)
        if cost <= budget_tokens:
            chosen.append(position)
            budget_tokens -= cost
    pieces += [_cell_text(cells[position]) for position in sorted(chosen)]
    return "".join(pieces)


def _by_relevance(active: str, cells: Sequence[Cell]) -> list[int]:
    """Cells near the active one: imports first, then the two directly above, then those that share most rare names.

    The ranking uses names of the text above the current line's unfinished word only as a set, so typing does not reshuffle it
    with every letter.
    """
    names = set(re.findall(r"[A-Za-z_]\w{2,}", active))
    last = len(cells) - 1

    def score(position: int) -> float:
        source = cells[position].source
        own = set(re.findall(r"[A-Za-z_]\w{2,}", source[:4000]))
        shared = float(len(names & own) / math.sqrt(1 + len(own)))
        imports = 0.5 if re.search(r"^\s*(?:import|from)\s", source, re.MULTILINE) else 0.0
        return shared + imports + (1.0 if position >= last - 1 else 0.0)

    near = [
        p for p in range(max(0, len(cells) - _CELLS_LOOKED_AT), len(cells))
        if cells[p].type == "code" and cells[p].source.strip() and cells[p].error is None
        and not cells[p].source.lstrip().startswith("%%qwen")
    ]  # fmt: skip
    return sorted(near, key=lambda p: (-score(p), -p))[:6]


def _cell_text(cell: Cell) -> str:
    source = cell.source.strip("\n")
    if len(source) > _CELL_CHARACTERS:
        source = source[:_CELL_CHARACTERS].rpartition("\n")[0] or source[:_CELL_CHARACTERS]
    return neutralise(source) + "\n\n"
