"""Fill in the middle: every case is a cursor in a cell, and the answer is what ghost text would insert there.

Cases are lines of JSON with id, prefix and suffix. The baseline is the raw model: the usual order, greedy, its text as it is, as
long as it takes. ``--raw`` answers with it alone, ``--with-raw`` as well, so that both stand side by side.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack, aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_qwen.assistant.answer_limits import AnswerLimits
from jupyter_qwen.assistant.completion.complete import complete
from jupyter_qwen.assistant.completion.desk import CompletionDesk
from jupyter_qwen.assistant.question import CompletionQuestion
from jupyter_qwen.assistant.services import EngineSource, Services
from jupyter_qwen.engine.base import Delta, Engine, Finished, GenerationRequest, Usage
from jupyter_qwen.evaluate.predictions import PackError, Predictions, read_lines
from jupyter_qwen.evaluate.progress_bar import ProgressBar
from jupyter_qwen.evaluate.scoring import passes
from jupyter_qwen.evaluate.summary import summary_table
from jupyter_qwen.prompt.tokens import FIM_MIDDLE, FIM_PREFIX, FIM_STOP, FIM_SUFFIX, neutralise

_NEW_TOKENS = 256


@dataclass(frozen=True)
class FimOptions:
    """What to run."""

    cases: Path
    out: Path
    limit: int | None = None
    raw: bool = False
    resume: bool = False
    with_raw: bool = False
    score: bool = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """CASES, --out, --limit, --raw, --with-raw, --score, --resume. The engine's options are the caller's."""
    parser.add_argument("cases", type=Path, help="cases, one JSON object a line with id, prefix and suffix")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="predictions: id and completion")
    parser.add_argument("--limit", type=int, help="only the first N cases")
    parser.add_argument("--raw", action="store_true", help="baseline: usual order, greedy, nothing cut")
    parser.add_argument(
        "--with-raw", action="store_true", help="the baseline as well, case by case, into FILE with .raw in its name"
    )
    parser.add_argument(
        "--score", action="store_true", help="run the cases' tests on the answers (in a process, but in no sandbox)"
    )
    parser.add_argument("--resume", action="store_true", help="keep the answers that the file holds")


def options_from(arguments: argparse.Namespace) -> FimOptions:
    """The options that the arguments say."""
    return FimOptions(
        arguments.cases,
        arguments.out,
        arguments.limit,
        arguments.raw,
        arguments.resume,
        arguments.with_raw,
        arguments.score,
    )


Answer = Callable[[Mapping[str, Any]], Awaitable[dict[str, Any]]]


async def run(options: FimOptions, engines: EngineSource) -> str:
    """Complete every case; returns the summary table. Raises PackError or EngineError."""
    engine = await engines.engine()
    # nothing is computed ahead: every case stands alone
    services = Services(
        engines, limits=AnswerLimits(completion_block_tokens=_NEW_TOKENS), completion=CompletionDesk(ahead=False)
    )
    return await answer_all(
        options,
        needs=("prefix", "suffix"),
        ours=lambda case: _completed(case, services),
        raw=lambda case: _raw(case, engine),
    )


async def answer_all(options: FimOptions, *, needs: Sequence[str], ours: Answer, raw: Answer) -> str:
    """Answer every case of a pack by the asked way, or by both; returns the summary table.

    `needs` are the text fields that a case must have. Raises PackError, and what the answers raise.
    """
    cases = read_lines(options.cases)[: options.limit]
    for case in cases:
        missing = [name for name in needs if not isinstance(case.get(name), str)]
        if missing:
            raise PackError(f"case {case['id']} has no {' and no '.join(missing)}")
    ways = [(options.out, raw if options.raw else ours)]
    if options.with_raw and not options.raw:
        ways.append((options.out.with_suffix(f".raw{options.out.suffix}"), raw))
    with ExitStack() as stack:
        files = [stack.enter_context(Predictions(path, resume=options.resume)) for path, _ in ways]
        pending = [{case["id"] for case in predictions.pending(cases)} for predictions in files]
        progress = stack.enter_context(ProgressBar(len(cases), files[0].done))
        for case in cases:
            for (_, answer), predictions, unanswered in zip(ways, files, pending, strict=True):
                if case["id"] not in unanswered:
                    continue
                item = {"id": case["id"], "kind": case.get("kind"), **await answer(case)}
                if options.score:
                    item["passed"] = await passes(case, item["completion"])
                predictions.add(item)
                if predictions is files[0]:
                    progress.add(item)
    return summary_table([(path.name, predictions.done) for (path, _), predictions in zip(ways, files, strict=True)])


async def _completed(case: Mapping[str, Any], services: Services) -> dict[str, Any]:
    """What the user gets who asks by key at this place: as many lines as belong there, which the case does not tell."""
    question = CompletionQuestion(case["prefix"], case["suffix"], thread=str(case["id"]), by_key=True)
    return await complete_once(question, services)


async def complete_once(question: CompletionQuestion, services: Services) -> dict[str, Any]:
    """The last suggestion of one request, with its times and tokens."""
    started, first, text, usage = time.perf_counter(), None, "", Usage()
    async with aclosing(complete(question, services)) as suggestions:  # type: ignore[type-var]
        async for suggestion in suggestions:
            text, usage = suggestion.text, suggestion.usage or usage
            if text and first is None:
                first = time.perf_counter()
    return _item(text, started, first, usage)


async def _raw(case: Mapping[str, Any], engine: Engine) -> dict[str, Any]:
    prompt = f"{FIM_PREFIX}{neutralise(case['prefix'])}{FIM_SUFFIX}{neutralise(case['suffix'])}{FIM_MIDDLE}"
    return await generate_once(engine, prompt, stop=FIM_STOP)


async def generate_once(engine: Engine, prompt: str, *, stop: tuple[str, ...]) -> dict[str, Any]:
    """One greedy generation as it comes, with its times and tokens."""
    request = GenerationRequest(prompt=prompt, max_new_tokens=_NEW_TOKENS, stop=stop, lane="completion")
    started, first, text, usage = time.perf_counter(), None, "", Usage()
    async with aclosing(engine.generate(request)) as pieces:  # type: ignore[type-var]
        async for piece in pieces:
            if isinstance(piece, Finished):
                usage = piece.usage
            elif isinstance(piece, Delta):
                first = first or time.perf_counter()
                text += piece.text
    return _item(text, started, first, usage)


def _item(text: str, started: float, first: float | None, usage: Usage) -> dict[str, Any]:
    return {
        "completion": text,
        "seconds": round(time.perf_counter() - started, 3),
        "ttft_seconds": round(first - started, 3) if first else None,
        "prompt_tokens": usage.prompt_tokens,
        "cached_tokens": usage.cached_tokens,
        "new_tokens": usage.new_tokens,
    }
