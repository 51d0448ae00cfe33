"""From a choice to what its grade rests on: the candidates as plain evidence for `trust`."""

from __future__ import annotations

from jupyter_qwen.assistant.answers.choose import ChosenQuery
from jupyter_qwen.assistant.answers.votes import Candidate
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.trust.evidence import Evidence, OtherAnswer


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
