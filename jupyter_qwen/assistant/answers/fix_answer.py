"""A failing SQL cell: a proved fix and the reason in a sentence. Mechanical repair first, since it is certain and free."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace

from jupyter_qwen.assistant.answer_limits import AnswerLimits
from jupyter_qwen.assistant.answers.allowance import Allowance
from jupyter_qwen.assistant.answers.blocks import sql_block
from jupyter_qwen.assistant.answers.choose import choose
from jupyter_qwen.assistant.answers.generation import Emit, announce, stream_answer
from jupyter_qwen.assistant.events import AnswerFinished, Block, BlockJudged, CellSource, Phase, RepairMade
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.assistant.services import with_token_count
from jupyter_qwen.engine.base import Engine, Usage
from jupyter_qwen.prompt import repair, text_to_sql
from jupyter_qwen.prompt.answers import first_statement
from jupyter_qwen.prompt.budget import Count
from jupyter_qwen.prompt.model import Prompt
from jupyter_qwen.python.cell_sql import CellSql, find_sql
from jupyter_qwen.python.embedded_sql import prove_inside
from jupyter_qwen.python.query_alone import is_query_alone
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.notebook import Cell
from jupyter_qwen.sql.mend import mend
from jupyter_qwen.sql.model import Diagnostic, Proof

_OTHER_CODE = Diagnostic(
    "other-code",
    "warning",
    "The cell holds more than this query: only its SQL was proved.",
    "Read the rest before you run it.",
)


def failing_query(question: Question, cells: Sequence[Cell]) -> CellSql | None:
    """The query of the cell that /fix is about, or ``None`` when that cell holds no SQL."""
    return find_sql(cells[-1].source, question.language) if cells and cells[-1].type == "code" else None


async def answer_with_fix(
    question: Question,
    query: CellSql,
    cell: Cell,
    schema: Schema,
    *,
    engine: Engine,
    limits: AnswerLimits,
    emit: Emit,
    started: float,
) -> AnswerFinished:
    """Mend the query; when rules alone do not bind it, or it bound all along and failed on rows, let the model rewrite it."""
    await emit(Phase("repair"))
    mended = await asyncio.to_thread(mend, query.sql, schema)
    usage, ttft = Usage(), None
    if mended.verdict == "rejected" or not mended.repairs:
        proof, usage, ttft, reason = await _rewritten(
            question, query, cell, mended, schema, engine=engine, limits=limits, emit=emit, started=started
        )
    else:
        proof, reason = mended, _sentence(mended)
        for change in mended.repairs:
            await emit(RepairMade(0, change.name, change.reason, change.before, change.after))
    block = await asyncio.to_thread(_block, proof, query, cell, schema, question)
    await emit(BlockJudged(block))
    return AnswerFinished(
        markdown=f"{reason}\n\n```{block.language}\n{block.source}\n```",
        blocks=(block,),
        usage=usage,
        seconds=time.perf_counter() - started,
        ttft_seconds=ttft,
    )


async def _rewritten(
    question: Question,
    query: CellSql,
    cell: Cell,
    mended: Proof,
    schema: Schema,
    *,
    engine: Engine,
    limits: AnswerLimits,
    emit: Emit,
    started: float,
) -> tuple[Proof, Usage, float | None, str]:
    error = next((item for item in mended.diagnostics if item.severity == "error"), None)
    words = cell.error.message if cell.error is not None else error.message if error is not None else question.text
    candidates = error.candidates if error is not None else ()

    def build(count: Count) -> Prompt:
        budget = min(limits.sql_prompt_tokens, engine.context_tokens - limits.sql_answer_tokens)
        original = text_to_sql.build(
            "Correct the query.", schema, count=count, budget_tokens=budget, attachments=question.include
        )
        return repair.build(original, query.sql, words, candidates)

    prompt = await with_token_count(engine, build)
    await announce(prompt, engine, emit, schema.notes)
    generated = await stream_answer(prompt, engine, emit, max_new_tokens=limits.sql_answer_tokens)
    ttft = generated.first_token_at - started if generated.first_token_at is not None else None
    first = first_statement(generated.text) or query.sql
    choice = await choose(
        prompt, first, engine=engine, schema=schema, allowance=Allowance(limits.choice_seconds), on_event=emit
    )
    return choice.proof, generated.usage, ttft, f"DuckDB says: {words.strip().splitlines()[0]}"


def _sentence(proof: Proof) -> str:
    reasons = "; ".join(change.reason.rstrip(".") for change in proof.repairs)
    return f"{reasons[:1].upper()}{reasons[1:]}."


def _block(proof: Proof, query: CellSql, cell: Cell, schema: Schema, question: Question) -> Block:
    """The block whose cell is the failing cell with the query replaced, everything around it kept.

    The proof speaks for the cell when the query is all that it runs. Else the block shows the whole cell, bears no *bound*,
    and asks before it runs, whatever its queries are.
    """
    source = query.replaced(cell.source, proof.sql)
    block = replace(sql_block(proof, schema, question), cell=CellSource(source))
    now = find_sql(source, question.language)
    connections, tables = [item.name for item in schema.connections], [table.name for table in schema.tables]
    if now is not None and is_query_alone(source, now, question.language, connections, tables):
        return block
    inside = prove_inside(source, question.schema or schema, question.cells)
    verdict = "rejected" if proof.verdict == "rejected" else inside.verdict
    return replace(
        block,
        language=question.language.lower(),
        source=inside.source,
        verdict="unchecked" if verdict is None and proof.verdict == "unchecked" else verdict,
        kind="other" if inside.needs_consent else proof.kind,
        needs_consent=True,
        diagnostics=(_OTHER_CODE, *proof.diagnostics, *inside.diagnostics),
        repairs=(*proof.repairs, *inside.repairs),
        cell=CellSource(inside.source),
        words=None,  # these and the rows are the query's alone
        rows=None,
    )
