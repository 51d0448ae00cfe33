"""An answer in SQL mode: one query, proved, repaired or chosen among candidates, in a fence of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial

from jupyter_qwen.assistant.answer_limits import AnswerLimits
from jupyter_qwen.assistant.answers.allowance import TOKENS_A_SECOND, Allowance
from jupyter_qwen.assistant.answers.blocks import in_dialect, sql_block
from jupyter_qwen.assistant.answers.choose import choose
from jupyter_qwen.assistant.answers.generation import Emit, announce, stream_answer
from jupyter_qwen.assistant.answers.judging import graded
from jupyter_qwen.assistant.answers.unseen import unseen
from jupyter_qwen.assistant.answers.votes import Candidate, Origin
from jupyter_qwen.assistant.events import AnswerFinished, BlockJudged, Phase
from jupyter_qwen.assistant.intent import leans_on_previous
from jupyter_qwen.assistant.question import Question, cells_up_to
from jupyter_qwen.assistant.selection import without_cells
from jupyter_qwen.assistant.services import with_token_count
from jupyter_qwen.assistant.threads import Turn, taken_before
from jupyter_qwen.engine.base import Engine
from jupyter_qwen.prompt import text_to_sql
from jupyter_qwen.prompt.answers import first_statement
from jupyter_qwen.prompt.model import Prompt
from jupyter_qwen.prompt.shapes.retrieval import Example, fitting
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.elsewhere import worker
from jupyter_qwen.trust.confidence.features import Features

NO_TABLES = "No DataFrame and no DuckDB table is in view, so that nothing can be proved: run the cells that make them."
NO_QUERY = "The model wrote no query. Say which tables or columns the answer should come from."


async def build_sql_prompt(
    question: Question,
    schema: Schema,
    previous: Sequence[Turn],
    *,
    engine: Engine,
    limits: AnswerLimits,
    example: Example | None = None,
) -> Prompt:
    """The text-to-SQL prompt of a question; earlier pairs come along when the question leans on them.

    `example` is a worked example of the question's shape, for the second of the two ways to ask.
    """
    leans = leans_on_previous(question.text)
    pairs = [(turn.question, turn.sql) for turn in previous if turn.sql] if leans else taught_pair(question, schema)
    budget = min(limits.sql_prompt_tokens, engine.context_tokens - limits.sql_answer_tokens)
    return await with_token_count(
        engine,
        lambda count: text_to_sql.build(
            question.text,
            schema,
            # Tables say more than cells, and measured better alone; without them the cells are all there is.
            () if schema.tables else without_cells(cells_up_to(question), question.exclude, subject=None),
            count=count,
            budget_tokens=budget,
            language=question.language,
            previous=pairs[-2:],
            attachments=question.include,
            example=example,
            terms=[(term.name, term.meaning) for term in question.known.named_in(question.text)],
        ),
    )


def taught_pair(question: Question, schema: Schema) -> list[tuple[str, str]]:
    """The verified question most like this one with its query, over the same tables: the best example there can be.

    Queries hold values, so none goes where values may not.
    """
    pair = question.known.like(question.text) if schema.privacy in ("values", "samples") else None
    return [(pair.question, pair.sql)] if pair is not None else []


async def fitting_example(question: Question, schema: Schema) -> Example | None:
    """The worked example for a question that stands alone; one that continues another has its own example before it."""
    if not schema.tables or leans_on_previous(question.text):
        return None
    return await asyncio.to_thread(fitting, question.text, schema)


async def answer_with_sql(
    question: Question,
    schema: Schema,
    previous: Sequence[Turn],
    *,
    engine: Engine,
    limits: AnswerLimits,
    emit: Emit,
    started: float,
) -> AnswerFinished:
    """Stream one query, prove it, and let `choose` look further when it is doubtful, first with a worked example."""
    await emit(Phase("linking"))
    await asyncio.to_thread(worker.warm)  # it starts while the model writes
    build = partial(build_sql_prompt, question, schema, previous, engine=engine, limits=limits)
    prompt = await build()
    example: Example | None = None

    async def with_example() -> Prompt | None:
        nonlocal example
        example = await fitting_example(question, schema)
        return await build(example=example) if example is not None else None

    async def show(candidate: Candidate) -> None:
        """The block without its grade, so that nobody waits for the grade to insert it."""
        if question.dialect is None:
            block = await asyncio.to_thread(sql_block, candidate.proof, schema, question, candidate.trial)
            await emit(BlockJudged(block))

    taken = taken_before(previous, question.text)
    await announce(
        prompt, engine, emit, schema.notes if schema.tables or question.schema is None else (NO_TABLES, *schema.notes)
    )
    new_tokens = min(limits.sql_answer_tokens, question.max_new_tokens or limits.sql_answer_tokens)
    generated = await stream_answer(prompt, engine, emit, max_new_tokens=new_tokens, logprobs=True)
    ttft = generated.first_token_at - started if generated.first_token_at is not None else None
    first = first_statement(generated.text)
    if not first:
        return AnswerFinished(NO_QUERY, usage=generated.usage, seconds=time.perf_counter() - started, ttft_seconds=ttft)
    origin: Origin = "plain"
    counted: Features = {}
    if question.schema is None:
        proof = await asyncio.to_thread(unseen, first)
        block = await asyncio.to_thread(sql_block, proof, schema, question)
    else:
        choice = await choose(
            prompt,
            first,
            engine=engine,
            schema=schema,
            allowance=_allowance(limits, generated.usage.new_tokens),
            on_event=emit,
            other=with_example,
            logprobs=generated.logprobs,
            settled=None if taken else show,  # what was taken may come first
            meanings=tuple(term.meaning for term in question.known.named_in(question.text)),
        )
        origin = choice.origin
        block, counted = await asyncio.to_thread(graded, choice, question, schema, taken=taken)
    if question.dialect is not None:
        block = await asyncio.to_thread(in_dialect, block, question.dialect)
    await emit(BlockJudged(block))
    return AnswerFinished(
        markdown=f"```sql\n{block.source}\n```",
        blocks=(block,),
        usage=generated.usage,
        seconds=time.perf_counter() - started,
        ttft_seconds=ttft,
        example=example.shape if example is not None else None,
        origin=origin,
        features=counted,
    )


def _allowance(limits: AnswerLimits, written: int) -> Allowance:
    """What further answers may cost after a first one of `written` tokens."""
    return Allowance(min(limits.choice_seconds, limits.sql_seconds - written / TOKENS_A_SECOND))
