"""One streamed answer: wire events of llama.cpp, vLLM and plain OpenAI endpoints, as deltas, ends and costs."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from jupyter_qwen.engine.base import Delta, EngineUnavailable, Finished, FinishReason, GenerationRequest, Usage
from jupyter_qwen.engine.client.refusals import refusal_of
from jupyter_qwen.engine.client.stops import StopWatch


@dataclass
class StreamedAnswer:
    """The state of one streamed answer: turns wire events into deltas, and keeps the end back until usage is known.

    vLLM sends usage in a last event of its own, llama.cpp inside the last event with text, others not at all.
    """

    request: GenerationRequest
    raw: bool
    watch: StopWatch | None = None
    began: float = field(default_factory=time.monotonic)
    first: float | None = None
    reason: FinishReason | None = None
    finished: Finished | None = None
    pieces: int = 0
    read: tuple[int, int] = (0, 1)
    usage: dict[str, Any] = field(default_factory=dict)
    echo: str | None = ""
    logprobs: tuple[float, ...] = ()  # of tokens whose text has not come yet

    @property
    def held_tokens(self) -> int | None:
        """Tokens that the answer left in its KV-cache slot; ``None`` when the server has not said."""
        used = self.usage.get("prompt_tokens")
        return None if used is None else int(used) + int(self.usage.get("completion_tokens") or self.pieces)

    @property
    def share_read(self) -> float:
        """How much of the prompt was processed for certain, 0 to 1."""
        return 1.0 if self.first is not None or self.reason else self.read[0] / self.read[1]

    @property
    def cut(self) -> bool:
        """Whether it met a stop string that the endpoint does not know: what follows is for nobody."""
        return self.watch is not None and self.watch.stopped

    def take(self, event: dict[str, Any]) -> list[Delta | Finished]:
        """What one event says. Raises EngineRefused, ContextOverflow or EngineUnavailable for an error inside a stream."""
        if "error" in event:
            raise refusal_of(event, status=500)
        self.usage = event.get("usage") or self.usage
        out: list[Delta | Finished] = []
        reading = event.get("prompt_progress")  # llama.cpp, after each batch of the prompt
        if reading:
            self.read = (int(reading["processed"]), max(1, int(reading["total"])))
            if self.request.report_prefill:
                return [Delta("", read=self.read)]
        for choice in event.get("choices") or ():
            text = choice.get("text") if self.raw else (choice.get("delta") or {}).get("content")
            reason = choice.get("finish_reason")
            self.logprobs += _logprobs(choice.get("logprobs"))
            text = self._without_prefill(text or "", final=reason is not None)
            if self.watch is not None:
                text = self.watch.passed(text, final=reason is not None)
            if text and self.request.max_new_tokens > 0:  # warming: endpoints write one token all the same
                self.first = self.first or time.monotonic()
                self.pieces += 1
                out.append(Delta(text, logprobs=self.logprobs))
                self.logprobs = ()
            if self.cut:
                self.reason = "stop"
            elif reason is not None:
                self.reason = _reason(reason)
                if "timings" in event:
                    self.finished = Finished(self.reason, _usage_from_timings(event))
                    out.append(self.finished)
        return out

    def end(self) -> list[Finished]:
        """The end, if it was kept back. Raises EngineUnavailable when there was none: the connection was cut."""
        if self.reason is None:
            raise EngineUnavailable("The engine stopped in the middle of its answer.")
        return [] if self.finished else [Finished(self.reason, self._measured_usage())]

    def _without_prefill(self, text: str, *, final: bool) -> str:
        """Drop a repeated prefill: endpoints that cannot continue an unfinished turn often begin it anew."""
        if self.raw or not self.request.prefill or self.echo is None:
            return text
        held = self.echo + text
        prefill = self.request.prefill.strip()
        bare = held.lstrip()
        if len(bare) < len(prefill) and prefill.startswith(bare) and not final:
            self.echo = held
            return ""
        self.echo = None
        return bare[len(prefill) :] if bare.startswith(prefill) else held

    def _measured_usage(self) -> Usage:
        """Usage by our own clock, for endpoints without timings; prefill then includes the wait in their queue."""
        now = time.monotonic()
        first = self.first or now
        details = self.usage.get("prompt_tokens_details") or {}
        return Usage(
            prompt_tokens=int(self.usage.get("prompt_tokens") or 0),
            cached_tokens=int(details.get("cached_tokens") or 0),
            new_tokens=int(self.usage.get("completion_tokens") or self.pieces),
            prefill_seconds=first - self.began,
            decode_seconds=now - first,
        )


def _usage_from_timings(event: dict[str, Any]) -> Usage:
    """llama.cpp's own figures: `prompt_n` tokens were processed besides the `cache_n` that were there already."""
    timings = event["timings"]
    cached = int(timings.get("cache_n") or 0)
    return Usage(
        prompt_tokens=cached + int(timings.get("prompt_n") or 0),
        cached_tokens=cached,
        new_tokens=int(timings.get("predicted_n") or 0),
        prefill_seconds=float(timings.get("prompt_ms") or 0.0) / 1000,
        decode_seconds=float(timings.get("predicted_ms") or 0.0) / 1000,
    )


def _logprobs(told: dict[str, Any] | None) -> tuple[float, ...]:
    """Of an event's tokens: llama.cpp and chats write a `content` list, completions of OpenAI and vLLM `token_logprobs`."""
    if not told:
        return ()
    rows = told.get("content")
    found = [row.get("logprob") for row in rows] if rows is not None else told.get("token_logprobs") or ()
    return tuple(float(value) for value in found if value is not None)


def _reason(text: str) -> FinishReason:
    if text in ("stop", "length"):
        return text  # type: ignore[return-value]
    if text in ("abort", "error"):
        raise EngineUnavailable("The engine broke off its answer.")
    return "stop"
