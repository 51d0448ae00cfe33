"""Leads one question through the five steps and tells what happens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from jupyter_qwen.assistant.answers.blocks import PYTHON_LANGUAGES
from jupyter_qwen.assistant.answers.chat_answer import answer_in_prose, build_chat_prompt
from jupyter_qwen.assistant.answers.fix_answer import answer_with_fix, failing_query
from jupyter_qwen.assistant.answers.no_tables import answer_without_tables
from jupyter_qwen.assistant.answers.plot_answer import answer_with_chart, query_question
from jupyter_qwen.assistant.answers.plot_data import plot_question
from jupyter_qwen.assistant.answers.sql_answer import answer_with_sql, build_sql_prompt
from jupyter_qwen.assistant.answers.taught_answer import answer_as_taught, with_knowledge
from jupyter_qwen.assistant.events import AnswerFinished, Block, BlockJudged, Event, StatusChanged, TextDelta, encode
from jupyter_qwen.assistant.failures import EXPECTED, describe
from jupyter_qwen.assistant.intent import choose_connection, choose_mode, split_command, works_without_sql
from jupyter_qwen.assistant.localised import localised, localised_answer
from jupyter_qwen.assistant.owner import OwnedEngine
from jupyter_qwen.assistant.question import BadRequest, Mode, Question, cells_up_to
from jupyter_qwen.assistant.selection import without_tables
from jupyter_qwen.assistant.services import Services
from jupyter_qwen.assistant.threads import ThreadFileError, Turn
from jupyter_qwen.engine.base import Engine
from jupyter_qwen.prompt.model import Prompt
from jupyter_qwen.python.cell_sql import find_sql
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.dialect import UnknownDialect, dialect_names, find_dialect

Emit = Callable[[Event], Awaitable[None]]


async def ask(question: Question, services: Services) -> AsyncIterator[Event]:
    """Answer a question as a stream of events; the last one is an `AnswerFinished`.

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
    services.warming.stop(question.thread)
    lost: list[str] = []  # a full disk or a read-only home costs the conversation, not the answer
    try:
        previous = await _previous(question, services)
    except ThreadFileError as error:
        previous = ()
        lost.append(f"{error} What was said before is not known to this answer.")
    asked = await with_knowledge(question, services.knowledge)
    question, schema = resolve(asked, previous)
    kept = None
    if question.thread and not lost:
        try:
            kept = await asyncio.to_thread(services.threads.begin, question.thread, _asked(question))
        except ThreadFileError as error:
            lost.append(f"{error} {_NOT_KEPT}")
    told: list[str] = []

    async def remember(event: Event) -> None:
        if isinstance(event, TextDelta):
            told.append(event.text)
        await emit(localised(event, question.locale))

    try:
        answer = answer_without_tables(asked, question, started)
        if answer is None:
            answer = await answer_as_taught(asked, question, schema, remember, started)
        if answer is None:
            answer = await _write(question, schema, previous, services, remember, started)
        answer = localised_answer(answer, question.locale)
    except BaseException as error:
        # Written here and now, in a few milliseconds: whoever was cancelled cannot wait for a thread.
        if kept is not None:
            with suppress(ThreadFileError):  # `error` says more
                kept.finish(replace(kept.turn, markdown="".join(told), **_ending(error)))
        raise
    if kept is not None:
        try:
            await asyncio.to_thread(kept.finish, _turn(kept.turn, answer))
        except ThreadFileError as error:
            lost.append(f"{error} {_NOT_KEPT}")
        if services.warming.after_answers and question.mode in ("chat", "python", "plot"):
            services.warming.soon(_prepare_next(question, services))
    await emit(replace(answer, notes=tuple(lost)))


_NOT_KEPT = "This answer is not kept."


def _ending(error: BaseException) -> dict[str, Any]:
    """How a turn without an answer is kept."""
    failed = describe(error) if isinstance(error, Exception) else None
    return (
        {"state": "cut"} if failed is None else {"state": "failed", "note": f"{failed.message} {failed.hint}".strip()}
    )


async def _previous(question: Question, services: Services) -> tuple[Turn, ...]:
    """The turns of the thread that have an answer, or a part of one."""
    turns = await asyncio.to_thread(services.threads.turns, question.thread) if question.thread else ()
    return tuple(turn for turn in turns if turn.markdown.strip())


async def _write(
    question: Question, schema: Schema, previous: Sequence[Turn], services: Services, emit: Emit, started: float
) -> AnswerFinished:
    status = services.engines.describe()
    if status.get("state") != "ready":
        await emit(StatusChanged(status))
    engine: Engine = OwnedEngine(await services.engines.engine(), question.thread)
    cells = cells_up_to(question)
    query = failing_query(question, cells) if question.mode == "fix" and schema.tables else None
    if query is not None:
        answer = await answer_with_fix(
            question, query, cells[-1], schema, engine=engine, limits=services.limits, emit=emit, started=started
        )
    elif (drawn := query_question(question, schema)) is not None:
        answer = await answer_with_chart(
            question, drawn, schema, previous, engine=engine, limits=services.limits, emit=emit, started=started
        )
    else:
        write = answer_with_sql if question.mode == "sql" else answer_in_prose
        answer = await write(
            question, schema, previous, engine=engine, limits=services.limits, emit=emit, started=started
        )
    model = services.engines.describe().get("model") or {}
    return replace(answer, model=str(model.get("label", "")), mode=question.mode)


async def build_prompt(question: Question, services: Services) -> tuple[Prompt, Engine]:
    """The prompt that `ask` would send, for the view "what the model sees". Raises what `ask` raises."""
    previous = await _previous(question, services)
    question, schema = resolve(await with_knowledge(question, services.knowledge), previous)
    engine = await services.engines.engine()
    drawn = query_question(question, schema)
    question = drawn if drawn is not None and drawn.text else question
    build = build_sql_prompt if question.mode == "sql" else build_chat_prompt
    return await build(question, schema, previous, engine=engine, limits=services.limits), engine


# Stands for the question that is still being typed: the prompt is the same up to where the question begins.
UNASKED = "?"


async def warm(question: Question, services: Services) -> bool:
    """Begin to process what the notebook's next question will begin with; returns at once.

    False when the model is not ready (typing never loads it), runs elsewhere (somebody may pay for it), there is nothing to
    process, or nothing is new. Raises BadRequest.
    """
    status = services.engines.describe()
    if status.get("state") != "ready" or status.get("remote") or services.warming.budget.wait() is None:
        return False
    texts = [text for mode in likeliest(question) if (text := await _beginning(question, mode, services))]
    if not texts:
        return False
    return services.warming.start(await services.engines.engine(), question.thread, texts)


async def _prepare_next(question: Question, services: Services) -> None:
    """Process the answer as part of the next prompt: it may have been repaired, and old turns may have been dropped."""
    with suppress(*EXPECTED):  # nobody asked for it; a question will say what is wrong
        await warm(question, services)


def likeliest(question: Question) -> tuple[Mode, ...]:
    """The modes whose prompts are worth processing ahead: the one that was chosen, else what a question turns into."""
    if question.mode in ("explain", "fix"):
        return ()  # these begin with the cell itself
    if question.mode == "plot" and question.language.lower() in PYTHON_LANGUAGES:
        return ("sql",)  # of what is drawn, the model writes the query
    if question.mode != "auto":
        return (question.mode,)
    return ("python" if works_without_sql(question.schema or Schema(), question.cells) else "sql", "chat")


async def _beginning(question: Question, mode: Mode, services: Services) -> str:
    """The prompt in `mode` up to where the question stands; empty when it would hold nothing of the notebook."""
    asked = replace(question, mode=mode, text=UNASKED)
    _, schema = resolve(asked)
    if not schema.tables and (mode == "sql" or not question.cells):
        return ""
    prompt, _ = await build_prompt(asked, services)
    return prompt.text.rsplit(f"Question: {UNASKED}" if mode == "sql" else UNASKED, 1)[0]


def resolve(question: Question, previous: Sequence[Turn] = ()) -> tuple[Question, Schema]:
    """Settle what was left open: mode, connection, and the tables that a query on that connection sees.

    `previous` are the thread's answered turns: what a bare /plot draws, and what kind of answer "only for 2023" continues.

    Raises BadRequest for a slash command without a question and for an unknown connection or table.
    """
    command, text = split_command(question.text)
    if command is not None:
        if not text and command in ("sql", "python", "chat"):
            raise BadRequest(f"/{command} needs a question.", hint=f"For example: /{command} revenue per month")
        question = replace(question, mode=command, text=text or _DEFAULT_TEXT.get(command, ""))
    schema = without_tables(question.schema or Schema(), question.exclude)
    if question.mode == "auto":
        before = previous[-1].mode if previous else None
        question = replace(question, mode=choose_mode(question.text, schema, question.language, before, question.cells))
    if not question.text:
        question = replace(question, text=plot_question(question, schema, previous))
    try:
        connection = choose_connection(
            schema,
            cells_up_to(question) if question.mode == "fix" else question.cells,  # a mended cell keeps its connection
            question.connection,
            question=" ".join((question.text, *question.tables)),
        )
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


def _asked(question: Question) -> Turn:
    """The question as it is kept before it is answered."""
    return Turn(
        question=question.text,
        markdown="",
        mode=question.mode,
        asked_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        state="cut",
        active_cell=question.active_cell,
    )


def _turn(asked: Turn, answer: AnswerFinished) -> Turn:
    return replace(
        asked,
        markdown=answer.markdown,
        model=answer.model,
        sql=next((sql for block in answer.blocks if (sql := _query_of(block)) is not None), None),
        blocks=tuple(encode(BlockJudged(_without_rows(block)))["block"] for block in answer.blocks),
        state="done",
    )


def _query_of(block: Block) -> str | None:
    """The query of a block that has a verdict: the block itself, or the one in its code."""
    if block.verdict is None or block.language.lower() not in PYTHON_LANGUAGES:
        return block.source if block.verdict is not None else None
    found = find_sql(block.source)
    return found.sql.strip() if found is not None else None


def _without_rows(block: Block) -> Block:
    """What is kept of a block: rows of the user's tables are shown and written nowhere."""
    other = replace(block.alternative, rows=None) if block.alternative is not None else None
    return replace(block, rows=None, alternative=other)


async def collect_answer(question: Question, services: Services) -> AnswerFinished:
    """The answer alone, for callers that do not stream. Raises what `ask` raises."""
    async with aclosing(ask(question, services)) as events:  # type: ignore[type-var]
        async for event in events:
            if isinstance(event, AnswerFinished):
                return event
    raise RuntimeError("the stream ended without an answer")
