"""Where requests for ghost text come in: remembered, running or begun, at most one generation an editor."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_qwen.assistant.completion.editors import Editor, Editors
from jupyter_qwen.assistant.completion.pace import Pace
from jupyter_qwen.assistant.completion.preparation import Preparation
from jupyter_qwen.assistant.completion.remembered import Memory
from jupyter_qwen.assistant.completion.running import Counters, RunningCompletion
from jupyter_qwen.assistant.completion.secrets import is_secret_place
from jupyter_qwen.assistant.completion.spot import Spot
from jupyter_qwen.assistant.completion.verdict import final, is_stub_at, visible
from jupyter_qwen.assistant.events import CompletionText
from jupyter_qwen.assistant.warming.idle import IdleBudget
from jupyter_qwen.engine.base import Engine, Usage
from jupyter_qwen.prompt.fim.hole import Order

if TYPE_CHECKING:
    from jupyter_qwen.assistant.answer_limits import AnswerLimits


@dataclass(frozen=True)
class _Ended:
    """How a generation ended for one request: what may be shown of it and why it ended."""

    text: str = ""
    reason: str = ""
    usage: Usage | None = None


class CompletionDesk:
    """One a server. `ahead` switches off what is computed before it is asked for; `idle` bounds it, shared with warming."""

    def __init__(
        self, *, ahead: bool = True, clock: Callable[[], float] = time.monotonic, idle: IdleBudget | None = None
    ) -> None:
        self.pace = Pace(clock)
        self._editors = Editors()
        self._preparation = Preparation(self._editors, idle or IdleBudget(clock), clock)
        self._ahead = ahead
        self._clock = clock

    @property
    def memory(self) -> Memory:
        """The last suggestions."""
        return self._editors.memory

    @property
    def counters(self) -> Counters:
        """What the generations did so far."""
        return self._editors.counters

    async def suggest(self, spot: Spot, engine: Engine, limits: AnswerLimits) -> AsyncIterator[CompletionText]:
        """Stream what may be shown at `spot`. Raises EngineError."""
        editor = self._editors.of(spot)
        editor.turn += 1
        self.counters.requests += 1
        turn, asked_at = editor.turn, self._clock()
        self._preparation.stop(editor)
        self.pace.asked(spot.editor, len(spot.prefix))
        if is_secret_place(spot.prefix, spot.place):
            editor.supersede()
            yield self._event("", done=True, reason="secret")
            return
        recalled = self.memory.find(spot.scope, spot.prefix, spot.suffix)
        if recalled is not None and not (spot.by_key and recalled.reason == "line"):
            text = await final(recalled.raw, recalled.reason, spot)
            if text or not recalled.typed:
                self.counters.remembered += 1
                if editor.running is not None and not editor.running.ahead:
                    editor.supersede()
                yield self._event(text, done=True, reason="cache")
                self._look_ahead(editor, spot, text, engine, limits)
                return
        if self.pace.quiet and not spot.by_key:
            editor.supersede()
            yield self._event("", done=True, reason="slow")
            return
        ended, first = _Ended(), True
        for order in _orders(spot):
            if order == "plain" and ended.reason != "stub":
                break
            async with aclosing(self._follow(spot, editor, turn, engine, limits, order=order)) as items:  # type: ignore[type-var]
                async for item in items:
                    if isinstance(item, _Ended):
                        ended = item
                        continue
                    if item and first:
                        first = False
                        self.pace.showed(self._clock() - asked_at)
                    yield self._event(item)
            if ended.text or ended.reason == "superseded":
                break
        if ended.text and first:
            self.pace.showed(self._clock() - asked_at)
        yield self._event(ended.text, done=True, reason=ended.reason, usage=ended.usage)
        self._look_ahead(editor, spot, ended.text, engine, limits)

    async def _follow(
        self, spot: Spot, editor: Editor, turn: int, engine: Engine, limits: AnswerLimits, *, order: Order | None
    ) -> AsyncIterator[str | _Ended]:
        """The texts of the generation that agrees with `spot`, and how it ended; begins one when there is none."""
        while True:
            running = await self._running_for(spot, editor, turn, engine, limits, order=order)
            if running is None:
                yield _Ended(reason="superseded")
                return
            shown, agrees = "", True
            began = self._clock()
            try:
                async with aclosing(running.texts()) as texts:  # type: ignore[type-var]
                    async for raw in texts:
                        rest = running.rest(spot, raw)
                        if rest is None:
                            agrees = running.is_behind(spot.prefix)
                            if not agrees:
                                break
                            continue
                        text = visible(rest, spot)
                        if text != shown and not running.done:
                            shown = text
                            yield text
            finally:
                # left without a text: by the user, or because nothing could be shown
                if not running.first_text_at and self._clock() - began > 1.0:
                    self.pace.showed(self._clock() - began)
            if agrees:
                break
        if running.cancelled:
            yield _Ended(reason="superseded")
            return
        rest = running.rest(spot, running.raw) or ""
        text = await final(rest, running.reason, spot)
        dropped = "stub" if is_stub_at(rest, spot) else "dropped"
        yield _Ended(text, running.reason if text or not rest.strip() else dropped, running.usage)

    async def warm(self, spot: Spot, engine: Engine, limits: AnswerLimits) -> Usage | None:
        """Process the prompt of `spot` while nothing else runs here; ``None`` when a request came first, or there is no time."""
        if self.pace.quiet or is_secret_place(spot.prefix, spot.place):
            return None
        return await self._preparation.warm(self._editors.of(spot), spot, engine, limits)

    async def aclose(self) -> None:
        """Stop everything that runs."""
        for editor in self._editors:
            self._preparation.stop(editor)
            editor.supersede()

    async def _running_for(
        self, spot: Spot, editor: Editor, turn: int, engine: Engine, limits: AnswerLimits, *, order: Order | None
    ) -> RunningCompletion | None:
        """The editor's generation when its text may still agree, else a new one; ``None`` when a newer request came."""
        running = editor.running
        if order is None and running is not None and running.may_serve(spot):
            self.counters.attached += 1
            return running
        if turn != editor.turn:
            return None
        editor.supersede()
        return await self._editors.begin(editor, spot, engine, limits, turn=turn, order=order)

    def _look_ahead(self, editor: Editor, spot: Spot, text: str, engine: Engine, limits: AnswerLimits) -> None:
        """After a suggestion is on screen, compute the next one as if it had been accepted."""
        if not text or not self._ahead or self.pace.slow:
            return
        following = spot.after(text)
        if not is_secret_place(following.prefix, following.place):
            self._preparation.look_ahead(editor, following, engine, limits)

    def _event(self, text: str, *, done: bool = False, reason: str = "", usage: Usage | None = None) -> CompletionText:
        return CompletionText(text, done, reason, usage, self.pace.advice())


def _orders(spot: Spot) -> tuple[Order | None, ...]:
    """The orders of the prompt to try, one after the other, while nothing comes of it; ``None`` is the editor's own.

    What was asked for by key is tried in the usual order. Behind a docstring, with nothing below, small models fill the middle
    with ``# Your code here``: then the text goes on plainly, as it would in a file.
    """
    if spot.suffix.strip():
        return (None, "usual") if spot.by_key else (None,)
    return None, "plain"
