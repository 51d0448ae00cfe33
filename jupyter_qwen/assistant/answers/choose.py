"""From the first answer to the query that is shown: proof, mechanical repair, a trial run, a second way to ask, a vote.

The first answer is proved, mended and tried on sample rows. When the allowance of tokens lets it, the model answers once more
with a worked example of the same shape before the question: two ways that come to the same rows are the best sign that an
answer is right (docs/explanation/trust.md). When the first leaves a doubt, it then gives more answers to the same
prompt (its KV cache is there, so each costs its own tokens only). Each goes the same way; the same result twice ends it, else
the weights of `votes` decide. Figures of every step: docs/explanation/sql.md, "Accuracy".
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace

from jupyter_qwen.assistant.answers.allowance import Allowance
from jupyter_qwen.assistant.answers.examine import examine
from jupyter_qwen.assistant.answers.generation import request_for, scored
from jupyter_qwen.assistant.answers.votes import (
    DEFAULT_STRATEGY,
    Candidate,
    Origin,
    Strategy,
    agreed,
    reason_for,
    vote,
    weight_of,
)
from jupyter_qwen.assistant.events import Event, Phase, RepairMade
from jupyter_qwen.engine.base import Delta, Engine, Finished, GenerationRequest
from jupyter_qwen.prompt import repair
from jupyter_qwen.prompt.answers import first_statement
from jupyter_qwen.prompt.model import Prompt
from jupyter_qwen.prompt.tokens import restore
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.model import Proof, Repair
from jupyter_qwen.sql.trial import Trial
from jupyter_qwen.trust.evidence import TokenLogprob

Emit = Callable[[Event], Awaitable[None]]


@dataclass(frozen=True)
class ChosenQuery:
    """The query that is shown, with its proof, everything that was looked at, and why this one."""

    sql: str
    proof: Proof
    candidates: tuple[Candidate, ...] = ()
    reason: str = ""
    origin: Origin = "plain"
    chosen: Candidate | None = None

    @property
    def trial(self) -> Trial | None:
        """The trial run of the query that is shown, where there was one."""
        return self.chosen.trial if self.chosen is not None else None


async def choose(
    prompt: Prompt,
    first: str,
    *,
    engine: Engine,
    schema: Schema,
    allowance: Allowance,
    on_event: Emit,
    other: Callable[[], Awaitable[Prompt | None]] | None = None,
    strategy: Strategy = DEFAULT_STRATEGY,
    logprobs: tuple[TokenLogprob, ...] = (),
    settled: Callable[[Candidate], Awaitable[None]] | None = None,
    meanings: tuple[str, ...] = (),
) -> ChosenQuery:
    """The best query for `prompt`, whose greedy answer is `first` with `logprobs`, within `allowance`.

    `meanings` are what words of the question mean here; an answer that reads nothing of one is in doubt.
    `other` makes the prompt that asks the same with a worked example, or None where none fits. An answer without a doubt is
    told to `settled` at once: the other way is then asked only to compare, for the grade, and cannot outvote it. Raises
    EngineError when the engine fails; an answer that the allowance cuts off is left out.
    """
    look = _Look(engine, schema, question_of(prompt), allowance, strategy, meanings)
    await on_event(Phase("proof"))
    candidates = [replace(await look.at(first, "plain"), logprobs=logprobs)]
    in_doubt = candidates[0].doubtful
    if settled is not None and not in_doubt:
        await settled(candidates[0])
    if (in_doubt or candidates[0].outcome == "rows") and not allowance.spent:
        shaped = await other() if other is not None else None
        if in_doubt or shaped is not None:
            await on_event(Phase("choice"))
        if shaped is not None:
            await look.read(shaped, after=prompt)
            await look.ask(shaped, candidates, origin="shaped")
        if (
            in_doubt
            and all(candidate.doubtful for candidate in candidates)
            and not agreed(candidates)
            and not allowance.spent
        ):
            await look.sample(prompt, candidates)
    chosen = vote(candidates, strategy)
    if chosen.outcome in ("rejected", "failed"):
        chosen = await _repair_rounds(prompt, chosen, candidates, look, on_event=on_event)
    for change in chosen.proof.repairs:
        if change.round == 0:
            await on_event(RepairMade(0, change.name, change.reason, change.before, change.after))
    return ChosenQuery(
        chosen.sql, chosen.proof, tuple(candidates), reason_for(chosen, candidates), chosen.origin, chosen
    )


@dataclass(frozen=True)
class _Look:
    """What it takes to get and examine another answer to one question."""

    engine: Engine
    schema: Schema
    question: str
    allowance: Allowance
    strategy: Strategy
    meanings: tuple[str, ...] = ()

    async def at(self, sql: str, origin: Origin) -> Candidate:
        """`sql` examined, off the event loop."""
        return await asyncio.to_thread(
            examine,
            sql,
            self.schema,
            question=self.question,
            origin=origin,
            strategy=self.strategy,
            meanings=self.meanings,
        )

    async def ask(
        self, prompt: Prompt, candidates: list[Candidate], *, origin: Origin, seed: int | None = None
    ) -> bool:
        """Add one more answer to `candidates`; False when the allowance ended it."""
        room = self.allowance.room(self.strategy.max_new_tokens)
        request = replace(
            request_for(prompt, max_new_tokens=room, temperature=0.0 if seed is None else self.strategy.temperature),
            seed=seed,
            logprobs=True,
        )
        text, logprobs = await _answer(self.engine, request, self.allowance)
        sql = first_statement(text) if text else ""
        if sql:
            candidates.append(replace(await self.at(sql, origin), logprobs=logprobs))
        return text is not None and not self.allowance.spent

    async def read(self, prompt: Prompt, *, after: Prompt) -> None:
        """Spend what it takes to read `prompt` after `after`, whose beginning the KV cache holds."""
        pairs = zip(prompt.text, after.text, strict=False)
        same = next((place for place, (one, other) in enumerate(pairs) if one != other), len(after.text))
        self.allowance.spend(written=0, read=await self.engine.count_tokens(prompt.text[same:]))

    async def sample(self, prompt: Prompt, candidates: list[Candidate]) -> None:
        """More answers to the same prompt, one after the other, until two agree or the allowance is spent."""
        for seed in range(1, self.strategy.samples + 1):
            if not await self.ask(prompt, candidates, origin="sample", seed=seed) or agreed(candidates):
                return


async def _repair_rounds(
    prompt: Prompt, broken: Candidate, candidates: list[Candidate], look: _Look, *, on_event: Emit
) -> Candidate:
    """Ask the model to correct a query that DuckDB refuses or that fails on rows; the last resort, and told as an event."""
    best, strategy = broken, look.strategy
    for number in range(1, strategy.repair_rounds + 1):
        if look.allowance.spent:
            break
        await on_event(Phase("repair"))
        names = tuple(name for d in best.proof.diagnostics if d.severity == "error" for name in d.candidates)
        again = repair.build(prompt, best.sql, best.failure, names)
        await look.read(again, after=prompt)
        before = len(candidates)
        await look.ask(again, candidates, origin="repair")
        if len(candidates) == before:
            break
        found = candidates[-1]
        if weight_of(found, strategy) > weight_of(replace(best, origin="repair"), strategy):
            change = Repair("model", best.failure, best.sql, found.written, number)
            await on_event(RepairMade(number, change.name, change.reason, change.before, change.after))
            chain = (*best.proof.repairs, change, *found.proof.repairs)  # each begins where the last one ended
            best = replace(found, proof=replace(found.proof, repairs=chain))
        if best.outcome not in ("rejected", "failed") or found.sql == broken.sql:
            break
    return best


async def _answer(
    engine: Engine, request: GenerationRequest, allowance: Allowance
) -> tuple[str | None, tuple[TokenLogprob, ...]]:
    """The finished answer to `request`, its prefill included; None where tokens or time did not do. Spends the allowance."""
    text, usage, whole = "", None, False
    logprobs: list[TokenLogprob] = []

    async def listen() -> None:
        nonlocal text, usage, whole
        async with aclosing(engine.generate(request)) as stream:  # type: ignore[type-var]
            async for piece in stream:
                if isinstance(piece, Delta):
                    text += piece.text
                    logprobs.extend(scored(piece))
                elif isinstance(piece, Finished):
                    usage, whole = piece.usage, piece.reason == "stop"

    with suppress(asyncio.TimeoutError, TimeoutError):  # two names for one thing only since Python 3.11
        await asyncio.wait_for(listen(), max(0.05, allowance.seconds_left))
    written = usage.new_tokens if usage is not None else 0
    allowance.spend(written=written or len(text) // _LETTERS_A_TOKEN or 1)
    return (request.prefill + text if whole and text else None), tuple(logprobs)


_LETTERS_A_TOKEN = 3  # of SQL; for endpoints that do not say how many tokens they wrote


def question_of(prompt: Prompt) -> str:
    """The question that the prompt was built for."""
    return next((restore(part.text) for part in prompt.parts if part.label == "question"), "")
