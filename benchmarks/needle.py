"""A needle in the notebook: is a function that was defined far above used rightly by the real model?

    python -m benchmarks.needle [--tokens 4096 16384] [--model NAME] [--engine llama] [--only-whole]

The notebook begins with a function whose keyword-only argument nobody could guess; then come cells of other analyses until the
prompt has about the tokens asked for, then the question. It goes the product's whole way (context, prompt, engine) with the
context length set for it. An answer counts when its code, run beside the function, calls it with the right arguments. A last row
asks with the usual context, into which the notebook does not fit: the note that the user sees is printed. Reading 16K tokens
takes minutes on a small machine.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from jupyter_qwen.assistant.answer_limits import AnswerLimits
from jupyter_qwen.assistant.ask import ask
from jupyter_qwen.assistant.engines import SupervisedEngines
from jupyter_qwen.assistant.events import AnswerFinished, Phase, PromptBuilt
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.assistant.services import Services
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.schema.notebook import Cell

NEEDLE = '''\
def thaw_index(readings, *, frost_line, winter_weight=1.75):
    """Sum of what the readings have above the frost line; those of December to February count winter_weight times."""
    return sum(
        (value - frost_line) * (winter_weight if month in (12, 1, 2) else 1.0)
        for month, value in readings
        if value > frost_line
    )'''
QUESTION = "Compute the thaw index of the list stations with a frost line of 2.5 and assign it to result."
STATIONS = [(1, 4.0), (6, 3.5), (12, 1.0), (2, 9.5)]
TOPICS = ("sales", "visits", "orders", "returns", "invoices", "tickets", "shipments", "sessions", "payments", "reviews")
ANSWER_ROOM = 1400  # the answer, the turns' frames and what the count of each cell alone misses
FENCE_TOKENS = 8


@dataclass(frozen=True)
class NeedleRow:
    """One question: what it cost and whether its code calls the function rightly."""

    asked_tokens: int
    context_tokens: int
    prompt_tokens: int
    cells: int
    first_token_seconds: float
    right: bool
    notes: tuple[str, ...]
    markdown: str


def filler(number: int) -> Cell:
    """A cell of some other analysis, about 120 tokens, no two alike."""
    topic, days = TOPICS[number % len(TOPICS)], 7 + number % 23
    source = (
        f"def summarise_{topic}_{number}(frame, window={days}):\n"
        f'    """Rolling mean of {topic} over {days} days, indexed by week."""\n'
        f"    smooth = frame['{topic}'].rolling(window).mean()\n"
        f"    weekly = smooth.groupby(frame['week_{number}']).agg(['mean', 'max'])\n"
        f"    return weekly.rename(columns={{'mean': '{topic}_mean_{number}', 'max': '{topic}_max_{number}'}})\n\n"
        f"{topic}_by_week_{number} = summarise_{topic}_{number}({topic}_table, window={days + 3})"
    )
    return Cell(source, id=f"filler{number}")


def right(answer: AnswerFinished) -> bool:
    """Whether the answer's code, run beside the function, gives the number that a right call gives."""
    names: dict[str, Any] = {"stations": list(STATIONS)}
    exec(NEEDLE, names)
    expected = names["thaw_index"](STATIONS, frost_line=2.5)
    for block in answer.blocks:
        try:
            exec(block.source, names)
        except Exception as error:  # noqa: BLE001 - whatever the model's code raises is an answer that does not run
            print(f"  the answer's code fails: {type(error).__name__}: {error}")
            return False
    return bool(names.get("result") == expected)


async def one(arguments: argparse.Namespace, asked_tokens: int, *, whole: bool) -> NeedleRow:
    """Ask in a notebook of about `asked_tokens`, with a context that holds it (`whole`) or with the usual one."""
    context = asked_tokens + ANSWER_ROOM if whole else None
    config = EngineConfig(engine=arguments.engine, model=arguments.model, context_tokens=context)
    engines = SupervisedEngines(config)
    services = Services(engines, limits=AnswerLimits().for_context(context))
    try:
        engine = await engines.engine()
        cells, used = [Cell(NEEDLE, id="needle")], await engine.count_tokens(NEEDLE) + 220
        while used < asked_tokens - 150:
            cells.append(filler(len(cells)))
            used += await engine.count_tokens(cells[-1].source) + FENCE_TOKENS
        cells.append(Cell("stations = load_stations('norway')", id="last"))
        question = Question(text=QUESTION, mode="python", cells=tuple(cells), active_cell="last")
        began, built, answer = time.perf_counter(), None, None
        async with aclosing(ask(question, services)) as events:  # type: ignore[type-var]
            async for event in events:
                if isinstance(event, Phase) and event.done_tokens is not None:
                    seconds = time.perf_counter() - began
                    print(
                        f"\r  {event.done_tokens:,} of {event.total_tokens:,} tokens read, {seconds:.0f} s",
                        end="",
                        file=sys.stderr,
                    )
                built = event if isinstance(event, PromptBuilt) else built
                answer = event if isinstance(event, AnswerFinished) else answer
        assert built is not None, "no prompt was built"
        assert answer is not None, f"no answer after {time.perf_counter() - began:.0f} s"
        return NeedleRow(
            asked_tokens, engine.context_tokens, built.prompt_tokens, len(cells), answer.ttft_seconds or 0.0, right(answer),
            built.notes, answer.markdown,
        )  # fmt: skip
    finally:
        await services.aclose()
        await engines.aclose()


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, nargs="+", default=[4096, 16_384])
    parser.add_argument("--model")
    parser.add_argument("--engine", default="llama", choices=["auto", "llama", "transformers"])
    parser.add_argument("--only-whole", action="store_true", help="leave out the row with the usual context")
    arguments = parser.parse_args()
    print("| notebook | context | prompt tokens | cells | first token | used rightly | noted |")
    print("|---|---|---|---|---|---|---|", flush=True)
    missed = 0
    runs = [(tokens, True) for tokens in arguments.tokens]
    for tokens, whole in runs if arguments.only_whole else [*runs, (min(arguments.tokens), False)]:
        row = await one(arguments, tokens, whole=whole)
        missed += whole and not row.right
        print(
            f"| {row.asked_tokens:,} | {row.context_tokens:,} | {row.prompt_tokens:,} | {row.cells} | "
            f"{row.first_token_seconds:.1f} s | {'yes' if row.right else 'no'} | {'; '.join(row.notes) or '-'} |",
            flush=True,
        )
        if not row.right:
            print(row.markdown, flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
