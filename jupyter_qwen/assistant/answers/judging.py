"""From a choice to what is said about it: the grade and its reasons, and the reading that nearly won."""

from __future__ import annotations

from dataclasses import replace

from jupyter_qwen.assistant.answers.blocks import sql_block
from jupyter_qwen.assistant.answers.choose import ChosenQuery
from jupyter_qwen.assistant.answers.votes import Candidate, runner_up
from jupyter_qwen.assistant.events import Alternative, Block
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.trust.confidence.features import Features, features
from jupyter_qwen.trust.confidence.reasons import reasons
from jupyter_qwen.trust.confidence.scorecard import grade
from jupyter_qwen.trust.evidence import Evidence, OtherAnswer
from jupyter_qwen.trust.readings import difference


def graded(choice: ChosenQuery, question: Question, schema: Schema, *, taken: str = "") -> tuple[Block, Features]:
    """The block of the chosen query with its grade and a second reading, and the features that the grade rests on. Blocking.

    `taken` is the reading that the user took when this was asked before: where it is the second one again, it comes first.
    """
    first = choice.chosen
    nearly = runner_up(choice.candidates, first) if first is not None else None
    other = nearly
    if nearly is not None and nearly.sql == taken:
        other = first
        choice = replace(choice, sql=nearly.sql, proof=nearly.proof, origin=nearly.origin, chosen=nearly)
    evidence = evidence_of(choice, question.text, schema)
    counted = features(evidence)
    given = grade(evidence, counted=counted)
    block = sql_block(choice.proof, schema, question, choice.trial)
    block = replace(block, grade=given, reasons=reasons(evidence, given))
    if other is None or given is None:
        return block, counted
    beside = sql_block(other.proof, schema, question, other.trial)
    does, instead = difference(choice.sql, other.sql)
    alternative = Alternative(beside.source, does, instead, beside.words, beside.rows, beside.cell)
    return replace(block, alternative=alternative), counted


def evidence_of(choice: ChosenQuery, question: str, schema: Schema) -> Evidence:
    """All that the way to `choice` found out about it."""
    chosen = choice.chosen
    others = [candidate for candidate in choice.candidates if chosen is None or not _is(candidate, chosen)]
    return Evidence(
        question=question,
        schema=schema,
        proof=choice.proof,
        trial=chosen.trial if chosen is not None else None,
        origin=choice.origin,
        unmet=chosen.unmet if chosen is not None else (),
        logprobs=chosen.logprobs if chosen is not None else (),
        others=tuple(_other(candidate, chosen) for candidate in others),
    )


def _is(candidate: Candidate, chosen: Candidate) -> bool:
    """Whether it is the chosen one itself: a round of repair gives it a longer chain, and nothing else changes."""
    return candidate is chosen or (candidate.origin == chosen.origin == "repair" and candidate.sql == chosen.sql)


def _other(candidate: Candidate, chosen: Candidate | None) -> OtherAnswer:
    ran = chosen is not None and all(c.trial is not None and c.trial.status == "ok" for c in (candidate, chosen))
    same = chosen is not None and candidate.fingerprint == chosen.fingerprint if ran else None
    return OtherAnswer(candidate.origin, candidate.sql, same, candidate.proof.verdict, candidate.trial)
