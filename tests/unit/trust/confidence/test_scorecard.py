"""Grades: when each is given, when it never is, and that the shipped table can be trusted to be monotone."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from benchmarks.confidence.fitting import SIGNS, GradedAnswer, fit, out_of_fold, thresholds
from jupyter_qwen.schema.model import Column, Schema, Table
from jupyter_qwen.sql.model import Diagnostic
from jupyter_qwen.sql.trial import Trial
from jupyter_qwen.sql.validate import prove
from jupyter_qwen.trust.confidence.reasons import reasons
from jupyter_qwen.trust.confidence.scorecard import FILE, Scorecard, Weight, fitted, grade
from jupyter_qwen.trust.evidence import Evidence, OtherAnswer, TokenLogprob

TABLE = Table(
    ("country",), "table", (Column("id", "INTEGER"), Column("name", "VARCHAR", values=("Germany",), values_complete=True)),
    connection="con",
)  # fmt: skip
SCHEMA = Schema((TABLE,))
ROWS = Trial("ok", ("id",), ((1,), (2,)), 2, complete=True)
SURE = (TokenLogprob("SELECT id", -0.01), TokenLogprob(" FROM country", -0.02))
CARD = Scorecard((Weight("logprob_mean", 2.0, -0.2, 0.1),), 0.0, 0.8, 0.2)


def evidence(sql: str = "SELECT id FROM country", **more: object) -> Evidence:
    known: dict[str, object] = {"trial": ROWS, "logprobs": SURE, **more}
    return Evidence("ids of countries", SCHEMA, prove(sql, SCHEMA), **known)  # type: ignore[arg-type]


def test_sure_answer_is_likely_and_an_unsure_one_is_doubtful() -> None:
    assert grade(evidence(), CARD) == "likely"
    assert grade(evidence(logprobs=(TokenLogprob("SELECT", -0.2),)), CARD) == "check"
    assert grade(evidence(logprobs=(TokenLogprob("SELECT", -0.6),)), CARD) == "doubtful"


@pytest.mark.parametrize("sql", ["SELECT nothing FROM country", "DELETE FROM country", "SELECT * FROM 'file.csv'"])
def test_what_is_not_a_bound_read_has_no_grade(sql: str) -> None:
    assert grade(evidence(sql), CARD) is None
    assert reasons(evidence(sql), None) == ()


@pytest.mark.parametrize(
    "against",
    [
        {"unmet": ("no row for each month",)},
        {"trial": None},
        {"trial": replace(ROWS, rows=(), row_count=0)},
        {"logprobs": ()},
        {"others": (OtherAnswer("shaped", "SELECT name FROM country", False),)},
    ],
)
def test_nothing_is_likely_that_something_speaks_against(against: dict[str, object]) -> None:
    card = replace(CARD, likely=0.0)
    assert grade(evidence(), card) == "likely"
    assert grade(evidence(**against), card) != "likely"


def test_value_that_no_row_has_keeps_from_likely_and_is_named() -> None:
    query = evidence("SELECT id FROM country WHERE name = 'Gremany'")
    assert grade(query, replace(CARD, likely=0.0)) == "check"
    assert any("Gremany" in reason for reason in reasons(query, "check"))


def test_table_without_thresholds_gives_neither_extreme() -> None:
    assert grade(evidence(), replace(CARD, likely=None, doubtful=None)) == "check"


def test_agreement_is_said_in_words() -> None:
    same = (OtherAnswer("shaped", "SELECT c.id FROM country c", True),)
    assert reasons(evidence(others=same), "likely")[0] == "two different queries gave the same rows"
    other = (OtherAnswer("shaped", "SELECT name FROM country", False),)
    assert reasons(evidence(others=other), "check")[0] == "another query of the model gave other rows"


def test_clause_that_the_model_was_least_sure_of_is_quoted() -> None:
    written = (TokenLogprob("SELECT id", -0.1), TokenLogprob(" FROM country", -0.1), TokenLogprob(" LIMIT 1", -2.5))
    assert "the model was least sure of `LIMIT 1`" in reasons(evidence(logprobs=written), "doubtful")


def test_at_most_four_reasons_are_given() -> None:
    found = evidence(unmet=tuple(f"demand {number}" for number in range(9)))
    assert len(reasons(found, "doubtful")) == 4


def test_shipped_table_has_few_weights_of_the_right_sign_and_ordered_thresholds() -> None:
    card = fitted()
    assert len(card.weights) <= 10
    assert all(weight.weight * SIGNS[weight.name] > 0 and weight.scale > 0 for weight in card.weights)
    if card.likely is not None and card.doubtful is not None:
        assert 0 < card.doubtful < card.likely < 1
    assert set(json.loads(FILE.read_text(encoding="utf-8"))["fitted"]) == {"answers", "databases", "right"}


def made_answers() -> list[GradedAnswer]:
    """Eight databases; the model is sure where it is right, nine times of ten."""
    found = []
    for number in range(160):
        right = number % 2 == 0
        sure = right if number % 20 >= 2 else not right
        counted = {"logprob_mean": -0.05 if sure else -0.5, "tried": 1.0, "nodes": float(number % 7)}
        found.append(GradedAnswer(str(number), "made", f"db{number % 8}", right, True, counted))
    return found


def test_fit_finds_the_feature_that_says_something_and_keeps_its_promise_out_of_fold() -> None:
    answers = made_answers()
    weights, _ = fit(answers)
    assert max(weights, key=lambda weight: abs(weight.weight)).name == "logprob_mean"
    odds = out_of_fold(answers)
    likely, doubtful = thresholds(answers, odds, Scorecard(weights, 0.0, None, None))
    assert likely is not None
    above = [answer.right for p, answer in zip(odds, answers, strict=True) if p >= likely]
    assert sum(above) / len(above) >= 0.9
    assert doubtful is not None
    below = [answer.right for p, answer in zip(odds, answers, strict=True) if p <= doubtful]
    assert sum(below) / len(below) <= 0.3


def test_weights_of_the_wrong_sign_are_left_out() -> None:
    turned = [replace(answer, right=not answer.right) for answer in made_answers()]
    assert "logprob_mean" not in {weight.name for weight in fit(turned)[0]}


def test_findings_of_every_severity_but_warnings_are_no_reason() -> None:
    query = evidence()
    told = replace(query, proof=replace(query.proof, diagnostics=(Diagnostic("types-hidden", "info", "Only names."),)))
    assert not any("names" in reason.lower() for reason in reasons(told, "check"))
