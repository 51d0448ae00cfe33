"""First rows and plain words under an answer of `%%qwen`: folded, marked, and no figure of a sample among them."""

from __future__ import annotations

from typing import Any

from jupyter_qwen.kernel.showing.presentation import as_html, plain
from jupyter_qwen.kernel.state import AnswerState

WHOLE = {
    "columns": ["customer", "revenue"],
    "rows": [["Ada", "320.00"], [None, "<b>120</b>"]],
    "complete": True,
    "row_count": 2,
    "read": [{"table": "orders", "rows": 60, "of": 60}],
    "hidden": [],
    "more": False,
}
SAMPLE = {
    **WHOLE, "rows": [["Ada", None]], "complete": False, "row_count": None, "hidden": [1], "more": True,
    "read": [{"table": "orders", "rows": 200, "of": 10_000}],
}  # fmt: skip


def answered(**block: Any) -> AnswerState:
    state = AnswerState()
    told = {"index": 0, "language": "sql", "source": "SELECT 1", "verdict": "bound", **block}
    state.apply({"type": "answer", "markdown": "```sql\nSELECT 1\n```", "blocks": [told], "model": "m", "seconds": 1.0})
    return state


def test_rows_are_folded_under_what_they_were_taken_from() -> None:
    shown = as_html(answered(rows=WHOLE))
    assert "<details" in shown
    assert "<summary>First rows, on all 60 rows of orders</summary>" in shown
    assert "<td>NULL</td><td>&lt;b&gt;120&lt;/b&gt;</td>" in shown
    said = plain(answered(rows=WHOLE))
    assert "First rows, on all 60 rows of orders:\n  customer  revenue\n  Ada       320.00" in said


def test_what_a_sample_cannot_know_is_a_dash_and_the_mark_says_that_it_is_no_answer() -> None:
    for shown in (as_html(answered(rows=SAMPLE)), plain(answered(rows=SAMPLE))):
        assert "Not the answer: on a sample of 200 rows of orders" in shown
        assert "—" in shown
        assert "run the query for them" in shown
        assert "There is more than is shown." in shown


def test_empty_result_says_so() -> None:
    assert "It gives no rows." in plain(answered(rows={**WHOLE, "rows": []}))


def test_words_stand_under_python_that_has_no_verdict_too() -> None:
    state = answered(language="python", verdict=None, words="counts orders per country")
    assert "in words: counts orders per country" in plain(state)
    assert "in words: counts orders per country" in as_html(state)
