"""Formats of dates and numbers kept as text: read strictly, and each expression is run by DuckDB on the very values."""

from __future__ import annotations

import duckdb
import pytest

from jupyter_qwen.schema.formats import format_of, remark
from jupyter_qwen.schema.model import Column, ForeignKey, Table


def table(values: list[object], *, name: str = "Told On", complete: bool = True, kind: str = "VARCHAR") -> Table:
    return Table(("t",), "table", (Column(name, kind),), rows=tuple((v,) for v in values), rows_complete=complete)


def read(values: list[object], *, name: str = "Told On", complete: bool = True, kind: str = "VARCHAR") -> list[object]:
    """What DuckDB makes of `values` by the expression that is told."""
    t = table(values, name=name, complete=complete, kind=kind)
    found = format_of(t, t.columns[0])
    assert found is not None
    with duckdb.connect() as con:
        con.execute(f'CREATE TABLE t ("{name}" {kind})')
        con.executemany("INSERT INTO t VALUES (?)", [(value,) for value in values])
        expression = remark(t, t.columns[0]).split(": ", 1)[1]
        rows = con.execute(f"SELECT {expression} AS v, typeof({expression}) FROM t").fetchall()
    assert {kind for _, kind in rows} == {found.type}
    return [None if value is None else str(value) for value, _ in rows]


DAY = " 00:00:00"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1/8/1990", "12/25/2003", "2/3/2001"], [f"1990-01-08{DAY}", f"2003-12-25{DAY}", f"2001-02-03{DAY}"]),
        (["1/8/1990", "25/12/2003", "2/3/2001"], [f"1990-08-01{DAY}", f"2003-12-25{DAY}", f"2001-03-02{DAY}"]),
        (["3.4.2021", "14.5.2020", "1.1.2019"], [f"2021-04-03{DAY}", f"2020-05-14{DAY}", f"2019-01-01{DAY}"]),
        (["05-Mar-21", "17-Apr-21", "01-Jan-20"], [f"2021-03-05{DAY}", f"2021-04-17{DAY}", f"2020-01-01{DAY}"]),
        (["March 5, 2021", "May 1, 2020", "June 30, 2019"], [f"2021-03-05{DAY}", f"2020-05-01{DAY}", f"2019-06-30{DAY}"]),
        (["20210305", "20211231", "20200101"], [f"2021-03-05{DAY}", f"2021-12-31{DAY}", f"2020-01-01{DAY}"]),
        (["1/31/2020 14:05", "2/1/2020 9:30", "2/2/2020 0:00"],
         ["2020-01-31 14:05:00", "2020-02-01 09:30:00", "2020-02-02 00:00:00"]),
        (["1/31/20 2:05 PM", "2/1/20 9:30 AM", "2/2/20 12:00 AM"],
         ["2020-01-31 14:05:00", "2020-02-01 09:30:00", "2020-02-02 00:00:00"]),
        (["2020-01-31", "2020-2-1", "2021-12-05"], ["2020-01-31", "2020-02-01", "2021-12-05"]),
        (["2020-01-31 10:00:00", "2020-02-01", "2021-12-05T03:04:05"],
         ["2020-01-31 10:00:00", "2020-02-01 00:00:00", "2021-12-05 03:04:05"]),
        (["9:30", "14:05", "00:00"], ["09:30:00", "14:05:00", "00:00:00"]),
        (["Jan 2020", "Feb 2020", "Dec 2021"], [f"2020-01-01{DAY}", f"2020-02-01{DAY}", f"2021-12-01{DAY}"]),
        (["$1,200.50", "$3", "$17.25"], ["1200.5", "3.0", "17.25"]),
        (["-$1.50", "$3.00", "$17.25"], ["-1.5", "3.0", "17.25"]),
        (["12%", "3.5%", "100 %"], ["12.0", "3.5", "100.0"]),
        (["1.234,50 €", "3,20 €", "17,00 €"], ["1234.5", "3.2", "17.0"]),
        (["1,5", "2,25", "10,0"], ["1.5", "2.25", "10.0"]),
        (["1,234,567", "12", "1,000"], ["1234567", "12", "1000"]),
        (["5 kg", "12 kg", "0.5 kg"], ["5.0", "12.0", "0.5"]),
        (["5", "12", "-3"], ["5", "12", "-3"]),
        (["5", "12.5", "3"], ["5.0", "12.5", "3.0"]),
    ],
)  # fmt: skip
def test_the_told_expression_reads_every_value(values: list[object], expected: list[str]) -> None:
    assert read(values) == expected


def test_a_sample_or_a_mark_for_missing_values_is_read_without_failing() -> None:
    assert read(["1/8/1990", "N/A", "12/25/2003", "2/3/2001", None])[1:3] == [None, f"2003-12-25{DAY}"]
    t = table(["5", "12", "7"], complete=False)
    assert remark(t, t.columns[0]) == 'number as text: TRY_CAST("Told On" AS BIGINT)'


def test_days_kept_as_whole_numbers_are_dates() -> None:
    assert read([20210305, 20211231, 20200101], kind="BIGINT")[0] == f"2021-03-05{DAY}"
    t = table([20210305, 20219931, 20200101], kind="BIGINT")
    assert format_of(t, t.columns[0]) is None


@pytest.mark.parametrize(
    ("values", "name"),
    [
        (["1/8/1990", "2/3/2001", "4/5/2002"], "told"),  # month first or day first: nobody can say
        (["1/8/1990", "12/25/2003", "soon"], "told"),
        (["1/8/1990", "25/12/2003", "12/25/2003"], "told"),
        (["1/8/1990", "12/25/2003"], "told"),  # too few
        (["007", "012", "100"], "told"),
        (["1,234", "5,678", "9,012"], "told"),  # thousands or decimals
        (["$5", "€5", "£5"], "told"),
        (["5 kg", "5 lb", "5 t"], "told"),
        (["90210", "10001", "60601"], "postal_code"),
        (["90210", "10001", "60601"], "phoneNumber"),
        (["Bob", "Ann", "Cy"], "told"),
        (["A1", "B2", "C3"], "told"),
        (["1-2", "3-4", "5-6"], "told"),
        (["", "", "-"], "told"),
        (["1.2.3", "2.0.0", "3.1.4"], "told"),
    ],
)
def test_what_is_not_certain_is_not_told(values: list[object], name: str) -> None:
    t = table(values, name=name)
    assert format_of(t, t.columns[0]) is None


def test_keys_are_no_numbers() -> None:
    column = Column("model", "VARCHAR", values=("1001", "1002", "1003"))
    pointing = Table(("t",), "table", (column,), foreign_keys=(ForeignKey(("model",), "u", ("model",)),))
    assert format_of(pointing, column) is None
    unique = Column("model", "VARCHAR", values=("1001", "1002", "1003"), distinct=3)
    assert format_of(Table(("t",), "table", (unique,), row_count=3), unique) is None


def test_no_value_is_read_where_the_privacy_level_keeps_them_back() -> None:
    column = Column("told", "VARCHAR")
    assert remark(Table(("t",), "table", (column,)), column) == ""
