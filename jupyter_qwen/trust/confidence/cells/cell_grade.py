"""The grade of a cell of Python, by a table that was fitted on cells (`cell_scorecard.json`)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jupyter_qwen.trust.confidence.cells.cell_features import cell_features
from jupyter_qwen.trust.confidence.features import Features
from jupyter_qwen.trust.confidence.scorecard import Grade, Scorecard, fitted
from jupyter_qwen.trust.evidence import CellEvidence

CELL_FILE: Final = Path(__file__).with_name("cell_scorecard.json")
_SURENESS: Final = ("logprob_mean", "logprob_line", "unlikely_tokens")
_AGAINST: Final = ("unmet", "warnings", "failed", "no_rows", "null_columns")


def grade_of_cell(evidence: CellEvidence, card: Scorecard | None = None, *, counted: Features | None = None) -> Grade:
    """The grade of a cell that was examined. One that raised, or that leaves its work to the reader, is *doubtful* by that alone.

    *likely* is never given where a check has found something, where it was not tried, or where nothing but the trial speaks for
    it: no other answer with the same result, and no probabilities that the table weighs.
    """
    card = card or fitted(CELL_FILE)
    counted = cell_features(evidence) if counted is None else counted
    if evidence.trial is None or counted.get("fails"):
        return "doubtful"
    probability = card.probability(counted)
    if card.doubtful is not None and probability <= card.doubtful:
        return "doubtful"
    if card.likely is not None and probability >= card.likely and not cell_spoken_against(counted, card):
        return "likely"
    return "check"


def cell_spoken_against(counted: Features, card: Scorecard) -> bool:
    """Whether something keeps a cell from *likely* whatever else speaks for it. One that won two against one is not held back."""
    return (
        any(counted.get(name, 0.0) > 0 for name in _AGAINST)
        or counted.get("in_sql") == 0
        or counted.get("disagreeing", 0.0) > counted.get("agreeing", 0.0)
        or not counted.get("tried")
        or not (counted.get("agreeing") or any(w.name in _SURENESS and w.name in counted for w in card.weights))
    )
