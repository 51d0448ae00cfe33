"""One answer in the making: its tokens, how many of them are computed, and what each pass adds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from jupyter_qwen.engine.children.decoder.attention import KeyValues
from jupyter_qwen.engine.children.decoder.prefixes import CachedPrefix
from jupyter_qwen.engine.children.decoder.sampling import Sampler, Sampling
from jupyter_qwen.engine.children.decoder.text_stream import TextStream

Reason = Literal["stop", "length"]
LANES = ("completion", "chat", "evaluation", "warming")  # the order in which they are served


@dataclass(frozen=True)
class Timings:
    """What an answer cost, in tokens and milliseconds; the names are llama.cpp's."""

    cache_n: int
    prompt_n: int
    prompt_ms: float
    predicted_n: int
    predicted_ms: float


@dataclass(frozen=True)
class Read:
    """So many tokens of the prompt are processed, cached ones included."""

    processed: int
    cached: int
    total: int


@dataclass(frozen=True)
class Written:
    """The next piece of the answer, with the log probabilities of its tokens where they were asked for."""

    text: str
    logprobs: tuple[float, ...] = ()


@dataclass(frozen=True)
class Ended:
    """The end of an answer."""

    reason: Reason
    timings: Timings


@dataclass(frozen=True)
class RequestFailed:
    """The end of a request that could not be served; the text is a sentence for the user."""

    message: str


Event = Read | Written | Ended | RequestFailed


@dataclass(eq=False)
class Job:
    """A request. `limit` 0 only processes the prompt. `tell` is called from the computing thread."""

    prompt: list[int] = field(repr=False)  # a traceback must not carry it into the log
    limit: int
    tell: Callable[[Event], None]
    stops: tuple[str, ...] = field(default=(), repr=False)
    sampling: Sampling = field(default_factory=Sampling)
    lane: str = "chat"
    slot: int | None = None
    logprobs: bool = False
    cancelled: bool = False

    @property
    def rank(self) -> int:
        """Its place in the order of lanes."""
        return LANES.index(self.lane) if self.lane in LANES else 1


class Sequence:
    """The tokens of a job. `computed` tokens of `tokens` have their keys and values in `cache`."""

    def __init__(self, job: Job, cache: KeyValues, *, cached: int, tokenizer: Any, ends: frozenset[int]) -> None:
        self.job = job
        self.cache = cache
        self.cached = self.computed = cached
        self.tokens = list(job.prompt)
        self.over = False
        self._tokenizer = tokenizer
        self._ends = ends
        self._sampler = Sampler(job.sampling)
        self._text = TextStream(tokenizer, job.stops)
        self._began: float | None = None
        self._read = 0.0
        self._logprobs: tuple[float, ...] = ()  # of tokens whose text is held back

    @property
    def reading(self) -> bool:
        """Whether the prompt is not processed to its end."""
        return self.computed < len(self.job.prompt)

    @property
    def held(self) -> CachedPrefix:
        """What is computed so far, for requests that begin alike."""
        return CachedPrefix(self.tokens[: self.computed], self.cache)

    def next_rows(self, most: int) -> list[int]:
        """The tokens that the next pass should compute: at most `most`."""
        self._began = self._began or time.perf_counter()
        return self.tokens[self.computed : self.computed + most]

    @property
    def written(self) -> int:
        """Tokens of the answer so far."""
        return len(self.tokens) - len(self.job.prompt)

    def take_prompt(self, rows: int) -> None:
        """A pass computed `rows` more tokens."""
        self.computed += rows
        self._read = time.perf_counter()
        self.job.tell(Read(min(self.computed, len(self.job.prompt)), self.cached, len(self.job.prompt)))

    def take_logits(self, logits: Any) -> None:
        """Draw the next token from the last row of logits ``[1, vocabulary]``."""
        token = self._sampler.draw(logits[-1])
        if self.job.logprobs and token not in self._ends:
            self._logprobs += (self._sampler.logprob(logits[-1], token),)
        self._add(token)

    def finish(self, reason: Reason) -> None:
        """Release what was held back and say that it is over."""
        rest = self._text.end()
        if rest:
            self._tell(rest)
        self.over = True
        now = time.perf_counter()
        began = self._began or now
        prompt = len(self.job.prompt)
        self.job.tell(
            Ended(
                reason,
                Timings(
                    self.cached, prompt - self.cached, (self._read - began) * 1000, self.written, (now - self._read) * 1000
                ),
            )
        )  # fmt: skip

    def _add(self, token: int) -> None:
        self.tokens.append(token)
        if token in self._ends:
            return self.finish("stop")
        text = self._text.push(token)
        if text:
            self._tell(text)
        if self._text.stopped:
            self.finish("stop")
        elif self.written >= self.job.limit:
            self.finish("length")
        return None

    def _tell(self, text: str) -> None:
        self.job.tell(Written(text, self._logprobs))
        self._logprobs = ()
