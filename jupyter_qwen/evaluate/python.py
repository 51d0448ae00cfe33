"""Python: cases that go on after a prompt are completed as ghost text, cases that instruct are asked as a question.

Cases are lines of JSON with id, prompt and mode (completion or instruction). ``--raw`` is the baseline: the prompt alone, greedy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_qwen.assistant.answer_limits import AnswerLimits
from jupyter_qwen.assistant.ask import collect_answer
from jupyter_qwen.assistant.question import CompletionQuestion, Question
from jupyter_qwen.assistant.services import EngineSource, Services
from jupyter_qwen.engine.base import Engine
from jupyter_qwen.evaluate.figures import figures
from jupyter_qwen.evaluate.fim import FimOptions, add_arguments, beside_raw, complete_once, greedy
from jupyter_qwen.evaluate.predictions import PackError
from jupyter_qwen.prompt.answers import strip_fences
from jupyter_qwen.prompt.tokens import CHAT_STOP, chatml, message, neutralise

__all__ = ["add_arguments", "run"]

_NEW_TOKENS = 400
_RAW_SYSTEM = "You are a helpful assistant that writes Python."


async def run(options: FimOptions, engines: EngineSource) -> str:
    """Answer every case; returns the summary table. Raises PackError or EngineError."""
    engine = await engines.engine()
    services = Services(
        engines, limits=AnswerLimits(completion_block_tokens=_NEW_TOKENS, chat_answer_tokens=_NEW_TOKENS)
    )
    return await beside_raw(
        options,
        needs=("prompt", "mode"),
        ours=lambda case: _answer(case, services),
        raw=lambda case: _raw(case, engine),
    )


async def _answer(case: Mapping[str, Any], services: Services) -> dict[str, Any]:
    if _goes_on(case):
        question = CompletionQuestion(case["prompt"], "", thread=str(case["id"]), by_key=True)
        return await complete_once(question, services)
    answer = await collect_answer(Question(text=case["prompt"].strip(), mode="python"), services)
    return {
        "completion": answer.blocks[0].source if answer.blocks else strip_fences(answer.markdown),
        **figures(answer.seconds, answer.ttft_seconds, answer.usage),
    }


async def _raw(case: Mapping[str, Any], engine: Engine) -> dict[str, Any]:
    if _goes_on(case):
        return await greedy(engine, neutralise(case["prompt"]), stop=CHAT_STOP)
    turns = (message("system", _RAW_SYSTEM), message("user", case["prompt"].strip()))
    item = await greedy(engine, chatml(turns, "```python\n"), stop=("\n```", *CHAT_STOP))
    return {**item, "completion": strip_fences(item["completion"])}


def _goes_on(case: Mapping[str, Any]) -> bool:
    """Whether the answer goes on behind the prompt; else the prompt asks for a program. Raises PackError for other modes."""
    if case["mode"] not in ("completion", "instruction"):
        raise PackError(f"case {case['id']} has no known mode")
    return bool(case["mode"] == "completion")
