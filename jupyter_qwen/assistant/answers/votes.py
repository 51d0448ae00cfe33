"""Which of several answers is shown: each votes for what it came to, and the weights say how often such a one is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from jupyter_qwen.sql.model import Proof
from jupyter_qwen.sql.trial import Trial
from jupyter_qwen.trust.evidence import TokenLogprob

Origin = Literal["plain", "shaped", "sample", "repair", "taught"]
"""Where an answer comes from: the plain prompt, the prompt with a worked example, a sample at a temperature, a round in which the
model corrects itself, or a query that its user taught."""

Outcome = Literal["rows", "empty", "nulls", "failed", "untried", "rejected"]
"""What a candidate came to: rows on the sample rows, none, NULLs alone, an error while running, not run, does not bind."""

NO_SUCH_VALUE = frozenset({"literal-not-in-values"})
_DOUBTFUL_FINDINGS = NO_SUCH_VALUE | {
    "cross-join", "equals-itself", "two-values-at-once", "divides-by-itself", "found-in-itself",
    "given-output",
}  # fmt: skip
"""Warnings that came with a wrong answer in most cases of the pack that showed them."""


@dataclass(frozen=True)
class Strategy:
    """How far to look. Weights are votes: how often an answer of that origin is right (docs/explanation/sql.md, "Accuracy").

    `unmet_weight` is what is left of a vote for each demand of the question that the query leaves unmet.
    """

    samples: int = 4
    temperature: float = 0.8
    plain_weight: float = 1.5
    shaped_weight: float = 1.4
    weak_weight: float = 0.4
    unmet_weight: float = 0.4
    repair_rounds: int = 2
    max_new_tokens: int = 256
    trial_seconds: float = 1.0


DEFAULT_STRATEGY = Strategy()


@dataclass(frozen=True)
class Candidate:
    """One answer of the model after proof, mending and trial.

    `fingerprint` is equal for equal results; `unmet` says what the question demands and the query does not do.
    `written` is the model's own text, `trial` the trial run where there was one, and `logprobs` say how likely the text was,
    where the engine tells.
    """

    sql: str
    proof: Proof
    outcome: Outcome
    fingerprint: object
    origin: Origin
    failure: str = ""
    unmet: tuple[str, ...] = ()
    written: str = ""
    trial: Trial | None = None
    logprobs: tuple[TokenLogprob, ...] = ()

    @property
    def suspect(self) -> bool:
        """Whether a check found what came with a wrong answer in most cases."""
        return any(finding.code in _DOUBTFUL_FINDINGS for finding in self.proof.diagnostics)

    @property
    def doubtful(self) -> bool:
        """Whether another answer might well be better."""
        return bool(self.unmet) or self.suspect or self.outcome in ("empty", "nulls", "failed", "rejected")


def vote(candidates: Sequence[Candidate], strategy: Strategy = DEFAULT_STRATEGY) -> Candidate:
    """The first candidate of the group with most votes; groups are equal results. Ties go to the earlier candidate."""
    votes: dict[object, float] = {}
    leaders: dict[object, Candidate] = {}
    for candidate in candidates:
        group = _group(candidate)
        leaders.setdefault(group, candidate)
        votes[group] = votes.get(group, 0.0) + weight_of(candidate, strategy)
    return leaders[max(votes, key=lambda group: votes[group])]  # dictionaries keep order, max keeps the first


CLOSE = 0.6
"""What share of the winner's votes makes another result a second reading of the question."""


def runner_up(
    candidates: Sequence[Candidate], chosen: Candidate, strategy: Strategy = DEFAULT_STRATEGY
) -> Candidate | None:
    """The first candidate of the group that nearly won with other rows than `chosen`; None where the choice was clear."""
    if chosen.outcome != "rows":
        return None
    votes: dict[object, float] = {}
    for candidate in candidates:
        votes[_group(candidate)] = votes.get(_group(candidate), 0.0) + weight_of(candidate, strategy)
    enough = CLOSE * votes.get(_group(chosen), 0.0)
    others = [c for c in candidates if c.outcome == "rows" and c.fingerprint != chosen.fingerprint]
    best = max(others, key=lambda candidate: votes[_group(candidate)], default=None)
    return best if best is not None and votes[_group(best)] >= enough else None


def agreed(candidates: Sequence[Candidate]) -> bool:
    """Whether two answers came to the same rows, so that more of them would rarely change the choice."""
    seen: set[object] = set()
    for candidate in candidates:
        if candidate.outcome == "rows":
            if candidate.fingerprint in seen:
                return True
            seen.add(candidate.fingerprint)
    return False


def _group(candidate: Candidate) -> object:
    return (candidate.outcome, candidate.fingerprint) if candidate.fingerprint is not None else candidate.outcome


def weight_of(candidate: Candidate, strategy: Strategy) -> float:
    """The votes of one answer."""
    base = {
        "rows": 1.0, "untried": 1.0, "empty": strategy.weak_weight, "nulls": strategy.weak_weight,
        "failed": 0.05, "rejected": 0.01,
    }[candidate.outcome]  # fmt: skip
    if candidate.outcome == "rows" and candidate.suspect:
        base = strategy.weak_weight
    base *= strategy.unmet_weight ** len(candidate.unmet)
    return base * {"plain": strategy.plain_weight, "shaped": strategy.shaped_weight}.get(candidate.origin, 1.0)


def reason_for(chosen: Candidate, candidates: Sequence[Candidate]) -> str:
    if len(candidates) == 1:
        return "the first answer"
    same = sum(_group(candidate) == _group(chosen) for candidate in candidates)
    if chosen.outcome in ("rows", "empty", "nulls") and same > 1:
        return f"{same} of {len(candidates)} answers give the same result"
    return f"the most certain of {len(candidates)} answers"
