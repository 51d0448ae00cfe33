"""Fill in the middle: every case is a cursor in a cell, and the answer is what ghost text would insert there.

Cases are lines of JSON with id, prefix and suffix. The baseline is the raw model: the usual order, greedy, its text as it is, as
long as it takes. ``--raw`` answers with it alone, ``--with-raw`` as well, so that both stand side by side.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from jupyter_qwen.assistant.answer_limits import AnswerLimits
from jupyter_qwen.assistant.completion.complete import complete
from jupyter_qwen.assistant.completion.desk import CompletionDesk
from jupyter_qwen.assistant.question import CompletionQuestion
from jupyter_qwen.assistant.services import EngineSource, Services
from jupyter_qwen.engine.base import Engine, GenerationRequest, Usage
from jupyter_qwen.evaluate.cases import Answering, PackOptions, add_pack_arguments, answer_all, chosen
from jupyter_qwen.evaluate.figures import figures, generate_once
from jupyter_qwen.evaluate.predictions import PackError, read_lines
from jupyter_qwen.evaluate.scoring import passes
from jupyter_qwen.evaluate.summary import summary_table
from jupyter_qwen.prompt.tokens import FIM_MIDDLE, FIM_PREFIX, FIM_STOP, FIM_SUFFIX, neutralise

_NEW_TOKENS = 256


@dataclass(frozen=True)
class FimOptions(PackOptions):
    """`pack` is a file of cases. `with_raw` answers by both ways; `score` runs the cases' tests on the answers."""

    with_raw: bool = False
    score: bool = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Those of every pack, --with-raw, --score. The engine's options are the caller's."""
    add_pack_arguments(
        parser,
        pack="cases, one JSON object a line with its id",
        out="predictions: id and completion",
        raw="greedy, nothing cut",
    )
    parser.add_argument(
        "--with-raw", action="store_true", help="the baseline as well, case by case, into FILE with .raw in its name"
    )
    parser.add_argument(
        "--score", action="store_true", help="run the cases' tests on the answers (in a process, but in no sandbox)"
    )


Answer = Answering[Mapping[str, Any]]


async def run(options: FimOptions, engines: EngineSource) -> str:
    """Complete every case; returns the summary table. Raises PackError or EngineError."""
    engine = await engines.engine()
    # nothing is computed ahead: every case stands alone
    services = Services(
        engines, limits=AnswerLimits(completion_block_tokens=_NEW_TOKENS), completion=CompletionDesk(ahead=False)
    )
    return await beside_raw(
        options,
        needs=("prefix", "suffix"),
        ours=lambda case: _completed(case, services),
        raw=lambda case: _raw(case, engine),
    )


async def beside_raw(options: FimOptions, *, needs: Sequence[str], ours: Answer, raw: Answer) -> str:
    """Answer every case of a pack by the asked way, or by both; returns the summary table.

    `needs` are the text fields that a case must have. Raises PackError, and what the answers raise.
    """
    cases = chosen({case["id"]: case for case in read_lines(options.pack)}, options)
    for case in cases.values():
        missing = [name for name in needs if not isinstance(case.get(name), str)]
        if missing:
            raise PackError(f"case {case['id']} has no {' and no '.join(missing)}")

    def scored(answer: Answer) -> Answer:
        async def answered(case: Mapping[str, Any]) -> dict[str, Any]:
            item = {"kind": case.get("kind"), **await answer(case)}
            return {**item, "passed": await passes(case, item["completion"])} if options.score else item

        return answered

    ways = {options.out: scored(raw if options.raw else ours)}
    if options.with_raw and not options.raw:
        ways[options.out.with_suffix(f".raw{options.out.suffix}")] = scored(raw)
    return summary_table(await answer_all(cases, ways, resume=options.resume))


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
                first = time.perf_counter() - started
    return {"completion": text, **figures(time.perf_counter() - started, first, usage)}


async def _raw(case: Mapping[str, Any], engine: Engine) -> dict[str, Any]:
    prompt = f"{FIM_PREFIX}{neutralise(case['prefix'])}{FIM_SUFFIX}{neutralise(case['suffix'])}{FIM_MIDDLE}"
    return await greedy(engine, prompt, stop=FIM_STOP)


async def greedy(engine: Engine, prompt: str, *, stop: tuple[str, ...]) -> dict[str, Any]:
    """One greedy generation as it comes, with its times and tokens."""
    request = GenerationRequest(prompt=prompt, max_new_tokens=_NEW_TOKENS, stop=stop, lane="completion")
    text, took = await generate_once(engine, request)
    return {"completion": text, **took}
