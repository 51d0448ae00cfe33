"""One generation in a task of its own: it outlives the request that began it while others may still want its text."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass

from jupyter_qwen.assistant.completion.remembered import remainder
from jupyter_qwen.assistant.completion.spot import Spot
from jupyter_qwen.engine.base import Delta, Engine, EngineError, Finished, GenerationRequest, Usage
from jupyter_qwen.prompt.tokens import restore

# A client that aborts and asks again at once (typing along) finds the generation still running. Less than a token takes.
GRACE_SECONDS = 0.02

Stop = Callable[[str], str | None]


@dataclass
class Counters:
    """What the generations of one server did so far. `unheard` are tokens of those that nobody listened to any more.

    `cut_short` were cancelled in the middle of their text, the others before it.
    """

    begun: int = 0
    cancelled: int = 0
    cut_short: int = 0
    tokens: int = 0
    unheard: int = 0
    requests: int = 0
    remembered: int = 0
    attached: int = 0
    ahead: int = 0


class RunningCompletion:
    """A fill-in-the-middle generation for the cursor between `prefix` and `suffix`.

    `raw` grows without the healed beginning; `reason` is set at the end. `stop` sees every new `raw` and names a reason to end
    the engine's work early; without `block` a line break is a stop string. `on_end` hears of a good end. Once nobody
    listens any more it is cancelled after `GRACE_SECONDS`; one that works `ahead` waits for its first listener.
    """

    def __init__(
        self,
        engine: Engine,
        request: GenerationRequest,
        *,
        prefix: str,
        suffix: str,
        heal: str = "",
        stop: Stop,
        on_end: Callable[[RunningCompletion], None],
        counters: Counters,
        block: bool = False,
        ahead: bool = False,
    ) -> None:
        self.prefix, self.suffix = prefix, suffix
        self.raw, self.reason = "", ""
        self.usage: Usage | None = None
        self.failure: EngineError | None = None
        self.started = time.monotonic()
        self.first_text_at: float | None = None
        self.cancelled = False
        self.ahead = ahead
        self._listeners = 0
        self._news = asyncio.Event()
        self._grace: asyncio.TimerHandle | None = None
        self._on_end, self._counters = on_end, counters
        self.block = block
        counters.begun += 1
        self._task = asyncio.create_task(self._generate(engine, request, heal, stop))

    @property
    def done(self) -> bool:
        return self._task.done() or bool(self.reason)

    async def texts(self) -> AsyncIterator[str]:
        """The raw middle as it grows, the last one included. Raises the EngineError that ended it."""
        self._listeners += 1
        self.ahead = False
        if self._grace is not None:
            self._grace.cancel()
            self._grace = None
        try:
            while True:
                news = self._news
                ended = self.done
                yield self.raw
                if self.failure is not None:
                    raise self.failure
                if ended:
                    if self._task.done() and not self._task.cancelled():
                        self._task.result()  # an error of ours is not to be lost
                    return
                await news.wait()
        finally:
            self._listeners -= 1
            if not self._listeners and not self.done:
                self._grace = asyncio.get_running_loop().call_later(GRACE_SECONDS, self.cancel)

    def rest(self, spot: Spot, raw: str) -> str | None:
        """What is left of `raw` at a later spot; ``None`` when the text typed since disagrees with it."""
        return remainder(self.prefix, self.suffix, raw, spot.prefix, spot.suffix)

    def may_serve(self, spot: Spot) -> bool:
        """Whether this text may become, or already is, what goes on from `spot`."""
        if self.cancelled or self.failure is not None or (spot.by_key and not self.block):
            return False
        if not spot.prefix.startswith(self.prefix):
            return False
        rest = self.rest(spot, self.raw)
        if rest is not None:
            return bool(rest.strip()) or not self.done
        return self.suffix == spot.suffix and self.is_behind(spot.prefix)

    def is_behind(self, prefix: str) -> bool:
        """Whether the typist is ahead of the model on the same text."""
        return not self.done and prefix[len(self.prefix) :].startswith(self.raw)

    def cancel(self) -> None:
        """End the work in the engine; the text so far stays."""
        if not self.done:
            self.cancelled = True
            self._counters.cancelled += 1
            self._counters.cut_short += bool(self.raw)
            self.reason = "superseded"
            self._task.cancel()
            self._tell()

    async def ended(self) -> None:
        """Wait until the engine is free of it."""
        await asyncio.wait({self._task})

    async def _generate(self, engine: Engine, request: GenerationRequest, heal: str, stop: Stop) -> None:
        text, reason = "", "stop"
        try:
            async with aclosing(engine.generate(request)) as pieces:  # type: ignore[type-var]
                async for piece in pieces:
                    if isinstance(piece, Finished):
                        self.usage = piece.usage
                        reason = (
                            ("stop" if self.block or self.ahead else "line") if piece.reason == "stop" else piece.reason
                        )
                        break
                    if not isinstance(piece, Delta):
                        continue
                    text += piece.text
                    self._counters.tokens += 1
                    self._counters.unheard += not self._listeners and not self.ahead
                    if len(text) <= len(heal):
                        continue
                    self.raw = restore(text.removeprefix(heal))
                    if self.first_text_at is None:
                        self.first_text_at = time.monotonic()
                    early = stop(self.raw)
                    if early is not None:
                        reason = early
                        break
                    self._tell()
            if not self.cancelled:
                self.reason = reason
                self._on_end(self)
        except EngineError as error:
            self.failure, self.reason = error, "error"
        finally:
            self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
