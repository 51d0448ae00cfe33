"""First rows and plain words under an answer of `%%qwen`: folded, marked, and no figure of a sample among them."""

from __future__ import annotations

from typing import Any

from jupyter_qwen.kernel.showing.markdown_html import to_html
from jupyter_qwen.kernel.showing.presentation import as_html, markdown, plain
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
    for form in (as_html, plain, markdown):
        shown = form(answered(rows=SAMPLE))
        assert "Not the answer: on a sample of 200 rows of orders" in shown
        assert "—" in shown
        assert "run the query for them" in shown
        assert "There is more than is shown." in shown


def test_front_end_that_shows_markdown_alone_has_the_rows_as_a_table_and_no_tag_of_theirs() -> None:
    hostile = {**WHOLE, "rows": [["a | b `c` *d*", "![x](https://e.invalid/x.png)"], [None, "<b>120</b>"]]}
    drawn = to_html(markdown(answered(rows=hostile)))
    assert "First rows, on all 60 rows of orders:" in drawn
    assert drawn.count("<td") == 4
    assert "<td>a | b `c` *d*</td>" in drawn
    assert "<td>&lt;b&gt;120&lt;/b&gt;</td>" in drawn
    assert "<img" not in drawn
    assert "[image" not in drawn


def test_empty_result_says_so() -> None:
    assert "It gives no rows." in plain(answered(rows={**WHOLE, "rows": []}))


def test_words_stand_under_python_that_has_no_verdict_too() -> None:
    state = answered(language="python", verdict=None, words="counts orders per country")
    assert "in words: counts orders per country" in plain(state)
    assert "in words: counts orders per country" in as_html(state)


def test_cell_of_python_tells_its_grade_why_and_the_lines_that_decide() -> None:
    source = "import pandas as pd\nlate = rides[rides.km > 3]\nlate.km.sum()"
    state = answered(
        language="python", verdict=None, source=source, grade="likely", reasons=["a query in SQL gave the same result"],
        deciding_lines=[2, 3], rows={**WHOLE, "columns": ["value"], "rows": [["12"]]},
        cell={"source": source, "type": "code"},
    )  # fmt: skip
    for form in (plain, markdown):
        said = form(state)
        assert "● likely right: a query in SQL gave the same result" in said
        assert "decided by line 2: late = rides[rides.km > 3]" in said
        assert "First rows, on all 60 rows of orders" in said
    assert "likely right" in as_html(state)
    state.question = "km in all"
    assert (state.origin(state.blocks[0]) or {})["grade"] == "likely"


def test_cell_that_failed_on_copies_says_what_it_raises() -> None:
    trial = {"status": "fails", "error": {"kind": "KeyError", "message": "'kms'", "line": 1}}
    said = plain(answered(language="python", verdict=None, grade="doubtful", reasons=[], trial=trial))
    assert "○ doubtful" in said
    assert "tried on copies, it fails: KeyError: 'kms'" in said
