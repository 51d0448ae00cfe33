"""/plot knows what was found last, how to fetch it again, and what is in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jupyter_qwen.assistant.answers.plot_data import PLOT_LAST, described, fetching, last_result, plot_question
from jupyter_qwen.assistant.question import BadRequest, Question
from jupyter_qwen.assistant.threads import Turn
from jupyter_qwen.schema.model import Column, Connection, Schema, Table
from jupyter_qwen.schema.notebook import Cell

SQL = "SELECT a, sum(b) AS total FROM t GROUP BY a"
TURN = Turn("q", "```sql```", "sql", "2026-01-01", sql=SQL, blocks=({"verdict": "bound"},))
FRAMES = Schema((Table(("sales",), "dataframe", (Column("a"),)), Table(("trips",), "dataframe", (Column("b"),))))
CON = Schema((Table(("t",), "table", (Column("a"), Column("b")), connection="con"),), (Connection("con"),))
PLOT = Question("as a bar chart", mode="plot", cells=(Cell("import duckdb\ncon = duckdb.connect()"),))


def test_the_last_query_that_was_not_rejected_counts() -> None:
    rejected = replace(TURN, sql="SELECT nothing", blocks=({"verdict": "rejected"},))
    assert last_result([TURN, rejected, replace(TURN, sql=None)]) == SQL
    assert last_result([rejected]) is None


def test_bare_plot_asks_for_the_result_else_for_the_frame_that_was_used_last() -> None:
    cells = (Cell("trips = 1"), Cell("sales.head()"), Cell("# trips", type="markdown"))
    question = Question("/plot", mode="plot", cells=cells)
    assert plot_question(question, FRAMES, [TURN]) == PLOT_LAST
    assert "sales" in plot_question(question, FRAMES, [])
    with pytest.raises(BadRequest, match="nothing to plot") as caught:
        plot_question(question, Schema(), [])
    assert caught.value.hint


@pytest.mark.parametrize(
    ("language", "start"),
    [("python", 'data = con.sql("""\n'), ("R", 'data <- DBI::dbGetQuery(con, r"('), ("julia", "data = DBInterface.")],
)
def test_the_result_is_fetched_in_the_kernels_language(language: str, start: str) -> None:
    code = fetching(replace(PLOT, language=language), CON, [TURN])
    assert code.startswith(start)
    assert SQL in code


def test_a_notebook_that_never_imported_duckdb_imports_it_first() -> None:
    code = fetching(replace(PLOT, cells=()), FRAMES, [TURN])
    assert code.startswith("import duckdb\n\ndata = duckdb.sql(")


@pytest.mark.parametrize(
    "question",
    [
        replace(PLOT, text="draw the revenue of every product per month"),
        replace(PLOT, mode="chat"),
        replace(PLOT, language="sql"),
    ],
)
def test_what_is_about_something_else_fetches_nothing(question: Question) -> None:
    assert fetching(question, CON, [TURN]) == ""


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        (SQL, "with the columns a, total."),
        ("WITH x AS (SELECT 1 AS y) SELECT y FROM x", "with the columns y."),
        ("SELECT * FROM t", "holds the last result."),
        ("FROM t", "holds the last result."),
        ("SELECT (", "holds the last result."),
    ],
)
def test_the_columns_are_told_where_the_query_names_them(sql: str, words: str) -> None:
    assert described(sql).endswith(words)
