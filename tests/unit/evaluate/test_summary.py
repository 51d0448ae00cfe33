from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_qwen.evaluate.predictions import PackError, percentile, read_lines
from jupyter_qwen.evaluate.summary import compare, summary_table


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([], 0.5, 0.0),
        ([3.0], 0.95, 3.0),
        ([1.0, 2.0, 3.0, 4.0], 0.5, 2.0),
        (list(map(float, range(1, 101))), 0.95, 95.0),
    ],
)
def test_percentiles_are_nearest_rank(values: list[float], share: float, expected: float) -> None:
    assert percentile(values, share) == expected


def test_the_table_shows_verdicts_times_and_tokens() -> None:
    common = {"ttft_seconds": 0.5, "new_tokens": 10}
    items = [
        {"id": "a", "verdict": "bound", "repairs": ["x"], "seconds": 1.0, "prompt_tokens": 100, **common},
        {"id": "b", "verdict": "rejected", "repairs": [], "seconds": 3.0, "prompt_tokens": 200, **common},
    ]

    table = summary_table([("ours.jsonl", items)])

    assert "| bound                 | 50.0 %" in table
    assert "| repaired              | 50.0 %" in table
    assert "1.00 / 3.00" in table
    assert "150" in table


def test_two_runs_stand_side_by_side_with_what_changed(tmp_path: Path) -> None:
    old, new = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    old.write_text("".join(json.dumps({"id": i, "sql": "SELECT 1"}) + "\n" for i in "ab"))
    new.write_text(
        json.dumps({"id": "a", "sql": "SELECT  1"}) + "\n" + json.dumps({"id": "b", "sql": "SELECT 2"}) + "\n"
    )

    text = compare([old, new])

    assert "| old.jsonl" in text
    assert "| new.jsonl" in text
    assert "1 of 2 answers differ" in text
    assert "SELECT 2" in text


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"id": "a"}\nnonsense\n{"id": "b"}\n')

    with pytest.raises(PackError, match="line 2"):
        read_lines(path)
