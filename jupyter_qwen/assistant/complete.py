"""Ghost text: one fill-in-the-middle generation, streamed as cumulative text that is fit to show."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace

from jupyter_qwen.assistant.events import CompletionText
from jupyter_qwen.assistant.generation import request_for
from jupyter_qwen.assistant.ghost_text import tidy, wants_block
from jupyter_qwen.assistant.question import CompletionQuestion
from jupyter_qwen.assistant.services import Services, with_token_count
from jupyter_qwen.engine.base import Delta, Finished, Usage
from jupyter_qwen.prompt import fim


async def complete(question: CompletionQuestion, services: Services) -> AsyncIterator[CompletionText]:
    """Stream a suggestion; every text replaces the one before, the last has `done`.

    While the model is not ready, or when it was not trained to fill in the middle, the only event is an empty one whose
    `reason` says so: typing never waits for a download. Closing the iterator stops the engine's work. Raises EngineError.
    """
    status = services.engines.describe()
    if status.get("state") != "ready" or not status.get("inline_completion", True):
        yield CompletionText(
            "", done=True, reason=str(status.get("state")) if status.get("state") != "ready" else "no-fim"
        )
        return
    engine = await services.engines.engine()
    limits = services.limits
    block = wants_block(question.prefix, question.suffix) if question.multiline is None else question.multiline
    new_tokens = limits.completion_block_tokens if block else limits.completion_line_tokens
    budget = min(limits.completion_prompt_tokens, engine.context_tokens - new_tokens)
    prompt = await with_token_count(
        engine,
        lambda count: fim.build(
            question.prefix,
            question.suffix,
            cells=question.cells,
            schema=question.schema,
            language=question.language,
            count=count,
            budget_tokens=budget,
            # the anchored order may end inside a word, which only a grammar can restore
            order="anchored" if engine.capabilities.grammar else "usual",
        ),
    )
    raw, shown, usage, reason = "", "", Usage(), "stop"
    request = replace(
        request_for(prompt, max_new_tokens=new_tokens, lane="completion"),
        grammar=f"root ::= {json.dumps(prompt.heal)} [^\\x00]*" if prompt.heal else None,
    )
    async with aclosing(engine.generate(request)) as pieces:  # type: ignore[type-var]
        async for piece in pieces:
            if isinstance(piece, Finished):
                usage, reason = piece.usage, piece.reason
                break
            if not isinstance(piece, Delta):
                continue
            raw += piece.text
            if len(raw) <= len(prompt.heal):
                continue
            typed = raw.removeprefix(prompt.heal)
            if not block and "\n" in typed.lstrip("\n"):
                reason = "line"
                break
            text = tidy(typed, question.prefix, question.suffix, block=block)
            if text != shown:
                shown = text
                yield CompletionText(shown)
    final = tidy(raw.removeprefix(prompt.heal), question.prefix, question.suffix, block=block)
    yield CompletionText(final, done=True, reason=reason, usage=usage)
