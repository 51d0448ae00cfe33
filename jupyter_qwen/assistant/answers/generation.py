"""One generation: streams the Markdown to the listener and keeps text, usage and time to first token."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace

from jupyter_qwen.assistant.answers.allowance import Allowance
from jupyter_qwen.assistant.events import Event, PartSize, Phase, PromptBuilt, TextDelta
from jupyter_qwen.engine.base import ChatTurn, Delta, Engine, Finished, GenerationRequest, Usage, count_all
from jupyter_qwen.prompt.answers import strip_fences
from jupyter_qwen.prompt.model import Prompt
from jupyter_qwen.prompt.tokens import restore
from jupyter_qwen.trust.evidence import TokenLogprob

Emit = Callable[[Event], Awaitable[None]]


@dataclass(frozen=True)
class Generated:
    """The whole text including the prompt's prefill. `first_token_at` is a time.perf_counter reading.

    `logprobs` are those of its tokens, where they were asked for and the engine tells them; the prefill has none.
    """

    text: str
    usage: Usage
    first_token_at: float | None
    logprobs: tuple[TokenLogprob, ...] = ()

    def logprobs_between(self, start: int, end: int) -> tuple[TokenLogprob, ...]:
        """Those of the tokens that begin in ``text[start:end]``; none where the pieces do not make up the text."""
        place = len(self.text) - sum(len(token.text) for token in self.logprobs)
        if place < 0 or not self.text.endswith("".join(token.text for token in self.logprobs)):
            return ()
        found = []
        for token in self.logprobs:
            if start <= place < end:
                found.append(token)
            place += len(token.text)
        return tuple(found)


def request_for(
    prompt: Prompt,
    *,
    max_new_tokens: int,
    temperature: float = 0.0,
    report_prefill: bool = False,
    logprobs: bool = False,
) -> GenerationRequest:
    """The engine's request for a prompt."""
    return GenerationRequest(
        prompt=prompt.text,
        max_new_tokens=max_new_tokens,
        stop=prompt.stop,
        temperature=temperature,
        lane="chat",
        messages=tuple(ChatTurn(message.role, message.content) for message in prompt.messages),
        prefill=prompt.prefill,
        report_prefill=report_prefill,
        logprobs=logprobs,
    )


async def announce(prompt: Prompt, engine: Engine, emit: Emit, notes: tuple[str, ...] = ()) -> None:
    """Tell what the model is going to see and how much of it."""
    tokens, *sizes = await count_all(engine, [prompt.text, *(part.text for part in prompt.parts)])
    parts = tuple(PartSize(part.label, size, part.text) for part, size in zip(prompt.parts, sizes, strict=True))
    await emit(PromptBuilt(tokens, parts, (*notes, *prompt.notes), prompt.text))


async def stream_answer(
    prompt: Prompt, engine: Engine, emit: Emit, *, max_new_tokens: int, logprobs: bool = False
) -> Generated:
    """Generate once, telling every piece. The prefill is told with the first token, for it is part of the answer."""
    await emit(Phase("prefill"))
    text, usage, first_token_at = prompt.prefill, Usage(), None
    request = request_for(prompt, max_new_tokens=max_new_tokens, report_prefill=True, logprobs=logprobs)
    scores: list[TokenLogprob] = []
    async with aclosing(engine.generate(request)) as pieces:  # type: ignore[type-var]
        async for piece in pieces:
            if isinstance(piece, Finished):
                usage = piece.usage
            elif piece.waiting is not None:
                await emit(Phase("waiting" if piece.waiting else "prefill"))
            elif piece.read is not None:
                await emit(Phase("prefill", *piece.read))
            elif piece.text:
                if first_token_at is None:
                    first_token_at = time.perf_counter()
                    await emit(Phase("decode"))
                    await emit(TextDelta(prompt.prefill + piece.text))
                else:
                    await emit(TextDelta(piece.text))
                text += piece.text
                scores.extend(scored(piece))
    return Generated(text, usage, first_token_at, tuple(scores))


async def code_alone(
    prompt: Prompt, engine: Engine, allowance: Allowance, *, most: int, temperature: float, seed: int | None = None
) -> tuple[str, tuple[TokenLogprob, ...]]:
    """The code of one more answer to `prompt`, and how likely each of its tokens was, where the engine tells.

    The code is "" when the allowance cut the answer off or it holds none. Raises EngineError.
    """
    request = request_for(prompt, max_new_tokens=allowance.room(most), temperature=temperature, logprobs=True)
    request = replace(request, seed=seed)
    text, usage, whole = prompt.prefill, None, False
    scores: list[TokenLogprob] = []
    async with aclosing(engine.generate(request)) as pieces:  # type: ignore[type-var]
        async for piece in pieces:
            if isinstance(piece, Delta):
                text += piece.text
                scores.extend(scored(piece))
            elif isinstance(piece, Finished):
                usage, whole = piece.usage, piece.reason == "stop"
    allowance.spend(written=usage.new_tokens if usage is not None else len(text) // 3)
    return (restore(strip_fences(text)).strip("\n") if whole else ""), tuple(scores)


def scored(piece: Delta) -> tuple[TokenLogprob, ...]:
    """The piece with its log probability; that of several tokens that came at once is their sum."""
    return (TokenLogprob(piece.text, sum(piece.logprobs)),) if piece.logprobs else ()
