"""Fitting pieces of text into a token budget; the tokenizer is injected."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from jupyter_qwen.schema.notebook import Cell

Count = Callable[[str], int]

_WINDOW_STEP = 4
_LONGEST_CELL_SHARE = 0.5


def nearest_first(
    cells: Sequence[Cell], *, count: Count, budget_tokens: int, frame_tokens: int = 4
) -> tuple[Cell, ...]:
    """The last of `cells` that fit `budget_tokens`, in document order.

    `cells` are those above the place that asks, in document order. The nearest are taken first. The window's beginning
    moves in steps of four cells, not with every new cell, so that the text of older cells stays an unchanged prefix most
    of the time. A cell longer than half the budget is cut in its middle. Empty cells are skipped. `frame_tokens` is what the
    fence or the comment around a cell takes.
    """
    if budget_tokens <= 0:
        return ()
    longest = int(budget_tokens * _LONGEST_CELL_SHARE)
    taken: list[Cell] = []
    used = 0
    start = len(cells)
    for position in range(len(cells) - 1, -1, -1):
        cell = cells[position]
        if not cell.source.strip():
            start = position
            continue
        shown = shorten_cell(cell, count=count, budget_tokens=longest)
        cost = count(shown.source) + frame_tokens
        if used + cost > budget_tokens:
            break
        taken.append(shown)
        used += cost
        start = position
    if start > 0:
        aligned = -(-start // _WINDOW_STEP) * _WINDOW_STEP
        surplus = sum(1 for cell in cells[start:aligned] if cell.source.strip())
        if surplus < len(taken):  # never drop the nearest cell for the sake of alignment
            taken = taken[: len(taken) - surplus]
    return tuple(reversed(taken))


def what_is_cut(cells: Sequence[Cell], window: Sequence[Cell], recalled: Sequence[Cell] = ()) -> tuple[str, ...]:
    """What of the notebook is not shown, or not whole, in words for the user."""
    told = [cell for cell in cells if cell.source.strip()]
    missing = len(told) - len(window)
    notes = []
    if missing > 0:
        named = f", and of {len(recalled)} more what the question names" if recalled else ""
        notes.append(
            f"{missing} of the {len(told)} cells above do not fit into the prompt: the nearest {len(window)} are shown{named}"
        )
    shortened = sum(shown.source != cell.source for shown, cell in zip(window, told[missing:], strict=True))
    if shortened:
        longest = "1 cell is" if shortened == 1 else f"{shortened} cells are"
        notes.append(f"{longest} too long for the prompt: beginning and end are shown")
    return tuple(notes)


def shorten_cell(cell: Cell, *, count: Count, budget_tokens: int) -> Cell:
    """`cell` with its middle lines left out when it is longer than the budget: the ends name most."""
    text = shorten(cell.source, count=count, budget_tokens=budget_tokens)
    return cell if text == cell.source else Cell(text, cell.type, cell.id, cell.execution_count, cell.error)


def shorten(text: str, *, count: Count, budget_tokens: int) -> str:
    """`text`, or its first and last parts around a line ``…`` when it has more than `budget_tokens` tokens."""
    if len(text) <= budget_tokens or count(text) <= budget_tokens:  # a token is at least a character
        return text
    if budget_tokens <= 0:
        return ""
    low, high = 0, len(text) // 2
    while low < high:  # the longest pair of ends that fits; tokens grow with characters, so halving finds it
        middle = (low + high + 1) // 2
        if count(_ends(text, middle)) <= budget_tokens:
            low = middle
        else:
            high = middle - 1
    return _ends(text, low) if low else ""


def _ends(text: str, characters: int) -> str:
    """`characters` from each end, cut at line breaks where one is near."""
    head, tail = text[:characters], text[len(text) - characters :]
    if "\n" in head[characters // 2 :]:
        head = head[: head.rindex("\n")]
    if "\n" in tail[: characters // 2]:
        tail = tail[tail.index("\n") + 1 :]
    return f"{head}\n…\n{tail}"
