"""Leads one question through the five steps and tells what happens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import datetime, timezone

from jupyter_qwen.assistant.chat_answer import answer_in_prose, build_chat_prompt, cells_up_to
from jupyter_qwen.assistant.events import Answer, BlockJudged, Event, StatusChanged, encode
from jupyter_qwen.assistant.fix_answer import answer_with_fix, failing_query
from jupyter_qwen.assistant.intent import choose_connection, choose_mode, split_command
from jupyter_qwen.assistant.owner import OwnedEngine
from jupyter_qwen.assistant.question import BadRequest, Question
from jupyter_qwen.assistant.services import Services
from jupyter_qwen.assistant.sql_answer import answer_with_sql, build_sql_prompt
from jupyter_qwen.assistant.threads import Turn
from jupyter_qwen.engine.base import Engine
from jupyter_qwen.prompt.model import Prompt
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.dialect import UnknownDialect, dialect_names, find_dialect

Emit = Callable[[Event], Awaitable[None]]


async def ask(question: Question, services: Services) -> AsyncIterator[Event]:
    """Answer a question as a stream of events; the last one is an `Answer`.

    Closing the iterator cancels the work down to the engine. Raises BadRequest, EngineError, SchemaFormatError or
    ThreadFileError; `failures.describe` puts them into words.
    """
    queue: asyncio.Queue[Event | None] = asyncio.Queue()
    work = asyncio.create_task(_answer(question, services, queue.put))
    work.add_done_callback(lambda _: queue.put_nowait(None))
    try:
        while (event := await queue.get()) is not None:
            yield event
        await work
    finally:
        work.cancel()
        # The consumer went away or the work failed; its exception was raised above, and cancellation is normal.
        with suppress(asyncio.CancelledError, Exception):
            await work


async def _answer(question: Question, services: Services, emit: Emit) -> None:
    started = time.perf_counter()
    services.warming.stop()
    question, schema = resolve(question)
    status = services.engines.describe()
    if status.get("state") != "ready":
        await emit(StatusChanged(status))
    engine: Engine = OwnedEngine(await services.engines.engine(), question.thread)
    previous = await asyncio.to_thread(services.threads.turns, question.thread) if question.thread else ()
    cells = cells_up_to(question)
    query = failing_query(question, cells) if question.mode == "fix" and schema.tables else None
    if query is not None:
        answer = await answer_with_fix(
            question, query, cells[-1], schema, engine=engine, limits=services.limits, emit=emit, started=started
        )
    else:
        write = answer_with_sql if question.mode == "sql" else answer_in_prose
        answer = await write(
            question, schema, previous, engine=engine, limits=services.limits, emit=emit, started=started
        )
    model = services.engines.describe().get("model") or {}
    answer = replace(answer, model=str(model.get("label", "")), mode=question.mode)
    if question.thread:
        await asyncio.to_thread(services.threads.append, question.thread, _turn(question, answer))
    await emit(answer)


async def build_prompt(question: Question, services: Services) -> tuple[Prompt, Engine]:
    """The prompt that `ask` would send, for the view "what the model sees". Raises what `ask` raises."""
    question, schema = resolve(question)
    engine = await services.engines.engine()
    previous = await asyncio.to_thread(services.threads.turns, question.thread) if question.thread else ()
    build = build_sql_prompt if question.mode == "sql" else build_chat_prompt
    return await build(question, schema, previous, engine=engine, limits=services.limits), engine


# Stands for the question that is still being typed: the prompt is the same up to where the question begins.
UNASKED = "?"


async def warm(question: Question, services: Services) -> bool:
    """Begin to process what the next SQL question over `question.schema` will begin with; returns at once.

    False when the model is not ready (typing never loads it), there is no table, or nothing is new. Raises BadRequest.
    """
    question, schema = resolve(replace(question, mode="sql", text=UNASKED))
    if services.engines.describe().get("state") != "ready" or not schema.tables:
        return False
    prompt, engine = await build_prompt(question, services)
    return services.warming.start(engine, prompt.text.rsplit(f"Question: {UNASKED}", 1)[0])


def resolve(question: Question) -> tuple[Question, Schema]:
    """Settle what was left open: mode, connection, and the tables that a query on that connection sees.

    Raises BadRequest for a slash command without a question and for an unknown connection or table.
    """
    command, text = split_command(question.text)
    if command is not None:
        if not text and command in ("sql", "python", "plot", "chat"):
            raise BadRequest(f"/{command} needs a question.", hint=f"For example: /{command} revenue per month")
        question = replace(question, mode=command, text=text or _DEFAULT_TEXT[command])
    schema = question.schema or Schema()
    if question.mode == "auto":
        question = replace(question, mode=choose_mode(question.text, schema, question.language))
    try:
        connection = choose_connection(schema, question.cells, question.connection)
    except KeyError as error:
        known = ", ".join(c.name for c in schema.connections) or "none"
        raise BadRequest(
            f"There is no DuckDB connection named {error.args[0]} in the kernel.", hint=f"Connections: {known}."
        ) from error
    schema = schema.visible_from(connection)
    if question.dialect is not None:
        try:
            find_dialect(question.dialect)
        except UnknownDialect as error:
            near = ", ".join(error.candidates or dialect_names())
            raise BadRequest(str(error), hint=f"Known names: {near}.") from error
    if question.tables:
        try:
            schema = schema.only(question.tables)
        except KeyError as error:
            known = ", ".join(table.name for table in schema.tables) or "none"
            raise BadRequest(
                f"There is no table or DataFrame named {error.args[0]}.", hint=f"The query would see: {known}."
            ) from error
    return replace(question, connection=connection), schema


_DEFAULT_TEXT = {"explain": "Explain this cell.", "fix": "Fix the error in this cell."}


def _turn(question: Question, answer: Answer) -> Turn:
    sql = next((block.source for block in answer.blocks if block.verdict is not None), None)
    return Turn(
        question=question.text,
        markdown=answer.markdown,
        mode=question.mode,
        asked_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        model=answer.model,
        sql=sql,
        blocks=tuple(encode(BlockJudged(block))["block"] for block in answer.blocks),
    )


async def collect_answer(question: Question, services: Services) -> Answer:
    """The answer alone, for callers that do not stream. Raises what `ask` raises."""
    async with aclosing(ask(question, services)) as events:  # type: ignore[type-var]
        async for event in events:
            if isinstance(event, Answer):
                return event
    raise RuntimeError("the stream ended without an answer")
