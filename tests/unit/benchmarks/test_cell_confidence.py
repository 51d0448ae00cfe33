"""Answers of cells for the fit of their grades: which data they are about, and what a scorer says of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.confidence.fitting import GradedAnswer, fit
from benchmarks.confidence.of_cells import CELL_SIGNS, data_set, read
from jupyter_qwen.trust.confidence.cells.cell_grade import CELL_FILE
from jupyter_qwen.trust.confidence.scorecard import fitted

SCORER = """
import json, sys
given = {json.loads(line)["id"]: json.loads(line)["code"] for line in open(sys.argv[2])}
wanted = sys.argv[sys.argv.index("--only") + 1].split(",")
with open(sys.argv[sys.argv.index("--details") + 1], "w") as file:
    for case in wanted:
        file.write(json.dumps({"id": case, "outcome": "pass" if given[case] == "right" else "wrong"}) + "\\n")
"""


@pytest.mark.parametrize(
    ("case", "name"),
    [
        ("dse-top-spotify-songs-2023-04", "dse-top-spotify-songs"),
        ("dab-058", "dab"),
        ("plot-d06", "plot"),
        ("dse-automobile-10", "dse-automobile"),
    ],
)
def test_cases_of_one_data_set_are_told_by_their_ids(case: str, name: str) -> None:
    assert data_set(case) == name


def test_answers_without_features_are_left_out_and_the_others_scored(tmp_path: Path) -> None:
    rows = [
        {"id": "a-1", "code": "right", "verdict": "ran", "features": {"tried": 1.0}},
        {"id": "a-2", "code": "other", "verdict": "fails", "features": {"tried": 1.0, "fails": 1.0}},
        {"id": "b-1", "code": "right", "verdict": "ran"},
    ]
    (tmp_path / "answers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "scorer.py").write_text(SCORER)
    found = read(tmp_path, tmp_path / "answers.jsonl", tmp_path / "scorer.py")
    assert [(item.id, item.right) for item in found] == [("a-1", True), ("a-2", False)]
    assert {item.database for item in found} == {f"{tmp_path.name}/a"}


def test_shipped_weights_have_the_sign_that_more_doubt_never_makes_a_better_grade() -> None:
    assert all(weight.weight * CELL_SIGNS[weight.name] > 0 for weight in fitted(CELL_FILE).weights)
    turned = [GradedAnswer(str(n), "p", f"d{n % 4}", n % 2 == 1, True, {"unlikely_tokens": n % 2}) for n in range(40)]
    assert fit(turned, CELL_SIGNS)[0] == ()
