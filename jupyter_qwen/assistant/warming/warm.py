"""Processes the beginnings of a notebook's next question while nobody waits: rules, tables, cells; no new tokens."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Coroutine, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Literal

from jupyter_qwen.assistant.owner import OwnedEngine
from jupyter_qwen.assistant.warming.idle import IdleBudget
from jupyter_qwen.engine.base import Delta, Engine, EngineError, Finished, GenerationRequest, Preempted

log = logging.getLogger(__name__)
WarmingState = Literal["off", "waiting", "running", "done", "failed"]
NOTEBOOKS = 16
# Between two slices of the budget. Slices that are too short would process a batch and be gone.
LEAST_SECONDS = 2.0
AGAIN_SECONDS = 60.0
# Of the share: a notebook that was just opened is read for half a minute, and the cell that is entered meanwhile needs some too.
RESERVE = 0.4


@dataclass
class _Work:
    """One notebook's beginnings, the likeliest first, of which `done` are processed. `state` is what became of it so far."""

    texts: tuple[str, ...]
    engine: Engine
    began: float
    task: asyncio.Task[None] | None = None
    state: WarmingState = "waiting"
    done: int = 0

    def goes_on_with(self, texts: Sequence[str]) -> bool:
        """Whether what is processed now, and what was, belongs to `texts` as well."""
        now = self.texts[: self.done + 1]
        return self.state in ("waiting", "running") and self.done < len(self.texts) and tuple(texts[: len(now)]) == now

    def stale(self, now: float) -> bool:
        """Whether it is worth doing again: other notebooks may have taken its place in the KV cache, and looking is cheap."""
        return self.state == "failed" or (self.state == "done" and now - self.began >= AGAIN_SECONDS)


@dataclass
class Warming:
    """The warming of one server, a piece of work a notebook. Real work comes first: the engine's scheduler sees to that.

    `budget` is shared with completion's idle work. What was processed before an interruption stays in the KV cache. With
    `after_answers` the next prompt of a conversation is processed as soon as its answer is out: for servers, which stay.
    """

    budget: IdleBudget = field(default_factory=IdleBudget)
    after_answers: bool = False
    _works: OrderedDict[str, _Work] = field(default_factory=OrderedDict)
    _jobs: set[asyncio.Task[None]] = field(default_factory=set)

    def soon(self, preparing: Coroutine[Any, Any, None]) -> None:
        """Run what builds prompts and calls `start`, so that whoever has an answer need not wait for it."""
        job = asyncio.create_task(preparing)
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)

    def start(self, engine: Engine, owner: str, texts: Sequence[str]) -> bool:
        """Begin to process `texts` for a notebook; they replace what it wanted before, but for the one that is being processed.

        False when these very texts are being processed, or were, and when the budget forbids it altogether.
        """
        work = self._works.get(owner)
        now = time.monotonic()
        if work is not None and work.texts == tuple(texts) and work.engine is engine and not work.stale(now):
            return False
        if work is not None and work.engine is engine and work.goes_on_with(texts):
            work.texts = tuple(texts)
            return True
        self.stop(owner)
        if self.budget.wait() is None:
            return False
        work = self._works[owner] = _Work(tuple(texts), engine, now)
        work.task = asyncio.create_task(self._process(work, OwnedEngine(engine, owner)))
        if len(self._works) > NOTEBOOKS:
            _, oldest = self._works.popitem(last=False)
            _cancel(oldest)
        return True

    def state(self, owner: str) -> WarmingState:
        """How far a notebook's warming has come: `off` when nothing is to be done."""
        work = self._works.get(owner)
        return work.state if work is not None else "off"

    async def finished(self, owner: str) -> WarmingState:
        """Wait until a notebook's warming has come to its end, for measurements that must not pay for it later."""
        work = self._works.get(owner)
        if work is not None and work.task is not None:
            await asyncio.wait({work.task})
        return self.state(owner)

    def stop(self, owner: str | None = None) -> None:
        """Forget a notebook's warming, or all: the question itself is here, or the conversation was cleared."""
        for name in [owner] if owner is not None else list(self._works):
            work = self._works.pop(name, None)
            if work is not None:
                _cancel(work)

    async def aclose(self) -> None:
        """Stop, and wait until it has."""
        for job in self._jobs:
            job.cancel()
        tasks = [*self._jobs, *(work.task for work in self._works.values() if work.task is not None)]
        self.stop()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _process(self, work: _Work, engine: Engine) -> None:
        try:
            while work.done < len(work.texts):
                if await self._slice(work, engine, work.texts[work.done]):
                    work.done += 1
            work.state = "done"
        except EngineError:  # nobody waits for it, and an engine that died says so in its status
            work.state = "failed"
        except Exception:
            log.exception("A notebook's beginnings could not be processed")
            work.state = "failed"

    async def _slice(self, work: _Work, engine: Engine, text: str) -> bool:
        """Process `text` as far as the budget and real work let it; whether it is done. Raises EngineError."""
        work.state = "waiting"
        while (pause := self.budget.wait(RESERVE)) != 0.0:  # noqa: ASYNC110  time and a power cable set no event
            await asyncio.sleep(LEAST_SECONDS if pause is None else max(pause, LEAST_SECONDS))
        began: float | None = None
        ends = float("inf")
        try:
            request = GenerationRequest(text, max_new_tokens=0, lane="warming", report_prefill=True)
            async with aclosing(engine.generate(request)) as pieces:  # type: ignore[type-var]
                async for piece in pieces:
                    now = time.monotonic()
                    if began is None:  # its turn came a batch ago; until then it waited and cost nothing
                        took = piece.usage.prefill_seconds if isinstance(piece, Finished) else 0.0
                        began, ends = now - took, now + self.budget.left(RESERVE)
                        work.state = "running"
                    if isinstance(piece, Finished):
                        return True
                    if isinstance(piece, Delta) and now >= ends:
                        return False
        except Preempted:
            return False
        finally:
            if began is not None:
                self.budget.note(began)
        return True


def _cancel(work: _Work) -> None:
    if work.task is not None:
        work.task.cancel()
