"""Suggestions at places of the notebook, for the eye: what stands there, what is suggested, and why it ended.

    python -m benchmarks.keyboard.look [--places 30] [--seed 1] [--by-key]

Half of the places stand at the end of what was typed so far, half within a finished cell. Takes about a second a place.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.keyboard.trace import Notebook, load
from jupyter_qwen.assistant.completion.complete import complete
from jupyter_qwen.assistant.completion.desk import CompletionDesk
from jupyter_qwen.assistant.engines import SupervisedEngines
from jupyter_qwen.assistant.question import CompletionQuestion
from jupyter_qwen.assistant.services import Services
from jupyter_qwen.cli.engine_options import add_engine_options, engine_config

HERE = Path(__file__).parent
# behind a word, an opening bracket or quote, a dot, an operator: where people stop to think
_STOPS = re.compile(r"(?<=\w)(?=\W)|(?<=[(\[.=,:\"])|(?<== )|(?<=\n)|(?<= )(?=\w)|\Z")


@dataclass(frozen=True)
class LookedAt:
    """A cursor in cell `number`; `truth` is what the cell says there, up to the line's end."""

    number: int
    prefix: str
    suffix: str
    truth: str


def places(notebook: Notebook, *, count: int, seed: int) -> Iterator[LookedAt]:
    """`count` places in code cells, spread over the notebook."""
    chance = random.Random(seed)
    code = [number for number, cell in enumerate(notebook.cells) if cell.type == "code" and number > 1]
    for position in range(count):
        number = code[position * len(code) // count]
        source = notebook.cells[number].source
        cut = chance.choice([match.start() for match in _STOPS.finditer(source) if match.start()])
        inside = position % 2
        if inside:
            # a hole of some words in a finished line
            end = min((m.start() for m in _STOPS.finditer(source, cut + 3)), default=len(source))
            yield LookedAt(number, source[:cut], source[end:], source[cut:end])
        else:
            yield LookedAt(number, source[:cut], "", source[cut:].split("\n", 1)[0])


async def look(arguments: argparse.Namespace) -> None:
    """Print the suggestions."""
    notebook, _ = load(HERE)
    engines = SupervisedEngines(engine_config(arguments))
    try:
        await engines.engine()
        for spot in places(notebook, count=arguments.places, seed=arguments.seed):
            services = Services(engines, completion=CompletionDesk(ahead=False))
            question = CompletionQuestion(
                spot.prefix,
                spot.suffix,
                cells=notebook.cells[: spot.number],
                schema=notebook.schema,
                by_key=arguments.by_key,
            )
            began = time.monotonic()
            last = [event async for event in complete(question, services)][-1]
            print(f"\n--- cell {spot.number}, {time.monotonic() - began:.1f} s, {last.reason}")
            print("\n".join(spot.prefix.split("\n")[-4:]) + "▌" + spot.suffix.split("\n", 1)[0])
            print(f"is      {spot.truth!r}\nsuggest {last.text!r}")
    finally:
        await engines.aclose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--by-key", action="store_true", help="as if Alt+\\ had been pressed")
    add_engine_options(parser)
    asyncio.run(look(parser.parse_args()))


if __name__ == "__main__":
    main()
