"""An answer in prose: chat, Python, explain, fix, plot. Every code block in it is judged when its fence closes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import cast

from jupyter_qwen.assistant.answer_limits import AnswerLimits
from jupyter_qwen.assistant.answers.allowance import Allowance
from jupyter_qwen.assistant.answers.blocks import PYTHON_LANGUAGES, SQL_LANGUAGES, code_block, sql_block
from jupyter_qwen.assistant.answers.generation import Emit, announce, stream_answer
from jupyter_qwen.assistant.answers.judging_cells import graded_cell
from jupyter_qwen.assistant.answers.plot_data import described, fetching, last_result
from jupyter_qwen.assistant.answers.python_choice import choose_cell, tried
from jupyter_qwen.assistant.answers.unseen import unseen
from jupyter_qwen.assistant.events import AnswerFinished, Block, BlockJudged, Phase
from jupyter_qwen.assistant.question import BadRequest, Question, cells_up_to
from jupyter_qwen.assistant.selection import without_cells
from jupyter_qwen.assistant.services import with_token_count
from jupyter_qwen.assistant.threads import Turn
from jupyter_qwen.engine.base import Engine
from jupyter_qwen.prompt import chat
from jupyter_qwen.prompt.answers import CodeBlock, code_blocks
from jupyter_qwen.prompt.model import Message, Prompt
from jupyter_qwen.python.trial import FrameRows, warm_ahead
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.notebook import Cell
from jupyter_qwen.sql.mend import mend
from jupyter_qwen.trust.confidence.features import Features

_TRIED = ("python", "fix", "plot", "chat")  # modes whose cells are tried
HISTORY_TURNS = 4  # at least so many, as far as they fit
HISTORY_STEP = 4
EXPECTED_CHARACTERS_PER_TOKEN = 5  # so that more cells are counted at once than the prompt holds


async def build_chat_prompt(
    question: Question, schema: Schema, previous: Sequence[Turn], *, engine: Engine, limits: AnswerLimits
) -> Prompt:
    """The prompt of a question in prose. Raises BadRequest when /explain or /fix has no cell to look at."""
    if question.mode in ("explain", "fix") and not any(cell.source.strip() for cell in question.cells):
        raise BadRequest(
            f"/{question.mode} needs a cell with code.", hint="Select the cell in the notebook and ask again."
        )
    subject = question.active_cell if question.mode in ("explain", "fix") else None
    cells = without_cells(cells_up_to(question), question.exclude, subject=subject)
    data = fetching(question, schema, previous)
    budget = min(limits.chat_prompt_tokens, engine.context_tokens - limits.chat_answer_tokens)
    return await with_token_count(
        engine,
        lambda count: chat.build(
            f"{question.text}\n{described(last_result(previous) or '')}" if data else question.text,
            schema,
            cells,
            mode=cast("chat.Mode", question.mode),
            count=count,
            budget_tokens=budget,
            language=question.language,
            history=[
                message
                for turn in previous[_first_told(len(previous)) :]
                for message in (Message("user", turn.question), Message("assistant", turn.markdown))
            ],
            attachments=question.include,
            data=data,
        ),
        expected=[question.text, *_nearest_sources(cells, budget * EXPECTED_CHARACTERS_PER_TOKEN)],
    )


def _first_told(turns: int) -> int:
    """Where the history begins: it moves by four turns at once, so that mostly nothing but the end of the prompt is new."""
    return max(0, (turns - HISTORY_TURNS) // HISTORY_STEP * HISTORY_STEP)


def _nearest_sources(cells: Sequence[Cell], room: int) -> list[str]:
    """What the prompt is going to look at of the cells, the last first, so that it is counted in one request."""
    sources: list[str] = []
    for cell in reversed(cells):
        room -= len(cell.source)
        if room < 0:
            break
        sources.append(cell.source)
    return sources


async def answer_in_prose(
    question: Question,
    schema: Schema,
    previous: Sequence[Turn],
    *,
    engine: Engine,
    limits: AnswerLimits,
    emit: Emit,
    started: float,
) -> AnswerFinished:
    """Stream Markdown, then judge its code blocks; SQL in it is proved and mended like any other."""
    await emit(Phase("linking"))
    prompt = await build_chat_prompt(question, schema, previous, engine=engine, limits=limits)
    await announce(prompt, engine, emit, schema.notes)
    if question.mode in ("python", "plot"):  # its trial then finds the libraries loaded
        warm_ahead(FrameRows.from_schema(schema), [cell.source for cell in question.cells if cell.type == "code"])
    new_tokens = min(limits.chat_answer_tokens, question.max_new_tokens or limits.chat_answer_tokens)
    generated = await stream_answer(prompt, engine, emit, max_new_tokens=new_tokens, logprobs=question.mode == "python")
    found = code_blocks(generated.text)
    if found:
        await emit(Phase("proof"))
    blocks: list[Block] = []
    counted: Features = {}
    for index, item in enumerate(found):
        block = await asyncio.to_thread(_judge, index, item, schema, question)
        if block.language in PYTHON_LANGUAGES and block.cell is not None and question.mode in _TRIED:
            if index == 0 and question.mode in ("python", "fix", "plot"):
                choice = await choose_cell(
                    block,
                    prompt,
                    question,
                    schema,
                    engine=engine,
                    allowance=Allowance(limits.choice_seconds),
                    emit=emit,
                    logprobs=generated.logprobs_between(item.start, item.end),
                )
                block = choice.block
                if question.mode == "python":
                    block, counted = await asyncio.to_thread(graded_cell, choice, question, schema)
            elif question.schema is not None:
                block = await tried(block, question, schema)
        await emit(BlockJudged(block))
        blocks.append(block)
    return AnswerFinished(
        markdown=still_fails(question, blocks) + _with_judged_sources(generated.text, found, blocks),
        blocks=tuple(blocks),
        usage=generated.usage,
        seconds=time.perf_counter() - started,
        ttft_seconds=generated.first_token_at - started if generated.first_token_at is not None else None,
        features=counted,
    )


def still_fails(question: Question, blocks: Sequence[Block]) -> str:
    """For /fix: that the repair was tried and raises, with its own words; empty where it ran or was not tried."""
    trial = blocks[0].trial if blocks and question.mode == "fix" else None
    if trial is None or trial.error is None:
        return ""
    said = f"{trial.error.kind}: {trial.error.message}".replace("`", "'")
    return f"Tried on copies of your data, this repair still fails: `{' '.join(said.split())}`\n\n"


def _judge(index: int, item: CodeBlock, schema: Schema, question: Question) -> Block:
    if item.language in SQL_LANGUAGES:
        proof = unseen(item.source) if question.schema is None else mend(item.source, schema)
        return sql_block(proof, schema, question, index=index)
    return code_block(item.language, item.source.rstrip("\n"), question, index=index)


def _with_judged_sources(markdown: str, found: Sequence[CodeBlock], blocks: Sequence[Block]) -> str:
    """The Markdown with every block as it was judged, and with a fence closed that the token limit left open."""
    pieces, position = [], 0
    for item, block in zip(found, blocks, strict=True):
        pieces += [markdown[position : item.start], f"```{block.language}\n{block.source}\n```"]
        position = item.end
    return "".join([*pieces, markdown[position:]]).strip()
