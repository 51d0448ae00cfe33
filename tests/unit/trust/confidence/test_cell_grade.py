"""Grades of Python: when each is given, when it never is, and why in words."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from jupyter_qwen.python.trial import CellTrial, Result, TrialError
from jupyter_qwen.schema.model import Column, Schema, Table
from jupyter_qwen.sql.model import Diagnostic
from jupyter_qwen.trust.confidence.cells.cell_grade import CELL_FILE, grade_of_cell
from jupyter_qwen.trust.confidence.cells.cell_reasons import cell_reasons
from jupyter_qwen.trust.confidence.scorecard import Scorecard, Weight, fitted
from jupyter_qwen.trust.evidence import CellEvidence, TokenLogprob

ORDERS = Table(("orders",), "dataframe", (Column("total", "DOUBLE"),), library="pandas", row_count=3)
SCHEMA = Schema((ORDERS,))
RAN = CellTrial("ran", result=Result("float", "", None, (("", "float"),), ((6.0,),)), digest="d", complete=True)
SURE = (TokenLogprob("orders", -0.01), TokenLogprob("['total'].sum()", -0.02))
CARD = Scorecard((Weight("logprob_mean", 2.0, -0.2, 0.1),), 0.0, 0.8, 0.2)


def evidence(**more: object) -> CellEvidence:
    known: dict[str, object] = {"trial": RAN, "logprobs": SURE, **more}
    return CellEvidence("total of orders", SCHEMA, "orders['total'].sum()", **known)  # type: ignore[arg-type]


def test_sure_cell_is_likely_and_an_unsure_one_is_doubtful() -> None:
    assert grade_of_cell(evidence(), CARD) == "likely"
    assert grade_of_cell(evidence(logprobs=(TokenLogprob("orders", -0.2),)), CARD) == "check"
    assert grade_of_cell(evidence(logprobs=(TokenLogprob("orders", -0.6),)), CARD) == "doubtful"


@pytest.mark.parametrize(
    "against",
    [
        {"unmet": ("nothing is rounded",)},
        {"trial": CellTrial("not tried", "It reads a file.")},
        {"trial": replace(RAN, result=Result("pandas.DataFrame", "", (0, 2)))},
        {"logprobs": ()},
        {"same_in_sql": False},
        {"others": (False,)},
        {"failed": 1},
        {"findings": (Diagnostic("unknown-name", "warning", "Nothing is called `x`."),)},
    ],
)
def test_nothing_is_likely_that_something_speaks_against(against: dict[str, object]) -> None:
    card = replace(CARD, likely=0.0, doubtful=None)
    assert grade_of_cell(evidence(), card) == "likely"
    assert grade_of_cell(evidence(**against), card) == "check"


def test_cell_that_won_two_against_one_may_be_likely() -> None:
    card = replace(CARD, likely=0.0, doubtful=None)
    assert grade_of_cell(evidence(same_in_sql=True, others=(False,)), card) == "likely"
    assert grade_of_cell(evidence(same_in_sql=False, others=(True,)), card) == "check"


def test_cell_that_raises_and_a_stub_are_doubtful_whatever_the_table_says() -> None:
    card = replace(CARD, likely=0.0, doubtful=None)
    fails = evidence(trial=CellTrial("fails", error=TrialError("KeyError", "'x'")))
    assert grade_of_cell(fails, card) == grade_of_cell(evidence(trial=None), card) == "doubtful"
    assert cell_reasons(fails, "doubtful")[0] == "it raises KeyError on copies of the rows"
    assert cell_reasons(evidence(trial=None), "doubtful")[0] == "it leaves work undone"


def test_agreement_is_said_first_of_a_likely_cell_and_disagreement_first_of_another() -> None:
    agreed = cell_reasons(evidence(same_in_sql=True, others=(True,)), "likely")
    assert agreed[:2] == ("a query in SQL gave the same result", "another cell of the model gave the same result")
    assert "it ran on copies of all rows" in agreed
    assert cell_reasons(evidence(same_in_sql=False), "check")[0] == "a query in SQL gave another result"


def test_line_that_the_model_was_least_sure_of_is_quoted() -> None:
    written = (TokenLogprob("late = orders[orders.total > 3]\n", -2.5), TokenLogprob("late.sum()", -0.1))
    assert "the model was least sure of `late = orders[orders.total > 3]`" in cell_reasons(
        evidence(logprobs=written), "doubtful"
    )


def test_empty_column_is_named_and_no_reason_is_given_without_a_grade() -> None:
    empty = Result("pandas.DataFrame", "", (1, 2), (("a", "str"), ("b", "float64")), (("x", None),))
    assert cell_reasons(evidence(trial=replace(RAN, result=empty)), "check")[0] == "`b` is empty in every row"
    assert cell_reasons(evidence(), None) == ()


def test_shipped_table_has_ordered_thresholds_and_says_what_it_was_fitted_on() -> None:
    card = fitted(CELL_FILE)
    if card.likely is not None and card.doubtful is not None:
        assert 0 < card.doubtful < card.likely < 1
    assert set(json.loads(CELL_FILE.read_text(encoding="utf-8"))["fitted"]) == {"answers", "databases", "right"}
