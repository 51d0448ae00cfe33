"""From the choice of a cell to what is said about it: the grade and its reasons, the first rows, the lines that decided."""

from __future__ import annotations

from dataclasses import replace

from jupyter_qwen.assistant.answers.python_choice import CellCandidate, ChosenCell
from jupyter_qwen.assistant.events import Block
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.python.demands import unmet_by_cell
from jupyter_qwen.python.trial import trial_rows
from jupyter_qwen.python.words import deciding_lines
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.trust.confidence.cells.cell_features import cell_features
from jupyter_qwen.trust.confidence.cells.cell_grade import grade_of_cell
from jupyter_qwen.trust.confidence.cells.cell_reasons import cell_reasons
from jupyter_qwen.trust.confidence.features import Features
from jupyter_qwen.trust.evidence import CellEvidence


def graded_cell(choice: ChosenCell, question: Question, schema: Schema) -> tuple[Block, Features]:
    """The block of the chosen cell with its grade, the first rows of its trial and the lines that decide them; and the features.

    A cell that asks before it runs has no grade, nor one for a kernel that nobody saw. A few milliseconds.
    """
    block = choice.block
    evidence = cell_evidence_of(choice, question, schema)
    counted = cell_features(evidence)
    given = None if block.needs_consent or question.schema is None else grade_of_cell(evidence, counted=counted)
    told = replace(
        block,
        grade=given,
        reasons=cell_reasons(evidence, given),
        rows=trial_rows(block.source, evidence.trial, schema),
        deciding_lines=deciding_lines(block.source),
    )
    return told, counted


def cell_evidence_of(choice: ChosenCell, question: Question, schema: Schema) -> CellEvidence:
    """All that the way to `choice` found out about it."""
    block, chosen = choice.block, choice.chosen
    others = [candidate for candidate in choice.candidates if candidate is not chosen]
    return CellEvidence(
        question=question.text,
        schema=schema,
        source=block.source,
        trial=chosen.trial,
        repairs=block.repairs,
        findings=block.diagnostics,
        others=tuple(_same(candidate, chosen) for candidate in others),
        failed=sum(candidate.broken for candidate in others),
        same_in_sql=choice.same_in_sql,
        unmet=unmet_by_cell(question.text, block.source, schema),
        logprobs=chosen.logprobs,
    )


def _same(candidate: CellCandidate, chosen: CellCandidate) -> bool | None:
    digests = [c.trial.digest if c.trial is not None and c.ran else None for c in (candidate, chosen)]
    return None if None in digests else digests[0] == digests[1]
