"""The rules must not take away what is right: every hole of a real notebook, filled with what stood there."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

from benchmarks.keyboard.trace import load
from jupyter_qwen.assistant.completion.spot import Spot
from jupyter_qwen.assistant.completion.verdict import final
from jupyter_qwen.assistant.question import CompletionQuestion

FOLDER = Path(__file__).parents[4] / "benchmarks" / "keyboard"
STOPS = re.compile(r"(?<=\w)(?=\W)|(?<=[(\[.=,:\"])|(?<== )|(?<= )(?=\w)")
MOST_PIECES = 3  # of code that a hole within a line is wide


def holes(*, within: bool) -> Iterator[tuple[Spot, str]]:
    """(cursor, what stood there): holes within a line, or what is left of the line where nothing follows."""
    notebook, _ = load(FOLDER)
    for number, cell in enumerate(notebook.cells):
        if cell.type != "code":
            continue
        cuts = [match.start() for match in STOPS.finditer(cell.source) if match.start()]
        for position, start in enumerate(cuts):
            ends = cuts[position + 1 : position + 1 + MOST_PIECES] if within else [len(cell.source)]
            for end in ends:
                middle = cell.source[start:end] if within else cell.source[start:].split("\n", 1)[0]
                if not middle.strip() or "\n" in middle:
                    continue
                suffix = cell.source[end:] if within else ""
                question = CompletionQuestion(
                    cell.source[:start], suffix, cells=notebook.cells[:number], schema=notebook.schema
                )
                yield Spot.of(question), middle


def kept(spot: Spot, middle: str) -> bool:
    return asyncio.run(final(middle, "line", spot)).rstrip() == middle.rstrip()


def test_what_belongs_at_a_lines_end_is_always_shown() -> None:
    lost = [(spot.prefix[-40:], middle) for spot, middle in holes(within=False) if not kept(spot, middle)]

    assert lost == []


def test_what_belongs_within_a_line_is_nearly_always_shown() -> None:
    results = [kept(spot, middle) for spot, middle in holes(within=True)]

    # what is lost ends one string and opens another: behind the cursor a quote is taken for the one that closes
    assert len(results) > 1000
    assert results.count(True) / len(results) > 0.98
