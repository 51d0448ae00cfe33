"""Questions about live DataFrames: the set-up cells run in a kernel, the question goes the user's way, the next cell is kept.

PACK/cells_cases.jsonl   id, setup (list of cells), question, frames (names, for the baseline)
PACK/data/               files that the cells read

Nothing here knows the right answers, and no answer runs in that kernel. ``--raw`` is the baseline: the cells, ``head(3)`` and
``dtypes`` of the frames, the question; one greedy answer, its first block.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from jupyter_qwen.assistant.ask import ask
from jupyter_qwen.assistant.events import AnswerFinished
from jupyter_qwen.assistant.question import Mode, Question
from jupyter_qwen.assistant.services import EngineSource, Services
from jupyter_qwen.engine.base import Delta, Engine, Finished, GenerationRequest, Usage
from jupyter_qwen.evaluate.live_notebook import LiveNotebook
from jupyter_qwen.evaluate.predictions import PackError, Predictions, read_lines
from jupyter_qwen.evaluate.progress_bar import ProgressBar
from jupyter_qwen.evaluate.summary import summary_table
from jupyter_qwen.prompt.answers import strip_fences
from jupyter_qwen.prompt.tokens import CHAT_STOP, chatml, message
from jupyter_qwen.schema.model import PRIVACY_LEVELS, PrivacyLevel
from jupyter_qwen.schema.notebook import Cell

_RAW_SYSTEM = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."
_RAW_NEW_TOKENS = 400
_MODES: tuple[Mode, ...] = ("auto", "python", "sql", "chat", "plot")


@dataclass(frozen=True)
class CellsOptions:
    """What to run. `every` takes each n-th case; `mode` is how the question is asked, as the sidebar's menu says it."""

    pack: Path
    out: Path
    limit: int | None = None
    every: int = 1
    raw: bool = False
    resume: bool = False
    cases: tuple[str, ...] = ()
    mode: Mode = "python"
    privacy: PrivacyLevel = "samples"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """PACK, --out, --limit, --every, --case, --raw, --resume, --mode, --privacy. The engine's options are the caller's."""
    parser.add_argument("pack", type=Path, help="folder with cells_cases.jsonl and data/")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="predictions: id, code, verdict, times")
    parser.add_argument("--limit", type=int, help="only the first N cases")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each N-th case")
    parser.add_argument("--case", action="append", default=[], metavar="ID", help="only this case; may be repeated")
    parser.add_argument("--raw", action="store_true", help="baseline: cells, head(3), dtypes; one greedy answer")
    parser.add_argument("--resume", action="store_true", help="keep the answers that the file holds")
    parser.add_argument("--mode", choices=_MODES, default="python", help="how the question is asked (default: python)")
    parser.add_argument("--privacy", choices=get_args(PrivacyLevel), default=PRIVACY_LEVELS[-1])


def options_from(arguments: argparse.Namespace) -> CellsOptions:
    """The options that the arguments say."""
    return CellsOptions(
        pack=arguments.pack,
        out=arguments.out,
        limit=arguments.limit,
        every=max(1, arguments.every),
        raw=arguments.raw,
        resume=arguments.resume,
        cases=tuple(arguments.case),
        mode=arguments.mode,
        privacy=arguments.privacy,
    )


async def run(options: CellsOptions, engines: EngineSource) -> str:
    """Answer the cases; returns the summary table. Raises PackError, EngineError and what `ask` raises.

    A case whose set-up cells fail has an empty answer with the `error`, and the others are asked; where none could be set up
    it is an error of the pack.
    """
    cases = read_lines(options.pack / "cells_cases.jsonl")
    cases = [case for case in cases if not options.cases or case["id"] in options.cases]
    cases = cases[:: options.every][: options.limit]
    for item in cases:
        _check(item)
    engine = await engines.engine()
    services = Services(engines)
    async with LiveNotebook(options.pack / "data") as notebook:
        with Predictions(options.out, resume=options.resume) as predictions:
            with ProgressBar(len(cases), predictions.done) as progress:
                for case in predictions.pending(cases):
                    try:
                        await notebook.run(case["setup"])
                        if options.raw:
                            answer = await _raw(case, notebook, engine)
                        else:
                            answer = await _ask(case, notebook, services, options)
                    except PackError as error:
                        answer = _not_asked(case, error)
                    predictions.add(answer)
                    progress.add(answer)
            await services.aclose()
            failed = [f"case {item['id']}: {item['error']}" for item in predictions.done if item.get("error")]
            if failed and len(failed) == len(predictions.done):
                raise PackError("; ".join(failed[:3]))
            return "\n".join([summary_table([(options.out.name, predictions.done)]), *failed])


def _not_asked(case: Mapping[str, Any], error: PackError) -> dict[str, Any]:
    nothing = {"seconds": None, "ttft_seconds": None, "prompt_tokens": 0, "cached_tokens": 0, "new_tokens": 0}
    return {"id": case["id"], "kind": case.get("kind"), "code": "", "verdict": None, "error": str(error), **nothing}


def _check(case: Mapping[str, Any]) -> None:
    """Raises PackError for a case that lacks something."""
    lists = all(
        isinstance(case.get(name), list) and all(isinstance(text, str) for text in case[name])
        for name in ("setup", "frames")
    )
    if not lists or not isinstance(case.get("question"), str):
        raise PackError(f"case {case['id']} needs a question, and setup and frames as lists of texts")


async def _ask(
    case: Mapping[str, Any], notebook: LiveNotebook, services: Services, options: CellsOptions
) -> dict[str, Any]:
    """The first code cell that Insert would put below the set-up cells; "" when there is none."""
    began = time.perf_counter()
    schema = await notebook.schema(options.privacy, case["question"])
    cells = tuple(Cell(id=f"c{n}", source=text, execution_count=n) for n, text in enumerate(case["setup"], 1))
    asked = Cell(id="asks", source="")
    question = Question(
        text=case["question"],
        mode=options.mode,
        schema=schema,
        cells=(*cells, asked),
        active_cell=asked.id,
    )
    collected = time.perf_counter() - began
    answer = None
    async with aclosing(ask(question, services)) as events:  # type: ignore[type-var]
        async for event in events:
            if isinstance(event, AnswerFinished):
                answer = event
    assert answer is not None, "ask ends with an Answer or raises"
    block = next((b for b in answer.blocks if b.cell is not None and b.cell.type == "code"), None)
    trial = block.trial if block else None
    return {
        "id": case["id"],
        "kind": case.get("kind"),
        "code": block.cell.source if block and block.cell else "",
        "verdict": trial.status if trial else block.verdict if block else None,
        "reason": trial.reason or (f"{trial.error.kind}: {trial.error.message}" if trial.error else "")
        if trial
        else "",
        "complete": trial.complete if trial else False,
        "trial_seconds": round(trial.seconds, 3) if trial else None,
        "mode": answer.mode,
        "repairs": [repair.name for repair in block.repairs] if block else [],
        "warnings": [d.code for d in block.diagnostics if d.severity != "info"] if block else [],
        "seconds": round(collected + answer.seconds, 3),
        "ttft_seconds": None if answer.ttft_seconds is None else round(collected + answer.ttft_seconds, 3),
        "prompt_tokens": answer.usage.prompt_tokens,
        "cached_tokens": answer.usage.cached_tokens,
        "new_tokens": answer.usage.new_tokens,
    }


async def _raw(case: Mapping[str, Any], notebook: LiveNotebook, engine: Engine) -> dict[str, Any]:
    parts = ["Earlier cells of the notebook:", *(f"```python\n{source}\n```" for source in case["setup"])]
    for name in case["frames"]:
        head, types = await notebook.described(name)
        parts.append(f"{name}.head(3):\n{head}\n\n{name}.dtypes:\n{types}")
    parts += [f"Question: {case['question']}", "Answer with one Python code cell."]
    turns = (message("system", _RAW_SYSTEM), message("user", "\n\n".join(parts)))
    request = GenerationRequest(prompt=chatml(turns), max_new_tokens=_RAW_NEW_TOKENS, stop=CHAT_STOP, lane="chat")
    started, first, text, usage = time.perf_counter(), None, "", Usage()
    async with aclosing(engine.generate(request)) as pieces:  # type: ignore[type-var]
        async for piece in pieces:
            if isinstance(piece, Finished):
                usage = piece.usage
            elif isinstance(piece, Delta):
                first = first or time.perf_counter()
                text += piece.text
    return {
        "id": case["id"],
        "kind": case.get("kind"),
        "code": strip_fences(text).strip("\n"),
        "verdict": None,
        "seconds": round(time.perf_counter() - started, 3),
        "ttft_seconds": round(first - started, 3) if first else None,
        "prompt_tokens": usage.prompt_tokens,
        "cached_tokens": usage.cached_tokens,
        "new_tokens": usage.new_tokens,
    }
