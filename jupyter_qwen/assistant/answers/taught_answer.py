"""A query that is there already, verified before or offered by a receipt: it is proved against the live tables and given without
the model."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

from jupyter_qwen.assistant.answers.blocks import in_dialect, sql_block
from jupyter_qwen.assistant.answers.generation import Emit
from jupyter_qwen.assistant.answers.unseen import unseen
from jupyter_qwen.assistant.events import AnswerFinished, Block, BlockJudged, Phase
from jupyter_qwen.assistant.intent import leans_on_previous, split_command
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.knowledge.files import KnowledgeFiles
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.demands.doubts import unmet_demands
from jupyter_qwen.sql.validate import prove

VERIFIED = "somebody verified this query for this very question"
OFFERED = "a receipt offered this query in the place of one that it warned about"
VERIFIED_OTHERWISE = "somebody verified this query for “{question}”, which asks for the same in other words"


async def with_knowledge(question: Question, files: KnowledgeFiles | None) -> Question:
    """`question` with what the files of its notebook teach. A file that cannot be read teaches nothing and fails nothing."""
    if files is None:
        return question
    return replace(question, known=await asyncio.to_thread(files.read, question.thread))


async def answer_as_taught(
    asked: Question, question: Question, schema: Schema, emit: Emit, started: float
) -> AnswerFinished | None:
    """The verified query for a question asked before, in these words or in others, or None: then the model is asked as ever.

    A query that comes with the question is the answer whatever was taught, with the verdict that its proof gives.

    `asked` is the question as it came, `question` with its mode settled. A taught query comes from a file that anybody may have
    written: it counts only where it reads tables of `schema` and nothing else. A follow-up ("only for 2023") means another
    query behind every other question, so its words alone do not bring one back.
    """
    if question.offered:
        return await _answer_as_offered(question, schema, emit, started)
    command, text = split_command(asked.text)
    if question.mode != "sql" and (asked.mode != "auto" or command is not None):
        return None
    if leans_on_previous(text) or not schema.tables:
        return None
    pair = question.known.asked_before(text)
    reason = VERIFIED
    if pair is None:
        pair = await asyncio.to_thread(question.known.asked_otherwise, text)
        if pair is None or unmet_demands(text, pair.sql, schema):
            return None
        reason = VERIFIED_OTHERWISE.format(question=pair.question)
    await emit(Phase("proof"))
    proof = await asyncio.to_thread(prove, pair.sql, schema)
    if proof.verdict != "bound" or proof.kind != "query" or proof.needs_consent:
        return None
    block = await asyncio.to_thread(sql_block, proof, schema, question)
    block = replace(block, reasons=(reason,))
    if question.dialect is not None:
        block = await asyncio.to_thread(in_dialect, block, question.dialect)
    return await _shown(block, "taught", emit, started)


async def _answer_as_offered(question: Question, schema: Schema, emit: Emit, started: float) -> AnswerFinished:
    await emit(Phase("proof"))
    unread = question.schema is None
    proof = unseen(question.offered) if unread else await asyncio.to_thread(prove, question.offered, schema)
    block = replace(await asyncio.to_thread(sql_block, proof, schema, question), reasons=(OFFERED,))
    return await _shown(block, "receipt", emit, started)


async def _shown(block: Block, origin: str, emit: Emit, started: float) -> AnswerFinished:
    await emit(BlockJudged(block))
    return AnswerFinished(
        markdown=f"```sql\n{block.source}\n```",
        blocks=(block,),
        seconds=time.perf_counter() - started,
        mode="sql",
        origin=origin,
    )
