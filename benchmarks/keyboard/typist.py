"""Types a trace against the assistant in real time, with the front end's policy, and notes what was on screen after every key.

The policy is that of src/completion/provider.ts: a generation is kept while the typed text may agree with it, aborted when it
does not, and asked for anew after the wait that the server advises. Unlike the front end this client forgets the text that it
shows: after a key that types along it asks again at once, so that the server's part of typing along is measured.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass

from benchmarks.keyboard.trace import Trace, TracedEditor
from jupyter_qwen.assistant.completion.remembered import remainder
from jupyter_qwen.assistant.events import CompletionText

FIRST_DEBOUNCE_SECONDS = 0.12
Ask = Callable[[str, str], AsyncIterator[CompletionText]]


@dataclass
class KeyRecord:
    """What followed one key. `shown_after` are seconds until text that fits was on screen, `None` for never before the next
    key, which came after `gap` seconds. `along`: the key typed along what was on screen. `ended`: the server had said all.
    """

    position: int
    gap: float
    along: bool = False
    shown_after: float | None = None
    visible: str = ""
    ended: bool = False
    reason: str = ""


class Typist:
    """One run through one trace."""

    def __init__(self, trace: Trace, ask: Ask) -> None:
        self._trace, self._ask = trace, ask
        self._editor = TracedEditor(trace)
        self._debounce = FIRST_DEBOUNCE_SECONDS
        self._task: asyncio.Task[None] | None = None
        self._asked: tuple[str, str] | None = None
        self._text, self._done = "", False
        self._key_at = 0.0
        self.records: list[KeyRecord] = []

    async def run(self) -> list[KeyRecord]:
        """Type everything; returns one record a key. Raises EngineError."""
        began = _now()
        typed = 0
        keys = self._trace.keys
        try:
            for number, key in enumerate(keys):
                await asyncio.sleep(max(0.0, began + key.at - _now()))
                until = keys[number + 1].at if number + 1 < len(keys) else self._trace.ends
                typed += len(key.text)
                self._press(key.text, KeyRecord(typed, until - key.at))
            await asyncio.sleep(max(0.0, began + self._trace.ends - _now()))
        finally:
            await self._leave()
        return self.records

    def _press(self, text: str, record: KeyRecord) -> None:
        if self._task is not None and self._task.done() and not self._task.cancelled():
            self._task.result()  # what failed ends the run
        self._editor.press(text)
        self._key_at = _now()
        shown_before = bool(self.records) and bool(self.records[-1].visible)
        self.records.append(record)
        if self._task is not None and self._asked is not None and not self._done:
            rest = self._rest()
            if not self._text or (rest is None and self._behind()):
                return  # it has not contradicted yet
        record.along = shown_before and bool(self._rest())
        self._begin(0.0 if record.along else self._debounce)

    def _begin(self, delay: float) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.create_task(self._request(delay))

    async def _request(self, delay: float) -> None:
        self._asked, self._text, self._done = None, "", False
        await asyncio.sleep(delay)
        self._asked = (self._editor.prefix, self._editor.suffix)
        async with aclosing(self._ask(*self._asked)) as events:  # type: ignore[type-var]
            async for event in events:
                self._text, self._done = event.text, event.done
                if event.advice is not None:
                    self._debounce = event.advice.debounce_ms / 1000
                self._show(event)
                if self._rest() is None and not self._behind():
                    break  # it contradicts what was typed since
        if not self._rest() and self._asked != (self._editor.prefix, self._editor.suffix):
            wait = self._key_at + self._debounce - _now()
            asyncio.get_running_loop().call_soon(self._begin, max(0.0, wait))

    def _show(self, event: CompletionText) -> None:
        record = self.records[-1]
        rest = self._rest()
        record.visible = rest or ""
        record.ended, record.reason = event.done, event.reason
        if rest and record.shown_after is None:
            record.shown_after = _now() - self._key_at
        elif not rest and event.done:
            record.shown_after = None  # it was taken back

    def _rest(self) -> str | None:
        if self._asked is None:
            return None
        return remainder(*self._asked, self._text, self._editor.prefix, self._editor.suffix)

    def _behind(self) -> bool:
        assert self._asked is not None
        typed = self._editor.prefix[len(self._asked[0]) :]
        return not self._done and self._editor.suffix == self._asked[1] and typed.startswith(self._text)

    async def _leave(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)


def _now() -> float:
    """Seconds by the clock of the event loop, which a test may set."""
    return asyncio.get_running_loop().time()
