"""From the first answer to the query that is shown: proof, mechanical repair, a trial run, and a vote where in doubt.

The first, greedy answer is proved, mended and tried on sample rows. Only when that leaves a doubt, and time is left, the
model gives more answers to the same prompt (its KV cache is there, so each costs its own tokens only); each goes the same
way, and the result that most of them agree on wins. Figures of every step: docs/sql.md, "Accuracy".
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from jupyter_qwen.assistant.answers.generation import request_for
from jupyter_qwen.assistant.answers.votes import (
    DEFAULT_STRATEGY,
    NO_SUCH_VALUE,
    Candidate,
    Origin,
    Outcome,
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
from jupyter_qwen.sql.habits import look_again
from jupyter_qwen.sql.habits.bound import changed
from jupyter_qwen.sql.habits.doubts import unmet_demands
from jupyter_qwen.sql.habits.keyed_joins import join_by_keys
from jupyter_qwen.sql.mend import mend, mend_values
from jupyter_qwen.sql.model import Proof, Repair
from jupyter_qwen.sql.trial import Trial, result_key
from jupyter_qwen.sql.trial import run as run_trial

Emit = Callable[[Event], Awaitable[None]]


@dataclass(frozen=True)
class Choice:
    """The query that is shown, with its proof, everything that was looked at, and why this one."""

    sql: str
    proof: Proof
    candidates: tuple[Candidate, ...] = ()
    reason: str = ""


async def choose(
    prompt: Prompt,
    first: str,
    *,
    engine: Engine,
    schema: Schema,
    budget_seconds: float,
    on_event: Emit,
    strategy: Strategy = DEFAULT_STRATEGY,
) -> Choice:
    """The best query for `prompt` whose greedy answer is `first`, at most about `budget_seconds` later.

    Raises EngineError when the engine fails; a sample that is cut off by the budget is left out.
    """
    ends = time.monotonic() + budget_seconds
    await on_event(Phase("proof"))
    greedy = await asyncio.to_thread(examine, first, schema, question=question_of(prompt), strategy=strategy)
    candidates = [greedy]
    if greedy.doubtful and ends > time.monotonic():
        await on_event(Phase("choice"))
        await _sample(prompt, candidates, engine=engine, schema=schema, ends=ends, strategy=strategy)
    chosen = vote(candidates, strategy)
    if chosen.outcome in ("rejected", "failed"):
        chosen = await _repair_rounds(
            prompt, chosen, candidates, engine=engine, schema=schema, ends=ends, on_event=on_event, strategy=strategy
        )
    for change in chosen.proof.repairs:
        if change.round == 0:
            await on_event(RepairMade(0, change.name, change.reason, change.before, change.after))
    return Choice(chosen.sql, chosen.proof, tuple(candidates), reason_for(chosen, candidates))


async def _sample(
    prompt: Prompt, candidates: list[Candidate], *, engine: Engine, schema: Schema, ends: float, strategy: Strategy
) -> None:
    """More answers to the same prompt, one after the other or at once as the engine can, until two agree or time is up."""
    together = strategy.samples if engine.capabilities.samples_in_one_request and strategy.together else 1
    for round_number in range(-(-strategy.samples // together)):
        texts: list[str] = []
        request = replace(
            request_for(prompt, max_new_tokens=strategy.max_new_tokens, temperature=strategy.temperature),
            n=together,
            seed=round_number + 1,
        )
        in_time = await _within(_collect(engine, request, texts), ends)
        for text in texts:
            sql = first_statement(text)
            if sql:
                candidates.append(
                    await asyncio.to_thread(
                        examine, sql, schema, question=question_of(prompt), origin="sample", strategy=strategy
                    )
                )
        if not in_time or agreed(candidates) or time.monotonic() >= ends:
            return


async def _repair_rounds(
    prompt: Prompt,
    broken: Candidate,
    candidates: list[Candidate],
    *,
    engine: Engine,
    schema: Schema,
    ends: float,
    on_event: Emit,
    strategy: Strategy,
) -> Candidate:
    """Ask the model to correct a query that DuckDB refuses or that fails on rows; the last resort, and told as an event."""
    best = broken
    for number in range(1, strategy.repair_rounds + 1):
        if time.monotonic() >= ends:
            break
        await on_event(Phase("repair"))
        names = tuple(name for d in best.proof.diagnostics if d.severity == "error" for name in d.candidates)
        again = repair.build(prompt, best.sql, best.failure, names)
        texts: list[str] = []
        await _within(_collect(engine, request_for(again, max_new_tokens=strategy.max_new_tokens), texts), ends)
        sql = first_statement(texts[0]) if texts else ""
        if not sql:
            break
        found = await asyncio.to_thread(
            examine, sql, schema, question=question_of(prompt), origin="repair", strategy=strategy
        )
        candidates.append(found)
        if weight_of(found, strategy) > weight_of(replace(best, origin="repair"), strategy):
            change = Repair("model", best.failure, best.sql, restore(sql), number)
            await on_event(RepairMade(number, change.name, change.reason, change.before, change.after))
            chain = (*best.proof.repairs, change, *found.proof.repairs)  # each begins where the last one ended
            best = replace(found, proof=replace(found.proof, repairs=chain))
        if best.outcome not in ("rejected", "failed") or found.sql == broken.sql:
            break
    return best


async def _collect(engine: Engine, request: GenerationRequest, texts: list[str]) -> None:
    """Append each finished answer of `request` to `texts`, so that a time limit keeps those that are done."""
    pieces: dict[int, str] = {}
    async with aclosing(engine.generate(request)) as stream:  # type: ignore[type-var]
        async for piece in stream:
            if isinstance(piece, Delta):
                pieces[piece.index] = pieces.get(piece.index, "") + piece.text
            elif isinstance(piece, Finished) and piece.index in pieces and piece.reason == "stop":
                texts.append(request.prefill + pieces[piece.index])


async def _within(work: Coroutine[Any, Any, None], ends: float) -> bool:
    """Whether `work` was done before `ends`; when not, it is cancelled, which stops the engine."""
    try:
        await asyncio.wait_for(work, max(0.05, ends - time.monotonic()))
    except (asyncio.TimeoutError, TimeoutError):  # two names for one thing only since Python 3.11
        return False
    return True


def examine(
    sql: str,
    schema: Schema,
    *,
    question: str = "",
    origin: Origin = "greedy",
    strategy: Strategy = DEFAULT_STRATEGY,
) -> Candidate:
    """Prove, mend, look at again and try one query. Blocking: up to some seconds for hostile SQL, usually 50 ms."""
    proof = _mended(restore(sql), question, schema)
    if question:
        proof = look_again(proof, question, schema)
    if proof.verdict == "rejected":
        error = next((d for d in proof.diagnostics if d.severity == "error"), None)
        return Candidate(proof.sql, proof, "rejected", None, origin, error.message if error else "it does not bind")
    if proof.verdict != "bound" or proof.needs_consent or proof.kind != "query" or schema.privacy != "samples":
        return Candidate(proof.sql, proof, "untried", " ".join(proof.sql.casefold().split()), origin)
    if any(finding.code in NO_SUCH_VALUE for finding in proof.diagnostics):
        # No row can equal such a literal, whether or not the query finds others, so spelling it right only helps.
        respelled = mend_values(proof.sql, schema)
        proof = replace(respelled, repairs=(*proof.repairs, *respelled.repairs))
    trial = run_trial(proof.sql, schema, time_limit_s=strategy.trial_seconds)
    outcome = outcome_of(trial)
    fingerprint = result_key(trial.rows) if trial.status == "ok" else " ".join(proof.sql.casefold().split())
    unmet = unmet_demands(question, proof.sql, schema) if question else ()
    return Candidate(proof.sql, proof, outcome, fingerprint, origin, trial.message, unmet)


def _mended(sql: str, question: str, schema: Schema) -> Proof:
    """`sql` mended; its joins put right by the keys beforehand, where the result binds."""
    joined = changed(join_by_keys, sql, question, schema)
    if joined is not None:
        text, reason = joined
        proof = mend(text, schema)
        if proof.verdict == "bound":
            return replace(proof, repairs=(Repair("join-by-key", reason, sql, text), *proof.repairs))
    return mend(sql, schema)


def question_of(prompt: Prompt) -> str:
    """The question that the prompt was built for."""
    return next((restore(part.text) for part in prompt.parts if part.label == "question"), "")


def outcome_of(trial: Trial) -> Outcome:
    """What a trial says. An empty result on a mere sample of the rows says nothing; a timeout is no fault of the query."""
    if trial.status == "error":
        return "failed"
    if trial.status != "ok":
        return "untried"
    if not trial.rows:
        return "empty" if trial.complete else "untried"
    if all(value is None for row in trial.rows for value in row):
        return "nulls"
    return "rows"
