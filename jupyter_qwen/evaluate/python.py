"""Python: cases that go on after a prompt are completed as ghost text, cases that instruct are asked as a question.

Cases are lines of JSON with id, prompt and mode (completion or instruction). ``--raw`` is the baseline: the prompt alone, greedy.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

from jupyter_qwen.assistant.answer_limits import AnswerLimits
from jupyter_qwen.assistant.ask import ask
from jupyter_qwen.assistant.events import AnswerFinished
from jupyter_qwen.assistant.question import CompletionQuestion, Question
from jupyter_qwen.assistant.services import EngineSource, Services
from jupyter_qwen.engine.base import Engine
from jupyter_qwen.evaluate import fim
from jupyter_qwen.evaluate.fim import FimOptions, complete_once, generate_once, options_from
from jupyter_qwen.evaluate.predictions import PackError
from jupyter_qwen.prompt.answers import strip_fences
from jupyter_qwen.prompt.tokens import CHAT_STOP, chatml, message, neutralise

__all__ = ["add_arguments", "options_from", "run"]

_NEW_TOKENS = 400
_RAW_SYSTEM = "You are a helpful assistant that writes Python."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The same as for fill-in-the-middle."""
    fim.add_arguments(parser)


async def run(options: FimOptions, engines: EngineSource) -> str:
    """Answer every case; returns the summary table. Raises PackError or EngineError."""
    engine = await engines.engine()
    services = Services(
        engines, limits=AnswerLimits(completion_block_tokens=_NEW_TOKENS, chat_answer_tokens=_NEW_TOKENS)
    )
    return await fim.answer_all(
        options,
        needs=("prompt", "mode"),
        ours=lambda case: _answer(case, services),
        raw=lambda case: _raw(case, engine),
    )


async def _answer(case: Mapping[str, Any], services: Services) -> dict[str, Any]:
    if _goes_on(case):
        question = CompletionQuestion(case["prompt"], "", thread=str(case["id"]), by_key=True)
        return await complete_once(question, services)
    started, answer = time.perf_counter(), None
    async with aclosing(ask(Question(text=case["prompt"].strip(), mode="python"), services)) as events:  # type: ignore[type-var]
        async for event in events:
            if isinstance(event, AnswerFinished):
                answer = event
    assert answer is not None, "ask ends with an Answer or raises"
    return {
        "completion": answer.blocks[0].source if answer.blocks else strip_fences(answer.markdown),
        "seconds": round(time.perf_counter() - started, 3),
        "ttft_seconds": None if answer.ttft_seconds is None else round(answer.ttft_seconds, 3),
        "prompt_tokens": answer.usage.prompt_tokens,
        "cached_tokens": answer.usage.cached_tokens,
        "new_tokens": answer.usage.new_tokens,
    }


async def _raw(case: Mapping[str, Any], engine: Engine) -> dict[str, Any]:
    if _goes_on(case):
        return await generate_once(engine, neutralise(case["prompt"]), stop=CHAT_STOP)
    turns = (message("system", _RAW_SYSTEM), message("user", case["prompt"].strip()))
    item = await generate_once(engine, chatml(turns, "```python\n"), stop=("\n```", *CHAT_STOP))
    return {**item, "completion": strip_fences(item["completion"])}


def _goes_on(case: Mapping[str, Any]) -> bool:
    """Whether the answer goes on behind the prompt; else the prompt asks for a program. Raises PackError for other modes."""
    if case["mode"] not in ("completion", "instruction"):
        raise PackError(f"case {case['id']} has no known mode")
    return bool(case["mode"] == "completion")
