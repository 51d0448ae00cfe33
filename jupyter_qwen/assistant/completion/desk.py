"""Where requests for ghost text come in: remembered, running or begun, at most one generation an editor."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from jupyter_qwen.assistant.completion.framing import Framing
from jupyter_qwen.assistant.completion.idle import IdleBudget
from jupyter_qwen.assistant.completion.memory import Memory, Remembered
from jupyter_qwen.assistant.completion.pace import Pace
from jupyter_qwen.assistant.completion.running import Counters, Running
from jupyter_qwen.assistant.completion.secrets import is_secret_place
from jupyter_qwen.assistant.completion.spot import Spot
from jupyter_qwen.assistant.completion.verdict import early_end, final, visible
from jupyter_qwen.assistant.events import CompletionText
from jupyter_qwen.engine.base import Engine, EngineError, Finished, GenerationRequest, Usage

if TYPE_CHECKING:
    from jupyter_qwen.assistant.services import Limits

EDITORS = 16
AHEAD_AFTER_SECONDS = 0.25  # an accepted or refused suggestion is followed by a key within that time
AHEAD_TOKENS = 32


@dataclass
class Editor:
    """What is kept for one document: its frame, its generation, and the number of the newest request."""

    framing: Framing
    running: Running | None = None
    warming: asyncio.Task[Usage | None] | None = None
    ahead: asyncio.Task[None] | None = None
    turn: int = 0


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
        self.memory = Memory()
        self.pace = Pace(clock)
        self.counters = Counters()
        self._idle = idle or IdleBudget(clock)
        self._ahead = ahead
        self._clock = clock
        self._editors: OrderedDict[str, Editor] = OrderedDict()

    async def suggest(self, spot: Spot, engine: Engine, limits: Limits) -> AsyncIterator[CompletionText]:
        """Stream what may be shown at `spot`. Raises EngineError."""
        editor = self._editor(spot)
        editor.turn += 1
        self.counters.requests += 1
        turn, asked_at = editor.turn, self._clock()
        self._stop_idle_work(editor)
        self.pace.asked(spot.editor, len(spot.prefix))
        if is_secret_place(spot.prefix, spot.place):
            self._supersede(editor)
            yield self._event("", done=True, reason="secret")
            return
        recalled = self.memory.find(spot.scope, spot.prefix, spot.suffix)
        if recalled is not None and not (spot.by_key and recalled.reason == "line"):
            text = await final(recalled.raw, recalled.reason, spot)
            if text or not recalled.typed:
                self.counters.remembered += 1
                if editor.running is not None and not editor.running.ahead:
                    self._supersede(editor)
                yield self._event(text, done=True, reason="cache")
                self._look_ahead(editor, spot, text, engine, limits)
                return
        if self.pace.quiet and not spot.by_key:
            self._supersede(editor)
            yield self._event("", done=True, reason="slow")
            return
        ended, first = _Ended(), True
        # what was asked for by key and came to nothing is tried in the other order of the prompt
        for usual in (False, True) if spot.by_key and spot.suffix.strip() else (False,):
            async with aclosing(self._follow(spot, editor, turn, engine, limits, usual=usual)) as items:  # type: ignore[type-var]
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
        self, spot: Spot, editor: Editor, turn: int, engine: Engine, limits: Limits, *, usual: bool
    ) -> AsyncIterator[str | _Ended]:
        """The texts of the generation that agrees with `spot`, and how it ended; begins one when there is none."""
        while True:
            running = await self._running_for(spot, editor, turn, engine, limits, usual=usual)
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
        yield _Ended(text, running.reason if text or not rest.strip() else "dropped", running.usage)

    async def warm(self, spot: Spot, engine: Engine, limits: Limits) -> Usage | None:
        """Process the prompt of `spot` while nothing else runs here; ``None`` when a request came first."""
        editor = self._editor(spot)
        busy = any(e.running is not None and not e.running.done for e in self._editors.values())
        if busy or self.pace.quiet or not self._idle.allows():
            return None
        self._stop_idle_work(editor)
        editor.warming = asyncio.create_task(self._warm(editor, spot, engine, limits))
        task = editor.warming
        try:
            await asyncio.wait({task})
        finally:
            task.cancel()
        return None if task.cancelled() else task.result()

    async def aclose(self) -> None:
        """Stop everything that runs."""
        for editor in self._editors.values():
            self._stop_idle_work(editor)
            self._supersede(editor)

    # -- the generation of an editor

    async def _running_for(
        self, spot: Spot, editor: Editor, turn: int, engine: Engine, limits: Limits, *, usual: bool
    ) -> Running | None:
        """The editor's generation when its text may still agree, else a new one; ``None`` when a newer request came."""
        running = editor.running
        if not usual and running is not None and running.may_serve(spot):
            self.counters.attached += 1
            return running
        if turn != editor.turn:
            return None
        self._supersede(editor)
        prompt, grammar, budget = await editor.framing.prompt(spot, engine, limits, usual=usual)
        if turn != editor.turn:
            return None  # stale before it began
        request = GenerationRequest(
            prompt=prompt.text,
            max_new_tokens=budget,
            # the engine ends a line by itself, which wastes no token and leaves its own figures
            stop=prompt.stop if spot.block else (*prompt.stop, "\n"),
            lane="completion",
            grammar=grammar,
        )
        editor.running = Running(
            engine,
            request,
            prefix=spot.prefix,
            suffix=spot.suffix,
            heal=prompt.heal,
            stop=lambda raw: early_end(raw, spot),
            on_end=partial(self._remember, spot.scope),
            counters=self.counters,
            block=spot.block,
        )
        return editor.running

    def _supersede(self, editor: Editor) -> None:
        if editor.running is not None:
            editor.running.cancel()
            editor.running = None

    def _remember(self, scope: str, running: Running) -> None:
        self.memory.add(scope, Remembered(running.prefix, running.suffix, running.raw, running.reason))

    # -- work before it is asked for

    def _look_ahead(self, editor: Editor, spot: Spot, text: str, engine: Engine, limits: Limits) -> None:
        """After a suggestion is on screen, compute the next one as if it had been accepted."""
        if not text or not self._ahead or self.pace.slow or editor.ahead is not None:
            return
        editor.ahead = asyncio.create_task(self._compute_next(editor, editor.turn, spot.after(text), engine, limits))

    async def _compute_next(self, editor: Editor, turn: int, spot: Spot, engine: Engine, limits: Limits) -> None:
        await asyncio.sleep(AHEAD_AFTER_SECONDS)
        if not self._idle.allows() or self.memory.find(spot.scope, spot.prefix, spot.suffix) is not None:
            return
        began = self._clock()
        try:
            prompt, grammar, _ = await editor.framing.prompt(spot, engine, limits)
            if turn != editor.turn:
                return
            request = GenerationRequest(
                prompt=prompt.text, max_new_tokens=AHEAD_TOKENS, stop=prompt.stop, lane="completion", grammar=grammar
            )
            self.counters.ahead += 1
            running = editor.running = Running(
                engine,
                request,
                prefix=spot.prefix,
                suffix=spot.suffix,
                heal=prompt.heal,
                stop=lambda raw: early_end(raw, spot),
                on_end=partial(self._remember, spot.scope),
                counters=self.counters,
                ahead=True,
            )
            await running.ended()
            moved = editor.framing.moved(spot.prefix)
            if turn == editor.turn and moved is not None:
                await _process(engine, moved.prompt(spot.prefix).text)
        except EngineError:
            return  # nobody asked for it; the next request will say what is wrong
        finally:
            self._idle.note(began)

    async def _warm(self, editor: Editor, spot: Spot, engine: Engine, limits: Limits) -> Usage | None:
        began = self._clock()
        try:
            prompt, _, _ = await editor.framing.prompt(spot, engine, limits)
            return await _process(engine, prompt.text)
        finally:
            self._idle.note(began)

    def _stop_idle_work(self, editor: Editor) -> None:
        """Idle work yields to a request: that of every editor, for they share the engine's completion slot."""
        for other in self._editors.values():
            for task in (other.warming, other.ahead):
                if task is not None:
                    task.cancel()
            other.warming = other.ahead = None
            if other is not editor and other.running is not None and other.running.ahead:
                self._supersede(other)

    def _editor(self, spot: Spot) -> Editor:
        editor = self._editors.setdefault(spot.editor, Editor(Framing()))
        self._editors.move_to_end(spot.editor)
        if len(self._editors) > EDITORS:
            _, old = self._editors.popitem(last=False)
            self._supersede(old)
        return editor

    def _event(self, text: str, *, done: bool = False, reason: str = "", usage: Usage | None = None) -> CompletionText:
        return CompletionText(text, done, reason, usage, self.pace.advice())


async def _process(engine: Engine, prompt: str) -> Usage | None:
    """Let the engine process a prompt without an answer."""
    usage: Usage | None = None
    request = GenerationRequest(prompt=prompt, max_new_tokens=0, lane="completion")
    async with aclosing(engine.generate(request)) as pieces:  # type: ignore[type-var]
        async for piece in pieces:
            if isinstance(piece, Finished):
                usage = piece.usage
    return usage
