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
from dataclasses import dataclass
from typing import Any, get_args

from jupyter_qwen.assistant.question import Mode, Question
from jupyter_qwen.assistant.services import EngineSource, Services
from jupyter_qwen.engine.base import Engine, GenerationRequest, Usage
from jupyter_qwen.evaluate.cases import PackOptions, add_pack_arguments, answer_all, chosen
from jupyter_qwen.evaluate.figures import figures, generate_once
from jupyter_qwen.evaluate.live_notebook import LiveNotebook
from jupyter_qwen.evaluate.predictions import PackError, read_lines
from jupyter_qwen.evaluate.summary import summary_table
from jupyter_qwen.evaluate.timed_answer import asked
from jupyter_qwen.prompt.answers import strip_fences
from jupyter_qwen.prompt.tokens import CHAT_STOP, chatml, message
from jupyter_qwen.schema.model import PRIVACY_LEVELS, PrivacyLevel
from jupyter_qwen.schema.notebook import Cell

_RAW_SYSTEM = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."
_RAW_NEW_TOKENS = 400
_MODES: tuple[Mode, ...] = ("auto", "python", "sql", "chat", "plot")


@dataclass(frozen=True)
class CellsOptions(PackOptions):
    """`mode` is how the question is asked, as the sidebar's menu says it."""

    mode: Mode = "python"
    privacy: PrivacyLevel = "samples"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Those of every pack, --mode, --privacy. The engine's options are the caller's."""
    add_pack_arguments(
        parser,
        pack="folder with cells_cases.jsonl and data/",
        out="predictions: id, code, verdict, times",
        raw="cells, head(3), dtypes; one greedy answer",
    )
    parser.add_argument("--mode", choices=_MODES, default="python", help="how the question is asked (default: python)")
    parser.add_argument("--privacy", choices=get_args(PrivacyLevel), default=PRIVACY_LEVELS[-1])


async def run(options: CellsOptions, engines: EngineSource) -> str:
    """Answer the cases; returns the summary table. Raises PackError, EngineError and what `ask` raises.

    A case whose set-up cells fail has an empty answer with the `error`, and the others are asked; where none could be set up
    it is an error of the pack.
    """
    cases = chosen({case["id"]: case for case in read_lines(options.pack / "cells_cases.jsonl")}, options)
    for case in cases.values():
        _check(case)
    engine = await engines.engine()
    services = Services(engines)

    async def answer(case: Mapping[str, Any]) -> dict[str, Any]:
        try:
            await notebook.run(case["setup"])
            if options.raw:
                return await _raw(case, notebook, engine)
            return await _ask(case, notebook, services, options)
        except PackError as error:
            return _not_asked(case, error)

    async with LiveNotebook(options.pack / "data") as notebook:
        runs = await answer_all(cases, {options.out: answer}, resume=options.resume)
        await services.aclose()
    ((_, done),) = runs
    failed = [f"case {item['id']}: {item['error']}" for item in done if item.get("error")]
    if failed and len(failed) == len(done):
        raise PackError("; ".join(failed[:3]))
    return "\n".join([summary_table(runs), *failed])


def _not_asked(case: Mapping[str, Any], error: PackError) -> dict[str, Any]:
    return {
        "kind": case.get("kind"),
        "code": "",
        "verdict": None,
        "error": str(error),
        **figures(0.0, None, Usage()),
        "seconds": None,
    }


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
    asking = Cell(id="asks", source="")
    question = Question(
        text=case["question"],
        mode=options.mode,
        schema=schema,
        cells=(*cells, asking),
        active_cell=asking.id,
    )
    collected = time.perf_counter() - began
    found = await asked(question, services)
    answer = found.answer
    block = next((b for b in answer.blocks if b.cell is not None and b.cell.type == "code"), None)
    trial = block.trial if block else None
    return {
        "kind": case.get("kind"),
        "code": block.cell.source if block and block.cell else "",
        "verdict": trial.status if trial else block.verdict if block else None,
        "reason": trial.reason or (f"{trial.error.kind}: {trial.error.message}" if trial.error else "")
        if trial
        else "",
        "complete": trial.complete if trial else False,
        "trial_seconds": round(trial.seconds, 3) if trial else None,
        "same_in_sql": trial.same_in_sql if trial else False,
        "checked_seconds": round(collected + answer.seconds, 3),
        "mode": answer.mode,
        "repairs": [repair.name for repair in block.repairs] if block else [],
        "warnings": [d.code for d in block.diagnostics if d.severity != "info"] if block else [],
        "features": answer.features,
        "grade": block.grade if block else None,
        "reasons": list(block.reasons) if block else [],
        "words": block.words if block else None,
        "alternative": block.alternative.source if block and block.alternative else None,
        **figures(
            collected + found.seconds_of(block),  # a query that checks the cell comes later
            None if answer.ttft_seconds is None else collected + answer.ttft_seconds,
            answer.usage,
        ),
    }


async def _raw(case: Mapping[str, Any], notebook: LiveNotebook, engine: Engine) -> dict[str, Any]:
    parts = ["Earlier cells of the notebook:", *(f"```python\n{source}\n```" for source in case["setup"])]
    for name in case["frames"]:
        head, types = await notebook.described(name)
        parts.append(f"{name}.head(3):\n{head}\n\n{name}.dtypes:\n{types}")
    parts += [f"Question: {case['question']}", "Answer with one Python code cell."]
    turns = (message("system", _RAW_SYSTEM), message("user", "\n\n".join(parts)))
    request = GenerationRequest(prompt=chatml(turns), max_new_tokens=_RAW_NEW_TOKENS, stop=CHAT_STOP, lane="chat")
    text, took = await generate_once(engine, request)
    return {"kind": case.get("kind"), "code": strip_fences(text).strip("\n"), "verdict": None, **took}
