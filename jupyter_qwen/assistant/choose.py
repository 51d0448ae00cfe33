"""From the first answer to the query that is shown: proof, and one repair round by the model when DuckDB refuses it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

from jupyter_qwen.assistant.events import Event, Phase, RepairMade
from jupyter_qwen.assistant.generation import request_for
from jupyter_qwen.engine.base import Delta, Engine
from jupyter_qwen.prompt import repair
from jupyter_qwen.prompt.answers import first_statement
from jupyter_qwen.prompt.model import Prompt
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.model import Proof
from jupyter_qwen.sql.validate import prove


@dataclass(frozen=True)
class Choice:
    """The query that is shown, with its proof."""

    sql: str
    proof: Proof


async def choose(
    prompt: Prompt,
    first: str,
    *,
    engine: Engine,
    schema: Schema,
    budget_seconds: float,
    on_event: Callable[[Event], Awaitable[None]],
) -> Choice:
    """Prove `first`; when it is rejected and time is left, let the model repair it once and keep what binds."""
    ends = time.perf_counter() + budget_seconds
    await on_event(Phase("proof"))
    proof = await asyncio.to_thread(prove, first, schema)
    if proof.verdict != "rejected" or time.perf_counter() >= ends:
        return Choice(proof.sql, proof)
    await on_event(Phase("repair"))
    error = next(item for item in proof.diagnostics if item.severity == "error")
    again = repair.build(prompt, first, error.message, error.candidates)
    text = again.prefill
    async with aclosing(engine.generate(request_for(again, max_new_tokens=400))) as pieces:  # type: ignore[type-var]
        async for piece in pieces:
            if isinstance(piece, Delta):
                text += piece.text
    second = first_statement(text)
    mended = await asyncio.to_thread(prove, second, schema) if second else proof
    if mended.verdict == "rejected":
        return Choice(proof.sql, proof)
    await on_event(RepairMade(1, "model", error.message, first, mended.sql))
    return Choice(mended.sql, mended)
