"""Fits a table of grades and says how true they are, on answers of other data: what both kinds of answers share."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from jupyter_qwen.trust.confidence.features import Features
from jupyter_qwen.trust.confidence.scorecard import Scorecard, Weight, spoken_against

#: What may have a weight, and its sign. Ten at most: there are some two hundred answers.
SIGNS = {
    "logprob_mean": +1, "logprob_clause": +1, "unlikely_tokens": -1, "agreeing": +1, "disagreeing": -1, "unmet": -1,
    "warnings": -1, "nodes": -1, "words_left": -1, "literals_not_found": -1,
}  # fmt: skip
RIDGE = 3.0
LIKELY_RIGHT, DOUBTFUL_WRONG = 0.9, 0.7
Against = Callable[[Features, Scorecard], bool]
FEWEST = 6  # answers under a threshold, below which its share says nothing


@dataclass(frozen=True)
class GradedAnswer:
    """One answer that was given and scored. `database` names the pack too."""

    id: str
    pack: str
    database: str
    right: bool
    bound: bool
    counted: Features


def fit(answers: Sequence[GradedAnswer], signs: Mapping[str, int] = SIGNS) -> tuple[tuple[Weight, ...], float]:
    """Logistic regression with a ridge and signs, by projected gradient descent; features that are worth nothing are left out."""
    names = [name for name in signs if any(name in answer.counted for answer in answers)]
    known = {name: [a.counted[name] for a in answers if name in a.counted] for name in names}
    usual = {name: float(np.mean(known[name])) for name in names}
    scale = {name: float(np.std(known[name])) or 1.0 for name in names}
    table = np.array([[(a.counted.get(n, usual[n]) - usual[n]) / scale[n] for n in names] for a in answers])
    right = np.array([float(answer.right) for answer in answers])
    directions = np.array([signs[name] for name in names])
    weights, intercept = np.zeros(len(names)), 0.0
    for _ in range(4000):
        missed = 1 / (1 + np.exp(-(table @ weights + intercept))) - right
        weights -= 0.5 * (table.T @ missed + RIDGE * weights) / len(answers)
        weights = np.where(weights * directions > 0, weights, 0.0)
        intercept -= 0.5 * float(missed.mean())
    rows = zip(names, weights, strict=True)
    found = (Weight(n, round(float(w), 3), round(usual[n], 3), round(scale[n], 3)) for n, w in rows if abs(w) > 0.01)
    return tuple(found), round(intercept, 3)


def out_of_fold(answers: Sequence[GradedAnswer], signs: Mapping[str, int] = SIGNS) -> list[float]:
    """The probability of each answer by a table fitted on the answers of all other databases."""
    found = [0.0] * len(answers)
    for database in sorted({answer.database for answer in answers}):
        card = Scorecard(*fit([a for a in answers if a.database != database], signs), None, None)
        for place, answer in enumerate(answers):
            if answer.database == database:
                found[place] = card.probability(answer.counted)
    return found


def thresholds(
    answers: Sequence[GradedAnswer], odds: Sequence[float], card: Scorecard, against: Against = spoken_against
) -> tuple[float | None, float | None]:
    """From where on answers are right, and up to where they are wrong, as often as promised; the widest that keep it."""
    graded = [(p, a) for p, a in zip(odds, answers, strict=True) if a.bound]
    likely = doubtful = None
    for limit in sorted({p for p, _ in graded}):
        above = [a.right for p, a in graded if p >= limit and not against(a.counted, card)]
        if likely is None and len(above) >= FEWEST and np.mean(above) >= LIKELY_RIGHT:
            likely = round(limit - 0.0005, 3)
        below = [not a.right for p, a in graded if p <= limit]
        if len(below) >= FEWEST and np.mean(below) >= DOUBTFUL_WRONG:
            doubtful = round(limit + 0.0005, 3)
    if likely is not None and doubtful is not None:
        doubtful = min(doubtful, round(likely - 0.001, 3))
    return likely, doubtful


def table(
    answers: Sequence[GradedAnswer], odds: Sequence[float], card: Scorecard, against: Against = spoken_against
) -> str:
    """Calibration, a line a pack: how many answers get a grade, and how many of those are right or wrong."""
    likely, doubtful = card.likely, card.doubtful
    lines = [
        "| answers | all | right | *likely* | of them right | *doubtful* | of them wrong |",
        "|---|---|---|---|---|---|---|",
    ]
    packs: dict[str, list[tuple[float, GradedAnswer]]] = defaultdict(list)
    for p, answer in zip(odds, answers, strict=True):
        packs[answer.pack].append((p, answer))
        packs["together"].append((p, answer))
    for name, rows in packs.items():
        sure = [
            a.right for p, a in rows if a.bound and likely is not None and p >= likely and not against(a.counted, card)
        ]
        low = [
            not a.right
            for p, a in rows
            if a.counted.get("fails") or (a.bound and doubtful is not None and p <= doubtful)
        ]
        right = sum(a.right for _, a in rows)
        lines.append(
            f"| {name} | {len(rows)} | {right / len(rows):.0%} | {len(sure)} ({len(sure) / len(rows):.0%}) | {_share(sure)} "
            f"| {len(low)} ({len(low) / len(rows):.0%}) | {_share(low)} |"
        )
    return "\n".join(lines)


def _share(found: Sequence[bool]) -> str:
    return f"{sum(found)} ({np.mean(found):.0%})" if found else "none"


def separation(answers: Sequence[GradedAnswer], odds: Sequence[float]) -> float:
    """How often a right answer has better odds than a wrong one (area under the ROC curve); 0.5 says nothing."""
    good = [p for p, a in zip(odds, answers, strict=True) if a.right]
    bad = [p for p, a in zip(odds, answers, strict=True) if not a.right]
    return float(np.mean([(g > b) + (g == b) / 2 for g in good for b in bad])) if good and bad else 0.5


def fitted_and_told(
    answers: Sequence[GradedAnswer], signs: Mapping[str, int], against: Against, file: Path | None, *, each: bool
) -> None:
    """Print the calibration and the table that is fitted; with `file` it is written there. `each`: what a feature says alone."""
    odds = out_of_fold(answers, signs)
    weights, intercept = fit(answers, signs)
    likely, doubtful = thresholds(answers, odds, Scorecard(weights, intercept, None, None), against)
    print(table(answers, odds, Scorecard(weights, intercept, likely, doubtful), against))
    print(f"\nA right answer has better odds than a wrong one in {separation(answers, odds):.0%} of all pairs.")
    if each:
        for name in sorted({name for answer in answers for name in answer.counted}):
            having = [answer for answer in answers if name in answer.counted]
            alone = separation(having, [answer.counted[name] for answer in having])
            print(f"{name:20} {len(having):4} {alone:.2f}")
    data = {
        "fitted": {
            "answers": len(answers), "databases": len({answer.database for answer in answers}),
            "right": sum(answer.right for answer in answers),
        },
        "likely": likely, "doubtful": doubtful, "intercept": intercept,
        "weights": [asdict(weight) for weight in weights],
    }  # fmt: skip
    text = json.dumps(data, indent=2) + "\n"
    print(text)
    if file is not None:
        file.write_text(text, encoding="utf-8")
