"""What is counted about a cell of Python before anybody grades it."""

from __future__ import annotations

import pytest

from jupyter_qwen.python.demands import unmet_by_cell
from jupyter_qwen.python.trial import CellTrial, Result, TrialError
from jupyter_qwen.schema.model import Column, Schema, Table
from jupyter_qwen.sql.model import Diagnostic
from jupyter_qwen.trust.confidence.cells.cell_features import cell_features
from jupyter_qwen.trust.confidence.cells.written_lines import written_lines
from jupyter_qwen.trust.evidence import CellEvidence, TokenLogprob

ORDERS = Table(
    ("orders",), "dataframe", (Column("country", "VARCHAR"), Column("total", "DOUBLE")), library="pandas", row_count=3
)
SCHEMA = Schema((ORDERS,))
SUM = "orders.groupby('country')['total'].sum()"
RAN = CellTrial(
    "ran", result=Result("pandas.Series", "", (2,), (("country", "str"),), (("France", 3), ("Spain", 4))),
    digest="d", complete=True,
)  # fmt: skip


def evidence(source: str = SUM, question: str = "total per country", **more: object) -> CellEvidence:
    return CellEvidence(question, SCHEMA, source, **{"trial": RAN, **more})  # type: ignore[arg-type]


def test_each_line_has_the_mean_of_its_own_tokens_and_comments_have_none() -> None:
    pairs = (("a", -0.2), (" = 1", -0.4), ("\n# why", -9.0), ("\n", -5.0), ("b", -1.0), (" = a\n", -2.0))
    lines = written_lines(tuple(TokenLogprob(text, score) for text, score in pairs))
    assert [(text, pytest.approx(score)) for text, score in lines] == [("a = 1", -0.3), ("b = a", -1.5)]


def test_line_that_the_model_was_least_sure_of_is_counted_and_absent_where_the_engine_tells_nothing() -> None:
    tokens = (TokenLogprob("x = 1\n", -0.1), TokenLogprob("y = 2", -2.0))
    assert cell_features(evidence(logprobs=tokens))["logprob_line"] == -2.0
    assert not [name for name in cell_features(evidence()) if "logprob" in name]


def test_agreement_counts_other_cells_and_the_query_and_is_absent_where_nothing_was_compared() -> None:
    found = cell_features(evidence(others=(True, False, None), failed=1, same_in_sql=False))
    assert (found["agreeing"], found["disagreeing"], found["in_sql"], found["failed"]) == (1, 2, 0, 1)
    assert "agreeing" not in cell_features(evidence(others=(None,)))


def test_cell_that_raised_that_gave_no_row_and_that_gave_nothing_are_told_apart() -> None:
    fails = cell_features(evidence(trial=CellTrial("fails", error=TrialError("KeyError", "'x'"))))
    empty = cell_features(evidence(trial=CellTrial("ran", result=Result("pandas.DataFrame", "", (0, 2)))))
    silent = cell_features(evidence(trial=CellTrial("ran")))
    assert (fails["fails"], empty["fails"], empty["no_rows"], silent["shows"]) == (1, 0, 1, 0)
    assert "no_rows" not in silent
    assert cell_features(evidence(trial=CellTrial("not tried", "It reads a file.")))["tried"] == 0


def test_column_of_missing_values_alone_is_counted() -> None:
    rows = Result("pandas.DataFrame", "", (2, 2), (("a", "str"), ("b", "float64")), (("x", None), ("y", None)))
    assert cell_features(evidence(trial=CellTrial("ran", result=rows)))["null_columns"] == 1


def test_plain_chain_words_left_and_warnings_are_counted() -> None:
    warned = (Diagnostic("unknown-name", "warning", "Nothing is called `shop`."),)
    plain = cell_features(evidence(question="total weight per country", findings=warned))
    assert (plain["plain"], plain["words_left"], plain["warnings"]) == (1, 1, 1)
    assert cell_features(evidence("for c in orders.country: print(c)"))["plain"] == 0


@pytest.mark.parametrize(
    ("question", "source", "unmet"),
    [
        ("Add a column 'net total'.", "orders['sum'] = orders.total", ("nothing answers 'net total'",)),
        ("Add a column 'net total'.", "orders['Net Total'] = orders.total", ()),
        ("Name columns like 'country_France'.", "import pandas as pd\npd.get_dummies(orders)", ()),
        ("Mean total, rounded to two decimals?", "orders['total'].mean()", ("nothing is rounded",)),
        ("Mean total, rounded to two decimals?", "f\"{orders['total'].mean():.2f}\"", ()),
        ("total per country", "orders['total'].sum()", ("a single row where one for each is asked for",)),
        ("total per country", SUM, ()),
        ("Add 'x'", "this is no Python", ()),
    ],
)
def test_demands_of_the_question_that_a_cell_leaves_undone(question: str, source: str, unmet: tuple[str, ...]) -> None:
    assert unmet_by_cell(question, source, SCHEMA) == unmet
