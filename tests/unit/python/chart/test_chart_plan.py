"""Which chart a result gets, from its columns alone."""

from __future__ import annotations

import pytest
from chart_results import RESULTS, columns_of

from jupyter_qwen.python.chart.captions import label_of, title_of
from jupyter_qwen.python.chart.chart_cell import drawing_library, free_name
from jupyter_qwen.python.chart.chart_choice import Chart, in_words, plan_chart
from jupyter_qwen.python.chart.roles import ResultColumn, role_of
from jupyter_qwen.python.chart.wanted import Kind, is_of_a_function, read_request
from jupyter_qwen.schema.notebook import Cell, CellError


def planned(name: str, kind: Kind | None = None) -> Chart:
    question, sql = RESULTS[name]
    columns, complete = columns_of(sql)
    chart = plan_chart(columns, read_request(question).subject, wanted=kind, complete=complete)
    assert chart is not None
    return chart


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("months", "line"),
        ("text months", "line"),
        ("zone", "line"),
        ("years", "line"),
        ("quarters", "line"),
        ("lines", "line"),
        ("few bars", "bar"),
        ("long labels", "barh"),
        ("1000 categories", "barh"),
        ("groups", "bar"),
        ("two measures", "scatter"),
        ("events", "scatter"),
        ("one measure", "histogram"),
        ("raw rows", "box"),
        ("categories", "bar"),
        ("times", "line"),
    ],
)
def test_columns_decide_the_kind(name: str, kind: Kind) -> None:
    assert planned(name).kind == kind


def test_categories_beside_a_time_are_lines_of_their_own() -> None:
    chart = planned("lines")
    assert chart.x is not None
    assert chart.series is not None
    assert (chart.x.name, chart.series.name, [y.name for y in chart.y]) == ("month", "region", ["revenue"])


def test_measures_share_an_axis_only_when_they_are_of_one_size() -> None:
    assert [y.name for y in planned("two lines").y] == ["revenue", "cost"]
    assert [y.name for y in planned("two sizes").y] == ["revenue"]


@pytest.mark.parametrize("kind", ["line", "area", "bar", "barh", "scatter", "histogram", "pie"])
def test_kind_that_the_user_names_is_honoured(kind: Kind) -> None:
    assert planned("months", kind).kind == kind


def test_kind_that_the_columns_cannot_give_is_said() -> None:
    chart = planned("categories", "scatter")
    assert chart.kind == "bar"
    assert chart.note == "The result has no columns for a scatter plot: drawn as bar chart."


def test_result_without_anything_to_draw_has_no_chart() -> None:
    assert plan_chart([ResultColumn("tags", "VARCHAR[]"), ResultColumn("raw", "BLOB")], "tags") is None
    assert plan_chart([], "nothing") is None


@pytest.mark.parametrize(
    ("column", "role"),
    [
        (ResultColumn("day", "DATE"), "time"),
        (ResultColumn("at", "datetime64[us, UTC]"), "time"),
        (ResultColumn("when", "VARCHAR", ("2024-01-02", None)), "time"),
        (ResultColumn("quarter", "VARCHAR", ("2024-Q1",)), "order"),
        (ResultColumn("order_year", "BIGINT", (2024,)), "order"),
        (ResultColumn("customer_id", "INTEGER", (7,)), "category"),
        (ResultColumn("revenue", "DECIMAL(10,2)"), "measure"),
        (ResultColumn("share", "float64"), "measure"),
        (ResultColumn("days", "INTERVAL"), "duration"),
        (ResultColumn("flag", "BOOLEAN"), "category"),
        (ResultColumn("kind", "ENUM('a', 'b')"), "category"),
        (ResultColumn("items", "INTEGER[]"), "none"),
        (ResultColumn("spans", "TIMESTAMP[]"), "none"),
        (ResultColumn("mixed", "object", (1, 2)), "measure"),
        (ResultColumn("name", ""), "category"),
    ],
)
def test_type_name_and_values_tell_what_a_column_is(column: ResultColumn, role: str) -> None:
    assert role_of(column) == role


@pytest.mark.parametrize(
    ("text", "subject", "kind"),
    [
        ("plot revenue per month as a bar chart", "revenue per month", "bar"),
        ("draw a pie chart of orders per status, please", "orders per status", "pie"),
        ("Show me revenue per month", "revenue per month", None),
        ("revenue by category as horizontal bars", "revenue by category", "barh"),
        ("as a pie", "", "pie"),
        ("Zeichne den Umsatz pro Monat als Balkendiagramm", "den Umsatz pro Monat", "bar"),
        ("pipeline length per region", "pipeline length per region", None),
    ],
)
def test_request_is_read_for_its_kind_and_its_subject(text: str, subject: str, kind: Kind | None) -> None:
    request = read_request(text)
    assert (request.subject, request.kind, request.beyond) == (subject, kind, False)


def test_kinds_without_a_rule_and_curves_are_left_to_the_model() -> None:
    assert read_request("heatmap of orders per weekday and hour").beyond
    assert is_of_a_function("plot a sine wave")
    assert is_of_a_function("draw y = x**2")
    assert not is_of_a_function("plot revenue per month")


def test_captions_are_words_with_units() -> None:
    assert title_of("revenue per month") == "Revenue per month"
    assert max(map(len, title_of("word " * 40).split("\n"))) <= 64
    assert label_of("total_revenue_eur") == "Total revenue (EUR)"
    assert label_of("revenue", "revenue per month in euros", measure=True) == "Revenue (EUR)"
    assert label_of("month", "revenue per month in euros") == "Month"
    assert label_of("count_star()") == "Count"


@pytest.mark.parametrize(
    ("source", "library"),
    [
        ("import altair as alt", "altair"),
        ("import plotly.express as px\npx.line(df)", "plotly"),
        ("import seaborn as sns", "matplotlib"),
        ("import matplotlib.pyplot as plt", "matplotlib"),
        ("df.groupby('a')['b'].sum().plot.bar()", "pandas"),
        ("orders.plot(x='a')", "pandas"),
        ("x = 1", "matplotlib"),
    ],
)
def test_notebook_draws_with_what_it_drew_with(source: str, library: str) -> None:
    assert drawing_library([Cell(source)]) == library


def test_library_whose_import_failed_is_not_used() -> None:
    failed = Cell("import altair as alt", error=CellError("ModuleNotFoundError", "No module named 'altair'"))
    assert drawing_library([Cell("import plotly"), failed]) == "plotly"


def test_name_of_a_frame_is_not_taken_away() -> None:
    assert free_name("data", {"orders"}) == "data"
    assert free_name("data", {"data"}) == "chart_data"
    assert free_name("data", {"data", "chart_data"}) == "data_2"


def test_chart_is_told_in_words() -> None:
    assert in_words(planned("months")) == 'Line chart "Revenue per month in euros": Revenue (EUR) by Month.'
    assert in_words(planned("lines")).endswith("Revenue by Month, for each Region.")
    assert in_words(planned("one measure")).endswith(": Price.")
