"""Ghost text: what belongs at the cursor, streamed as cumulative text that is fit to show."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, suppress

from jupyter_qwen.assistant.completion.spot import Spot
from jupyter_qwen.assistant.events import CompletionText
from jupyter_qwen.assistant.owner import OwnedEngine
from jupyter_qwen.assistant.question import CompletionQuestion
from jupyter_qwen.assistant.services import Services
from jupyter_qwen.engine.base import EngineBusy, Preempted, Superseded


async def complete(question: CompletionQuestion, services: Services) -> AsyncIterator[CompletionText]:
    """Stream a suggestion; every text replaces the one before, the last has `done`.

    While the model is not ready, or when it was not trained to fill in the middle, the only event is an empty one whose
    `reason` says so: typing never waits for a download. Closing the iterator stops the engine's work, unless a request that
    agrees with its text comes at once. With `question.warm` the engine only processes the prompt. Raises EngineError.
    """
    status = services.engines.describe()
    if status.get("state") != "ready":
        yield CompletionText("", done=True, reason=str(status.get("state")))
        return
    if not status.get("inline_completion", True):
        yield CompletionText("", done=True, reason="no-fim")
        return
    model = status.get("model") or {}
    spot = Spot.of(question, model=str(model.get("id") or ""), fim=model.get("fim_style"))
    engine = OwnedEngine(await services.engines.engine(), spot.editor)
    if question.warm:
        usage = None
        with suppress(Preempted, Superseded, EngineBusy):  # nobody waits for it
            usage = await services.completion.warm(spot, engine, services.limits)
        yield CompletionText("", done=True, reason="warm", usage=usage, advice=services.completion.pace.advice())
        return
    try:
        async with aclosing(services.completion.suggest(spot, engine, services.limits)) as texts:  # type: ignore[type-var]
            async for text in texts:
                yield text
    except (Superseded, EngineBusy) as error:
        # somebody who types has no use for an error: the next key asks again
        yield CompletionText("", done=True, reason="busy" if isinstance(error, EngineBusy) else "superseded")
