"""Work before it is asked for: the prompt of a cursor that rests, and the suggestion behind the one on screen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

from jupyter_qwen.assistant.completion.editors import Editor, Editors
from jupyter_qwen.assistant.completion.spot import Spot
from jupyter_qwen.assistant.warming.idle import IdleBudget
from jupyter_qwen.engine.base import Engine, EngineError, Finished, GenerationRequest, Usage

if TYPE_CHECKING:
    from jupyter_qwen.assistant.answer_limits import AnswerLimits

AHEAD_AFTER_SECONDS = 0.25  # an accepted or refused suggestion is followed by a key within that time


class Preparation:
    """Idle work for all editors of a server; any request ends it."""

    def __init__(self, editors: Editors, idle: IdleBudget, clock: Callable[[], float] = time.monotonic) -> None:
        self._editors = editors
        self._idle = idle
        self._clock = clock

    async def warm(self, editor: Editor, spot: Spot, engine: Engine, limits: AnswerLimits) -> Usage | None:
        """Process the prompt of `spot` while nothing else runs here; ``None`` when a request came first."""
        busy = any(other.running is not None and not other.running.done for other in self._editors)
        if busy or not self._idle.allows():
            return None
        self.stop(editor)
        task = editor.warming = asyncio.create_task(self._warm(editor, spot, engine, limits))
        try:
            await asyncio.wait({task})
        finally:
            task.cancel()
        return None if task.cancelled() else task.result()

    def look_ahead(self, editor: Editor, spot: Spot, engine: Engine, limits: AnswerLimits) -> None:
        """Compute what may follow at `spot`, to which the cursor comes when the suggestion on screen is accepted."""
        if editor.ahead is None:
            editor.ahead = asyncio.create_task(self._compute_next(editor, editor.turn, spot, engine, limits))

    def stop(self, editor: Editor) -> None:
        """Idle work yields to a request in `editor`: that of every editor, for they share the engine's completion slot."""
        for other in self._editors:
            for task in (other.warming, other.ahead):
                if task is not None:
                    task.cancel()
            other.warming = other.ahead = None
            if other is not editor and other.running is not None and other.running.ahead:
                other.supersede()

    async def _compute_next(self, editor: Editor, turn: int, spot: Spot, engine: Engine, limits: AnswerLimits) -> None:
        await asyncio.sleep(AHEAD_AFTER_SECONDS)
        known = self._editors.memory.find(spot.scope, spot.prefix, spot.suffix) is not None
        if known or not self._idle.allows():
            return
        began = self._clock()
        try:
            running = await self._editors.begin(editor, spot, engine, limits, turn=turn, ahead=True)
            if running is None:
                return
            await running.ended()
            moved = editor.framing.moved(spot.prefix)
            if turn == editor.turn and moved is not None:
                await _process(engine, moved.prompt(spot.prefix).text)
        except EngineError:
            return  # nobody asked for it; the next request will say what is wrong
        finally:
            self._idle.note(began)

    async def _warm(self, editor: Editor, spot: Spot, engine: Engine, limits: AnswerLimits) -> Usage | None:
        began = self._clock()
        try:
            prompt, _, _ = await editor.framing.prompt(spot, engine, limits)
            return await _process(engine, prompt.text)
        finally:
            self._idle.note(began)


async def _process(engine: Engine, prompt: str) -> Usage | None:
    """Let the engine process a prompt without an answer."""
    usage: Usage | None = None
    request = GenerationRequest(prompt=prompt, max_new_tokens=0, lane="completion")
    async with aclosing(engine.generate(request)) as pieces:  # type: ignore[type-var]
        async for piece in pieces:
            if isinstance(piece, Finished):
                usage = piece.usage
    return usage
