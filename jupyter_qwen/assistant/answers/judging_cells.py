"""From the choice of a cell to what is said about it: the numbers that a grade rests on."""

from __future__ import annotations

from jupyter_qwen.assistant.answers.python_choice import CellCandidate, ChosenCell
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.python.demands import unmet_by_cell
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.trust.confidence.cells.cell_features import cell_features
from jupyter_qwen.trust.confidence.features import Features
from jupyter_qwen.trust.evidence import CellEvidence


def features_of_cell(choice: ChosenCell, question: Question, schema: Schema) -> Features:
    """What can be counted about the chosen cell; a few milliseconds."""
    return cell_features(cell_evidence_of(choice, question, schema))


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
