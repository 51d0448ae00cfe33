"""What every engine offers: a stream of tokens from one text, a token count, a state. Closing the stream stops the work."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

Lane = Literal["completion", "chat", "evaluation", "warming"]
FinishReason = Literal["stop", "length"]
EngineState = Literal["absent", "downloading", "loading", "ready", "unloaded", "crashed"]


class EngineError(Exception):
    """Base of everything that an engine can refuse. `hint` is the way out, in a sentence for the user."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class EngineUnavailable(EngineError):
    """The endpoint cannot be reached, or its process died before or while it answered."""


class DoesNotFit(EngineUnavailable):
    """The model needs more memory than there is; the hint names one that fits, when there is one."""


class EngineRefused(EngineError):
    """The endpoint answered with an error: wrong key, unknown model, bad request."""


class ContextOverflow(EngineError):
    """The prompt and the tokens asked for do not fit the context; nothing was cut and nothing computed."""


class EngineBusy(EngineError):
    """So many requests wait already that another one would wait too long; nothing was begun."""


class Superseded(EngineError):
    """A newer request of the same owner took this one's place before it began. Nobody waits for the answer any more."""


class Preempted(EngineError):
    """Work that nobody waits for was stopped because real work arrived. What was processed stays in the KV cache."""


@dataclass(frozen=True)
class ChatTurn:
    """A turn for endpoints that offer chat only."""

    role: str
    content: str


@dataclass(frozen=True)
class GenerationRequest:
    """One generation.

    `prompt` is the full text including special tokens. `temperature` 0 is greedy. `lane` picks the KV-cache slot and the
    priority. `grammar` is GBNF and is ignored
    by engines without the capability. `messages` and `prefill` serve endpoints without raw completions. `max_new_tokens` 0
    processes the prompt only (warming). With `report_prefill` engines that can tell stream deltas without text while they
    read the prompt. `owner` names whose work it is, a notebook as a rule: owners take turns. With `logprobs` engines that can
    tell how likely each token was; those that cannot answer as ever.
    """

    prompt: str
    max_new_tokens: int = 512
    stop: tuple[str, ...] = ()
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None
    lane: Lane = "chat"
    grammar: str | None = None
    messages: tuple[ChatTurn, ...] = ()
    prefill: str = ""
    report_prefill: bool = False
    owner: str = ""
    logprobs: bool = False


@dataclass(frozen=True)
class Delta:
    """A piece of text.

    While the prompt is read, `text` is empty and `read` tells how many of how many prompt tokens are done, cached ones
    included. Before that, `waiting` tells how many requests go first, and 0 when the turn has come after a wait.
    `logprobs` are the natural logarithms of the probabilities that the model gave the tokens of this piece, before any
    temperature: none unless they were asked for and the engine tells them, several where tokens were held back.
    """

    text: str
    read: tuple[int, int] | None = None
    waiting: int | None = None
    logprobs: tuple[float, ...] = ()


@dataclass(frozen=True)
class Usage:
    """What a generation cost. Times in seconds; `cached_tokens` of `prompt_tokens` were reused from the KV cache."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    new_tokens: int = 0
    prefill_seconds: float = 0.0
    decode_seconds: float = 0.0


@dataclass(frozen=True)
class Finished:
    """The end of the answer."""

    reason: FinishReason
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True)
class Capabilities:
    """What an endpoint can do beyond chat."""

    raw_completions: bool = True
    tokenize: bool = True
    grammar: bool = False


class Engine(Protocol):
    """A running endpoint. One instance serves many concurrent generations."""

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def context_tokens(self) -> int:
        """Tokens that one generation may use, prompt and answer together."""
        ...

    def generate(self, request: GenerationRequest) -> AsyncIterator[Delta | Finished]:
        """Stream one generation. Closing the iterator (`aclose`, task cancellation) stops the computation.

        Raises EngineUnavailable, EngineRefused or ContextOverflow; EngineBusy, Superseded or Preempted where work is
        scheduled (`engine.scheduler`).
        """
        ...

    async def count_tokens(self, text: str) -> int:
        """Tokens of `text`, special tokens parsed, counted by the model's own tokenizer.

        Engines without a tokenizer endpoint estimate by characters and say so in `capabilities.tokenize`.
        """
        ...

    async def aclose(self) -> None: ...


@runtime_checkable
class CountsAll(Protocol):
    """An engine that counts many texts in one request."""

    async def count_all(self, texts: Sequence[str]) -> list[int]:
        """The tokens of each text, as `Engine.count_tokens` counts them."""
        ...


async def count_all(engine: Engine, texts: Sequence[str]) -> list[int]:
    """The tokens of each text, in as few requests as the engine can do with. Raises EngineUnavailable or EngineRefused."""
    if isinstance(engine, CountsAll):
        return await engine.count_all(texts)
    return [await engine.count_tokens(text) for text in texts]
