"""The first rows of a cell's trial: the answer's beginning where every row was there, and no figure of a sample."""

from __future__ import annotations

from dataclasses import replace

from jupyter_qwen.python.trial import CellTrial, Figure, Result, trial_rows
from jupyter_qwen.schema.model import Column, Schema, Table
from jupyter_qwen.sql.first_rows import TableRead

ORDERS = Table(
    ("orders",), "dataframe", (Column("country", "VARCHAR"), Column("total", "DOUBLE")), library="pandas", row_count=60
)
SCHEMA = Schema((ORDERS,))
SUM = "orders.groupby('country')['total'].sum()"
GROUPS = Result(
    "pandas.Series", "", (2,), (("country", "index: str"), ("total", "float64")), (("FR", 3.5), ("ES", None))
)
WHOLE = CellTrial("ran", result=GROUPS, complete=True)
SAMPLE = replace(WHOLE, complete=False, sampled=(TableRead("orders", 400, 10_000),))
CHOSEN = Result("pandas.DataFrame", "", (1, 2), (("country", "str"), ("total", "float64")), (("FR", 3.5),))


def test_rows_of_whole_frames_are_how_the_answer_begins() -> None:
    rows = trial_rows(SUM, WHOLE, SCHEMA)
    assert rows is not None
    assert (rows.columns, rows.rows) == (("country", "total"), (("FR", "3.5"), ("ES", None)))
    assert (rows.complete, rows.row_count, rows.more) == (True, 2, False)
    assert [(part.table, part.rows, part.of) for part in rows.read] == [("orders", 60, 60)]


def test_nothing_computed_over_a_sample_is_shown() -> None:
    rows = trial_rows(SUM, SAMPLE, SCHEMA)
    assert rows is not None
    assert (rows.rows, rows.row_count) == ((("FR", None), ("ES", None)), None)
    assert rows.hidden == (1,)
    unknown = trial_rows("orders.pipe(summed)", SAMPLE, SCHEMA)
    assert unknown is not None
    assert (unknown.rows, unknown.hidden) == ((), (0, 1))


def test_rows_that_a_filter_of_a_sample_keeps_are_shown_as_of_a_sample() -> None:
    rows = trial_rows("orders[orders.total > 3]", replace(SAMPLE, result=CHOSEN), SCHEMA)
    assert rows is not None
    assert (rows.rows, rows.complete) == ((("FR", "3.5"),), False)
    assert [(part.rows, part.of) for part in rows.read] == [(400, 10_000)]


def test_single_value_and_printed_lines_are_rows_too() -> None:
    value = trial_rows(
        "len(orders)", CellTrial("ran", result=Result("int", "", None, (("", "int"),), ((60,),)), complete=True), SCHEMA
    )
    printed = trial_rows("print(len(orders))", CellTrial("ran", printed="rows\n60\n", complete=True), SCHEMA)
    assert value is not None
    assert (value.columns, value.rows) == (("value",), (("60",),))
    assert printed is not None
    assert (printed.columns, printed.rows) == (("printed",), (("rows",), ("60",)))


def test_what_failed_what_drew_what_gave_nothing_and_private_values_show_no_rows() -> None:
    assert trial_rows(SUM, None, SCHEMA) is None
    assert trial_rows(SUM, CellTrial("not tried", "It reads a file."), SCHEMA) is None
    assert trial_rows(SUM, CellTrial("ran", complete=True), SCHEMA) is None
    assert trial_rows(SUM, replace(WHOLE, figure=Figure("matplotlib", ())), SCHEMA) is None
    assert trial_rows(SUM, WHOLE, SCHEMA.at_privacy("values")) is None
