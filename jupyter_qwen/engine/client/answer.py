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
    """The state of one streamed answer: turns wire events into deltas, and keeps the ends back until usage is known.

    vLLM sends usage in a last event of its own, llama.cpp inside each sample's last event, others not at all.
    """

    request: GenerationRequest
    raw: bool
    watch: StopWatch | None = None
    began: float = field(default_factory=time.monotonic)
    first: float | None = None
    ended: dict[int, FinishReason] = field(default_factory=dict)
    emitted: set[int] = field(default_factory=set)
    pieces: int = 0
    read: tuple[int, int] = (0, 1)
    usage: dict[str, Any] = field(default_factory=dict)
    echoes: dict[int, str] = field(default_factory=dict)

    @property
    def held_tokens(self) -> int | None:
        """Tokens that the answer left in its KV-cache slot; ``None`` when the server has not said."""
        used = self.usage.get("prompt_tokens")
        return None if used is None else int(used) + int(self.usage.get("completion_tokens") or self.pieces)

    @property
    def share_read(self) -> float:
        """How much of the prompt was processed for certain, 0 to 1."""
        return 1.0 if self.first is not None or self.ended else self.read[0] / self.read[1]

    @property
    def flowing_seconds(self) -> float:
        """Seconds since the first token, while more is to come; else 0."""
        if self.first is None or len(self.ended) >= self.request.n:
            return 0.0
        return time.monotonic() - self.first

    @property
    def cut(self) -> bool:
        """Whether every sample met a stop string that the endpoint does not know: what follows is for nobody."""
        return self.watch is not None and len(self.watch.stopped) >= self.request.n

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
            index = int(choice.get("index") or 0)
            text = choice.get("text") if self.raw else (choice.get("delta") or {}).get("content")
            reason = choice.get("finish_reason")
            text = self._without_prefill(index, text or "", final=reason is not None)
            if self.watch is not None:
                text = self.watch.passed(index, text, final=reason is not None)
            if text and self.request.max_new_tokens > 0:  # warming: endpoints write one token all the same
                self.first = self.first or time.monotonic()
                self.pieces += 1
                out.append(Delta(text, index))
            if self.watch is not None and index in self.watch.stopped:
                self.ended[index] = "stop"
            elif reason is not None:
                self.ended[index] = _reason(reason)
                if "timings" in event:
                    self.emitted.add(index)
                    out.append(Finished(self.ended[index], _usage_from_timings(event), index))
        return out

    def end(self) -> list[Finished]:
        """The ends that were kept back. Raises EngineUnavailable when a sample never ended: the connection was cut."""
        if len(self.ended) < self.request.n:
            raise EngineUnavailable("The engine stopped in the middle of its answer.")
        usage = self._measured_usage()
        return [Finished(reason, usage, index) for index, reason in self.ended.items() if index not in self.emitted]

    def _without_prefill(self, index: int, text: str, *, final: bool) -> str:
        """Drop a repeated prefill: endpoints that cannot continue an unfinished turn often begin it anew."""
        if self.raw or not self.request.prefill:
            return text
        held = self.echoes.get(index)
        if held is None and index in self.echoes:
            return text
        held = (held or "") + text
        prefill = self.request.prefill.strip()
        bare = held.lstrip()
        if len(bare) < len(prefill) and prefill.startswith(bare) and not final:
            self.echoes[index] = held
            return ""
        self.echoes[index] = None  # type: ignore[assignment]
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


def _reason(text: str) -> FinishReason:
    if text in ("stop", "length"):
        return text  # type: ignore[return-value]
    if text in ("abort", "error"):
        raise EngineUnavailable("The engine broke off its answer.")
    return "stop"
