"""The fitted table: what each feature is worth, and from where on an answer is *likely* right or *doubtful*.

`scorecard.json` is written by `python -m benchmarks.confidence --write`, reviewed, and read here; nothing is learnt at run time.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from jupyter_qwen.trust.confidence.features import Features, features
from jupyter_qwen.trust.evidence import Evidence

Grade = Literal["likely", "check", "doubtful"]

_SURENESS = frozenset({"logprob_mean", "logprob_clause"})
FILE = Path(__file__).with_name("scorecard.json")


@dataclass(frozen=True)
class Weight:
    """One feature of the table: `weight` for each `scale` by which it differs from `usual`, which stands for a missing one."""

    name: str
    weight: float
    usual: float
    scale: float


@dataclass(frozen=True)
class Scorecard:
    """`likely` and `doubtful` are probabilities: at least, and at most. ``None``: the grade is never given."""

    weights: tuple[Weight, ...]
    intercept: float
    likely: float | None
    doubtful: float | None

    def probability(self, counted: Features) -> float:
        """How likely an answer with these features is right, 0 to 1, as the answers were that the table was fitted on."""
        score = self.intercept
        for weight in self.weights:
            score += weight.weight * (counted.get(weight.name, weight.usual) - weight.usual) / weight.scale
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Scorecard:
        """The table of a file. Raises KeyError or TypeError where it has another form."""
        return cls(tuple(Weight(**row) for row in data["weights"]), data["intercept"], data["likely"], data["doubtful"])


@lru_cache(maxsize=2)
def fitted(file: Path = FILE) -> Scorecard:
    """A table that is shipped; that of queries unless `file` says otherwise."""
    return Scorecard.from_json(json.loads(file.read_text(encoding="utf-8")))


def grade(evidence: Evidence, card: Scorecard | None = None, *, counted: Features | None = None) -> Grade | None:
    """The grade of a query that was proved; ``None`` for one that is not *bound* or does more than read.

    *likely* is never given where a check has found something, where no row came back, or where nothing but the proof speaks for
    the answer: no other answer with the same rows, and no probabilities that the table weighs.
    """
    proof = evidence.proof
    if proof.verdict != "bound" or proof.kind != "query" or proof.needs_consent:
        return None
    card = card or fitted()
    counted = features(evidence) if counted is None else counted
    probability = card.probability(counted)
    if card.doubtful is not None and probability <= card.doubtful:
        return "doubtful"
    if card.likely is not None and probability >= card.likely and not spoken_against(counted, card):
        return "likely"
    return "check"


def spoken_against(counted: Features, card: Scorecard) -> bool:
    """Whether something keeps an answer from *likely* whatever else speaks for it. `benchmarks.confidence` counts with it too."""
    return (
        any(
            counted.get(name, 0.0) > 0
            for name in ("unmet", "warnings", "rounds", "no_rows", "disagreeing", "types_hidden")
        )
        or not counted.get("tried")
        or not (counted.get("agreeing") or any(w.name in _SURENESS and w.name in counted for w in card.weights))
    )
