"""/plot on tables: the model writes the query, rules draw what it gives, and both make one cell.

The rules look at the columns of the query's trial (`python/chart`). What no rule draws, a sine wave, a heat map, a notebook in
another language, stays with the model (`chat_answer`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace

from jupyter_qwen.assistant.answer_limits import AnswerLimits
from jupyter_qwen.assistant.answers.blocks import PYTHON_LANGUAGES, sql_block
from jupyter_qwen.assistant.answers.generation import Emit
from jupyter_qwen.assistant.answers.plot_data import PLOT_LAST, fetch_code, last_result
from jupyter_qwen.assistant.answers.python_choice import copies_for
from jupyter_qwen.assistant.answers.sql_answer import answer_with_sql
from jupyter_qwen.assistant.events import AnswerFinished, Block, BlockJudged, CellSource, Event, Phase
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.assistant.threads import Turn
from jupyter_qwen.assistant.trial_report import TrialReport, report_of
from jupyter_qwen.engine.base import Engine
from jupyter_qwen.python.chart.chart_cell import chart_cell, drawing_library, free_name
from jupyter_qwen.python.chart.chart_choice import Chart, in_words, plan_chart
from jupyter_qwen.python.chart.roles import ResultColumn
from jupyter_qwen.python.chart.wanted import Wanted, is_of_a_function, read_request
from jupyter_qwen.python.trial import run_cell
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.words import content_stems, identifier_stems
from jupyter_qwen.sql.mend import mend
from jupyter_qwen.sql.trial import Trial
from jupyter_qwen.sql.trial import run as run_trial

#: What is left of "plot it", "as a pie", "draw the last result".
_LAST = frozenset(
    ("", "it", "this", "that", "these", "those", "them", "last result", "the last result", "result", "the result")
)
NOTHING_TO_DRAW = "The result has no column that a chart could show; this is the query."


def query_question(question: Question, schema: Schema) -> Question | None:
    """The question whose rows rules can draw, without the words for drawing; ``None`` where the model has to draw.

    Its text is empty when the last result is wanted.
    """
    if question.mode != "plot" or question.schema is None or not schema.tables:
        return None
    request = read_request(question.text)
    if (
        question.language.lower() not in PYTHON_LANGUAGES
        or request.beyond
        or not fetch_code("SELECT 1", question, schema)
    ):
        return None
    if is_of_a_function(question.text) and not _names_data(request, schema):
        return None
    subject = "" if request.subject.casefold() in _LAST else request.subject
    return replace(question, mode="sql", text=subject)


def _names_data(request: Wanted, schema: Schema) -> bool:
    asked = set(content_stems(request.subject))
    return any(
        asked & set(identifier_stems(name))
        for table in schema.tables
        for name in (table.name, *(column.name for column in table.columns))
    )


async def answer_with_chart(
    question: Question,
    query: Question,
    schema: Schema,
    previous: Sequence[Turn],
    *,
    engine: Engine,
    limits: AnswerLimits,
    emit: Emit,
    started: float,
) -> AnswerFinished:
    """One cell that fetches the rows of `query` and draws them. The last result is drawn without the model.

    Where DuckDB rejects the query, or nothing in its result can be drawn, the answer is the query alone.
    """
    last = last_result(previous)
    if not query.text and last is not None:
        await emit(Phase("proof"))
        proof = await asyncio.to_thread(mend, last, schema)
        block = await asyncio.to_thread(sql_block, proof, schema, question)
        answer = AnswerFinished("", (block,), seconds=time.perf_counter() - started)
        subject = _subject_of(previous)
    else:

        async def tell(event: Event) -> None:
            if not isinstance(event, BlockJudged):  # the query is a part of the cell, and no block of its own
                await emit(event)

        query = query if query.text else replace(query, text=question.text)
        answer = await answer_with_sql(
            query, schema, previous, engine=engine, limits=limits, emit=tell, started=started
        )
        subject = query.text
    if not answer.blocks:
        return answer
    block = answer.blocks[0]
    await emit(Phase("trial"))
    without_chart = "" if block.verdict == "rejected" else f"{NOTHING_TO_DRAW}\n\n"
    found = await asyncio.to_thread(_drawn, block, subject, question, schema)
    drawn, note = found if found is not None else (block, without_chart)
    await emit(BlockJudged(drawn))
    return replace(
        answer,
        markdown=f"{note}```{drawn.language}\n{drawn.source}\n```",
        blocks=(drawn,),
        seconds=time.perf_counter() - started,
    )


def _drawn(block: Block, subject: str, question: Question, schema: Schema) -> tuple[Block, str] | None:
    """The block of the cell that draws, with what there is to say about the chart; ``None`` when nothing can be drawn."""
    if block.verdict != "bound" or block.kind != "query":
        return None
    chart = chart_of(block.source, subject, question, schema)
    if chart is None:
        return None
    data = free_name("data", _taken(question, schema))
    source = chart_cell(
        fetch_code(block.source, question, schema, variable=data), data, chart, drawing_library(question.cells)
    )
    # Their places are those of the query, which now stands further down.
    told = tuple(replace(d, line=None, column=None, start=None, end=None) for d in block.diagnostics)
    drawn = replace(
        block, language="python", source=source, diagnostics=told, cell=CellSource(source),
        trial=_tried(source, chart, question, schema),
    )  # fmt: skip
    return drawn, f"{chart.note}\n\n" if chart.note else ""


def _tried(source: str, chart: Chart, question: Question, schema: Schema) -> TrialReport | None:
    """What the cell does on copies, with a small picture; ``None`` where the kernel's Python is not known."""
    rows = copies_for(question.schema or schema)
    if rows.python is None:
        return None
    cells = [cell.source for cell in question.cells if cell.type == "code" and cell.error is None]
    trial = run_cell(source, rows, setup=cells, thumbnail=True)
    report = report_of(trial)
    figure = replace(report.figure, alt=in_words(chart)) if report.figure is not None else None
    return replace(report, figure=figure)


def chart_of(sql: str, subject: str, question: Question, schema: Schema) -> Chart | None:
    """The chart of what `sql` gives on the sample rows of `schema`; without rows, of its columns alone. Blocking."""
    columns, complete = _columns(sql, schema)
    return plan_chart(columns, subject, wanted=read_request(question.text).kind, complete=complete)


def _columns(sql: str, schema: Schema) -> tuple[list[ResultColumn], bool]:
    described = run_trial(f"DESCRIBE {sql}", schema)
    if described.status != "ok":
        return [], False
    trial = run_trial(sql, schema) if schema.privacy == "samples" else Trial("refused")
    ran = trial.status == "ok" and len(trial.columns) == len(described.rows)
    return [
        ResultColumn(str(row[0]), str(row[1]), tuple(found[number] for found in trial.rows) if ran else ())
        for number, row in enumerate(described.rows)
    ], ran and trial.complete and not trial.truncated


def _taken(question: Question, schema: Schema) -> set[str]:
    """Names that the notebook uses: the cell takes none of them away."""
    names = {table.name for table in schema.tables} | {connection.name for connection in schema.connections}
    if question.schema is not None:
        names |= {table.name for table in question.schema.tables}
    return names


def _subject_of(previous: Sequence[Turn]) -> str:
    """What the last result is about: the last question that says it."""
    for turn in reversed(previous):
        subject = read_request(turn.question).subject
        if turn.question != PLOT_LAST and subject.casefold() not in _LAST:
            return subject
    return ""
