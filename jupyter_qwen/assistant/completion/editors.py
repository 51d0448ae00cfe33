"""What is kept for every document that is being edited: its frame, its generation, and how one is begun."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from jupyter_qwen.assistant.completion.framing import Framing
from jupyter_qwen.assistant.completion.remembered import Memory, Remembered
from jupyter_qwen.assistant.completion.running import Counters, RunningCompletion
from jupyter_qwen.assistant.completion.spot import Spot
from jupyter_qwen.assistant.completion.verdict import early_end
from jupyter_qwen.engine.base import Engine, GenerationRequest, Usage
from jupyter_qwen.prompt.fim.hole import Order

if TYPE_CHECKING:
    from jupyter_qwen.assistant.answer_limits import AnswerLimits

MOST = 16
AHEAD_TOKENS = 32


@dataclass
class Editor:
    """One document. `turn` numbers its requests: what an older one computes is stale."""

    framing: Framing = field(default_factory=Framing)
    running: RunningCompletion | None = None
    warming: asyncio.Task[Usage | None] | None = None
    ahead: asyncio.Task[None] | None = None
    turn: int = 0

    def supersede(self) -> None:
        """End the generation in the engine."""
        if self.running is not None:
            self.running.cancel()
            self.running = None


class Editors:
    """The last documents of one server, and what their generations leave behind."""

    def __init__(self) -> None:
        self.memory = Memory()
        self.counters = Counters()
        self._kept: OrderedDict[str, Editor] = OrderedDict()

    def __iter__(self) -> Iterator[Editor]:
        return iter(self._kept.values())

    def of(self, spot: Spot) -> Editor:
        """The editor of a spot; the one that was not used for longest goes."""
        editor = self._kept.setdefault(spot.editor, Editor())
        self._kept.move_to_end(spot.editor)
        if len(self._kept) > MOST:
            _, old = self._kept.popitem(last=False)
            old.supersede()
        return editor

    async def begin(
        self,
        editor: Editor,
        spot: Spot,
        engine: Engine,
        limits: AnswerLimits,
        *,
        turn: int,
        order: Order | None = None,
        ahead: bool = False,
    ) -> RunningCompletion | None:
        """Begin the generation of `editor` at `spot`; ``None`` when a newer request came meanwhile. Raises EngineError.

        `order` asks in another order of the prompt. `ahead` is for a spot that nobody has come to yet: a few tokens.
        """
        prompt, grammar, budget = await editor.framing.prompt(spot, engine, limits, order=order)
        if turn != editor.turn:
            return None
        request = GenerationRequest(
            prompt=prompt.text,
            max_new_tokens=AHEAD_TOKENS if ahead else budget,
            # the engine ends a line by itself, which wastes no token and leaves its own figures; what is computed ahead may
            # begin with the line break behind an accepted line
            stop=prompt.stop if spot.block or ahead else (*prompt.stop, "\n"),
            lane="completion",
            grammar=grammar,
        )
        self.counters.ahead += ahead
        editor.running = RunningCompletion(
            engine,
            request,
            prefix=spot.prefix,
            suffix=spot.suffix,
            heal=prompt.heal,
            stop=lambda raw: early_end(raw, spot),
            on_end=partial(self._remember, spot.scope),
            counters=self.counters,
            block=spot.block,
            ahead=ahead,
        )
        return editor.running

    def _remember(self, scope: str, running: RunningCompletion) -> None:
        self.memory.add(scope, Remembered(running.prefix, running.suffix, running.raw, running.reason))
