"""From the first cell to the one that is shown: checked, tried on copies, mended where the trial says that it mends, asked anew.

The first cell that runs is the answer. One that fails is mended mechanically; where that does not help, fresh samples are told
what the trial showed. Of those that run, the result that comes twice is taken, else the first. Where nothing can be tried, a stub
alone is asked anew. A first cell that shows rows is checked by a query, as far as the allowance goes.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from jupyter_qwen.assistant.answers.allowance import Allowance
from jupyter_qwen.assistant.answers.blocks import code_block
from jupyter_qwen.assistant.answers.generation import code_alone
from jupyter_qwen.assistant.answers.sql_check import comparable, result_in_sql
from jupyter_qwen.assistant.events import Block, BlockJudged, CellSource, Event, Phase, RepairMade
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.assistant.trial_report import report_of
from jupyter_qwen.engine.base import Engine
from jupyter_qwen.prompt.facts import with_facts
from jupyter_qwen.prompt.model import Prompt
from jupyter_qwen.python.mends import aligned, mends_for, named_as_asked
from jupyter_qwen.python.stubs import is_stub
from jupyter_qwen.python.trial import CellTrial, FrameRows, of_the_sample, run_cell
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.model import Repair
from jupyter_qwen.trust.evidence import TokenLogprob

Emit = Callable[[Event], Awaitable[None]]

SAMPLES = 3
TEMPERATURE = 0.7
_NEW_TOKENS = 300
_MENDS = 6


@dataclass(frozen=True)
class CellCandidate:
    """One cell with what its trial gave. `trial` is ``None`` for what was not worth one: a stub, or no Python.

    `logprobs` say how likely the model's own text of it was, where the engine tells.
    """

    block: Block
    trial: CellTrial | None = None
    logprobs: tuple[TokenLogprob, ...] = ()

    @property
    def ran(self) -> bool:
        return self.trial is not None and self.trial.status == "ran"

    @property
    def broken(self) -> bool:
        """Whether it is known not to answer: it raises, does not parse, or leaves the work to the reader."""
        return self.trial is None or self.trial.status == "fails"


@dataclass(frozen=True)
class ChosenCell:
    """The cell that is shown, everything that was looked at, and whether a query gave the same (``None``: none was compared)."""

    block: Block
    chosen: CellCandidate
    candidates: tuple[CellCandidate, ...] = ()
    same_in_sql: bool | None = None


async def choose_cell(
    first: Block,
    prompt: Prompt,
    question: Question,
    schema: Schema,
    *,
    engine: Engine,
    allowance: Allowance,
    emit: Emit,
    logprobs: tuple[TokenLogprob, ...] = (),
) -> ChosenCell:
    """The best cell for `prompt`, whose greedy answer is `first` with `logprobs`, and its trial's report. Raises EngineError.

    Nothing runs but in the trial's own process. What cannot be tried is shown as it is, with the reason.
    """
    rows = copies_for(schema)
    if aligned(first.source, question.text, _variables(question))[1] and question.mode == "python":
        aligned_first = await asyncio.to_thread(_judged, first, first.source, question)
        first = replace(aligned_first, repairs=(*first.repairs, *aligned_first.repairs))
    await emit(Phase("trial"))
    best = replace(await examined(first, question, schema, rows), logprobs=logprobs)
    if not best.broken:
        return await _compared(best, prompt, question, schema, rows, engine=engine, allowance=allowance, emit=emit)
    candidates, facts = [best], [fact_of(best)]
    await emit(Phase("choice"))
    for seed in range(1, SAMPLES + 1):
        if allowance.spent or any(not item.broken for item in candidates if not item.ran):
            break
        other = await _another(with_facts(prompt, facts), first, question, schema, rows, engine, allowance, seed)
        if other is None:
            continue
        candidates.append(other)
        if candidates[-1].broken and fact_of(candidates[-1]) not in facts:
            facts.append(fact_of(candidates[-1]))
        if agreed(candidates) is not None:
            break
    chosen = agreed(candidates) or next((c for c in candidates if not c.broken), best)
    return ChosenCell(await _told(chosen, emit), chosen, tuple(candidates))


async def _compared(
    best: CellCandidate,
    prompt: Prompt,
    question: Question,
    schema: Schema,
    rows: FrameRows,
    *,
    engine: Engine,
    allowance: Allowance,
    emit: Emit,
) -> ChosenCell:
    """`best`, shown at once, and whether a query gives the same; where it does not, another cell that agrees with the query."""
    trial = best.trial
    alone = ChosenCell(await _told(best, emit), best, (best,))
    if question.mode != "python" or trial is None or not comparable(best.block.source, trial, schema):
        return alone
    await emit(BlockJudged(alone.block))
    await emit(Phase("choice"))
    digest = await result_in_sql(prompt, schema, rows, engine=engine, allowance=allowance)
    if digest is None:
        return alone
    if digest == trial.digest:
        return _agreeing(alone)
    other = await _another(prompt, best.block, question, schema, rows, engine, allowance, seed=1)
    candidates = (best, other) if other is not None else (best,)
    if other is not None and other.ran and other.trial is not None and other.trial.digest == digest:
        return _agreeing(ChosenCell(await _told(other, emit), other, candidates))
    return replace(alone, candidates=candidates, same_in_sql=False)


def _agreeing(choice: ChosenCell) -> ChosenCell:
    trial = choice.block.trial
    block = replace(choice.block, trial=replace(trial, same_in_sql=True)) if trial is not None else choice.block
    return replace(choice, block=block, same_in_sql=True)


async def _another(
    prompt: Prompt,
    first: Block,
    question: Question,
    schema: Schema,
    rows: FrameRows,
    engine: Engine,
    allowance: Allowance,
    seed: int,
) -> CellCandidate | None:
    """One more answer to `prompt` in the place of `first`, examined; ``None`` where the allowance cut it off."""
    source, logprobs = await code_alone(prompt, engine, allowance, most=_NEW_TOKENS, temperature=TEMPERATURE, seed=seed)
    if not source:
        return None
    block = await asyncio.to_thread(_judged, first, source, question)
    return replace(await examined(block, question, schema, rows), logprobs=logprobs)


def agreed(candidates: Sequence[CellCandidate]) -> CellCandidate | None:
    """The first of those that ran and gave the result that another one gave as well; ``None`` while no two agree."""
    digests = Counter(c.trial.digest for c in candidates if c.ran and c.trial is not None and c.trial.digest)
    twice = {digest for digest, times in digests.items() if times > 1}
    return next((c for c in candidates if c.trial is not None and c.ran and c.trial.digest in twice), None)


def copies_for(schema: Schema) -> FrameRows:
    """What a trial may read: the copies that came with the question."""
    return FrameRows.from_schema(schema)


async def examined(block: Block, question: Question, schema: Schema, rows: FrameRows) -> CellCandidate:
    """`block` tried; where it fails, mended by the first repair that a trial says mends. One that is cancelled tries no more."""
    if not block.source.strip() or is_stub(block.source):
        return CellCandidate(block)
    trial = await asyncio.to_thread(_try, block.source, question, rows)
    if trial.status != "fails" or trial.error is None:
        return await _named(CellCandidate(block, trial), question, rows)
    for repair in islice(mends_for(block.source, trial.error.kind, trial.error.message, schema), _MENDS):
        mended = await asyncio.to_thread(_judged, block, repair.after, question)
        again = await asyncio.to_thread(_try, mended.source, question, rows)
        if again.status == "ran":
            found = CellCandidate(replace(mended, repairs=(*block.repairs, repair, *mended.repairs)), again)
            return await _named(found, question, rows)
    return CellCandidate(block, trial)


async def _named(found: CellCandidate, question: Question, rows: FrameRows) -> CellCandidate:
    """`found` with the columns named as the question does, where another trial shows that they are."""
    result = found.trial.result if found.trial is not None and question.mode == "python" else None
    if result is None or result.shape is None or len(result.shape) != 2:
        return found
    names = tuple(name for name, _ in result.columns)[-result.shape[1] :]
    source, repairs = named_as_asked(found.block.source, question.text, result.type, names)
    if not repairs:
        return found
    again = await asyncio.to_thread(_try, source, question, rows)
    if again.status != "ran":
        return found
    block = await asyncio.to_thread(_judged, found.block, source, question)
    return replace(found, block=replace(block, repairs=(*found.block.repairs, *repairs, *block.repairs)), trial=again)


async def tried(block: Block, question: Question, schema: Schema) -> Block:
    """`block`, a cell among other text, with the report of its trial, mended where that is needed; nothing is asked anew."""
    found = await examined(block, question, schema, copies_for(schema))
    report = report_of(found.trial) if found.trial is not None else None
    return replace(found.block, trial=report)


def _judged(block: Block, source: str, question: Question) -> Block:
    """The block for another source in the place of `block`, aligned to the question where that asks for Python."""
    repairs: tuple[Repair, ...] = ()
    if question.mode == "python":
        source, repairs = aligned(source, question.text, _variables(question))
    fresh = code_block(block.language, source, question, index=block.index)
    return replace(fresh, repairs=(*repairs, *fresh.repairs))


def _variables(question: Question) -> frozenset[str]:
    tables = question.schema.tables if question.schema is not None else ()
    return frozenset(table.name for table in tables if table.kind == "dataframe")


def _try(source: str, question: Question, rows: FrameRows) -> CellTrial:
    cells = [cell.source for cell in question.cells if cell.type == "code" and cell.error is None]
    trial = run_cell(source, rows, setup=cells, thumbnail=True)
    why = of_the_sample(source, trial, rows.schema)
    return replace(trial, status="not tried", reason=why, error=None) if why else trial


def fact_of(candidate: CellCandidate) -> str:
    """What a fresh answer is to know of one that does not do."""
    if candidate.trial is None:
        return "Write all of the code: no placeholder."
    error = candidate.trial.error
    return f"It raised {error.kind}: {error.message}." if error is not None else ""


async def _told(chosen: CellCandidate, emit: Emit) -> Block:
    for repair in chosen.block.repairs:
        await emit(RepairMade(0, repair.name, repair.reason, repair.before, repair.after))
    block = chosen.block
    report = report_of(chosen.trial) if chosen.trial is not None else None
    return replace(block, trial=report, cell=CellSource(block.source) if block.cell is not None else None)
