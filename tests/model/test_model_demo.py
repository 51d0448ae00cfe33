"""The demo's questions with the real model: most are right, and the README's own one is.

How many are right of all sixty stands in docs/explanation/sql.md: 54 on 2026-11-21.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from demo_questions import DemoKernel, Outcome, ask_demo, cases, right

from jupyter_qwen.demo.demo_folder import RIDES_NOTEBOOK, SHOP_NOTEBOOK, build_demo
from jupyter_qwen.models.store import ModelStore

EVERY = 6  # all sixty take as long as all other tests of the model; `python tests/model/demo_questions.py` asks them


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    if ModelStore().path() is None:
        pytest.skip("the default model is not here: jupyter qwen model pull")
    return asyncio.run(ask_demo(cases()[::EVERY], tmp_path_factory.mktemp("asked") / "demo"))


@pytest.mark.model
def test_the_own_question_of_the_readme_is_answered_rightly(outcomes: list[Outcome]) -> None:
    assert outcomes[0].is_right


@pytest.mark.model
def test_most_questions_about_the_demo_are_answered_rightly(outcomes: list[Outcome]) -> None:
    wrong = [outcome for outcome in outcomes if not outcome.is_right]
    assert len(wrong) <= 2 * len(outcomes) // 10, wrong


def test_the_gold_runs_and_the_judge_tells_right_from_wrong(tmp_path: Path) -> None:
    build_demo(tmp_path / "demo")
    kernels = {name: DemoKernel(tmp_path / "demo" / name) for name in (SHOP_NOTEBOOK, RIDES_NOTEBOOK)}
    found = cases()
    assert len({case.id for case in found}) == 60
    for case in found:
        rows = [kernels[case.notebook].rows(gold) for gold in case.gold]
        assert all(rows), case.id
        wider = [("x", *row, 1) for row in reversed(rows[0])]
        assert right(wider, rows[0]), case.id
        assert not right(rows[0][1:], rows[0]), case.id
        assert not right([(*row[:-1], "another") for row in rows[0]], rows[0]), case.id


def test_no_question_is_taught_beforehand(tmp_path: Path) -> None:
    build_demo(tmp_path / "demo")
    taught = (tmp_path / "demo" / "qwen.md").read_text(encoding="utf-8").casefold()
    assert [case.question for case in cases() if case.question.casefold() in taught] == []
    proposed = [
        question
        for name in (SHOP_NOTEBOOK, RIDES_NOTEBOOK)
        for question in json.loads((tmp_path / "demo" / name).read_text())["metadata"]["jupyter_qwen"]["questions"]
    ]
    assert cases()[0].question in proposed
