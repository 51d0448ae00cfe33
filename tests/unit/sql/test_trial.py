from __future__ import annotations

import datetime
import decimal
import time

import pytest

from jupyter_qwen.schema.model import Column, Schema, Table
from jupyter_qwen.sql.results import result_key
from jupyter_qwen.sql.trial import run


def test_a_query_runs_on_the_sample_rows(shop: Schema) -> None:
    join = "customers JOIN orders ON customers.id = customer_id"
    trial = run(f"SELECT country, sum(total) AS revenue FROM {join} GROUP BY ALL ORDER BY 2", shop)
    assert (trial.status, trial.columns, trial.row_count) == ("ok", ("country", "revenue"), 2)
    assert trial.rows == (("Norway", decimal.Decimal("19.75")), ("Perú", decimal.Decimal("99.00")))
    assert trial.complete


def test_a_conversion_error_shows_up_in_the_trial(shop: Schema) -> None:
    trial = run("SELECT name FROM customers JOIN orders ON customers.id = orders.code", shop)
    assert trial.status == "error"
    assert trial.diagnostic is not None
    assert trial.diagnostic.code == "conversion-error"
    assert trial.message.startswith("Conversion Error: Could not convert string")


@pytest.mark.parametrize(
    "sql",
    ["DELETE FROM orders", "COPY orders TO 'x.csv'", "SELECT * FROM 'x.csv'", "SELECT 1; SELECT 2", "SET threads = 8"],
)
def test_anything_but_a_read_query_is_refused(sql: str, shop: Schema) -> None:
    assert run(sql, shop).status == "refused"
    assert run("SELECT count(*) FROM orders", shop).rows == ((3,),)


def test_a_long_query_is_interrupted(shop: Schema) -> None:
    started = time.perf_counter()
    trial = run(
        "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range = -1", shop, time_limit_s=0.2
    )
    assert trial.status == "timeout"
    assert time.perf_counter() - started < 5


def test_a_pivot_runs_whatever_ran_before(shop: Schema) -> None:
    for before in ("SELECT * FROM customers", "SELECT * FROM range(100000)"):
        assert run(before, shop).status == "ok"
        trial = run("PIVOT customers ON country USING count(*) GROUP BY id", shop)
        assert (trial.status, trial.columns) == ("ok", ("id", "Norway", "Perú", "United States"))


def test_values_come_back_with_their_types_and_bad_ones_are_null() -> None:
    table = Table(
        ("t",), "table",
        (Column("day", "DATE"), Column("number", "INTEGER"), Column("list", "INTEGER[]"),
         Column("pair", "STRUCT(a INTEGER, b VARCHAR)"),
         Column("mood", "mood_enum"), Column("real", "DOUBLE")),
        rows=(("2024-01-02", 1, [1, 2], {"a": 1, "b": "x"}, "sad", float("nan")), ("no day", "x", None, None, None, None)),
    )  # fmt: skip
    trial = run("SELECT * FROM t", Schema((table,)))
    assert trial.rows[0][:5] == (datetime.date(2024, 1, 2), 1, [1, 2], {"a": 1, "b": "x"}, "sad")
    assert trial.rows[1] == (None,) * 6
    assert not trial.complete


def test_sixty_thousand_cells_are_loaded_in_less_than_a_second() -> None:
    columns = tuple(
        Column(f"c{i}", kind)
        for i, kind in enumerate(("BIGINT", "VARCHAR", "DOUBLE", "TIMESTAMP", "DECIMAL(10,2)") * 2)
    )
    row = (1, "a text", 2.5, "2024-01-02T03:04:05", "1.50") * 2
    schema = Schema(tuple(Table((f"t{i}",), "table", columns, rows=(row,) * 600) for i in range(10)))
    run("SELECT 1", schema)  # the worker gets the rows, once
    started = time.perf_counter()
    trial = run("SELECT " + " + ".join(f"(SELECT count(*) FROM t{i})" for i in range(10)), schema)
    assert trial.rows == ((6000,),)
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([(1, "x"), (2, "y")], [("y", 2), ("x", 1)]),
        ([(1.000001,)], [(1,)]),
        ([(True,)], [(1,)]),
        ([(decimal.Decimal("2.50"),)], [(2.5,)]),
        ([(datetime.date(2024, 1, 1),)], [(datetime.datetime(2024, 1, 1),)]),
        ([(None, 1)], [(1, float("nan"))]),
        ([], []),
    ],
)
def test_equal_results_share_a_key(a: list[tuple[object, ...]], b: list[tuple[object, ...]]) -> None:
    assert result_key(a) == result_key(b)


DIFFERENT: list[tuple[list[tuple[object, ...]], list[tuple[object, ...]]]] = [
    ([(1,)], [(2,)]),
    ([(1,)], [(1,), (1,)]),
    ([(1, 2)], [(1,)]),
    ([("1",)], [(1,)]),
    ([(1.0,)], [(1.001,)]),
]


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_different_results_do_not(a: list[tuple[object, ...]], b: list[tuple[object, ...]]) -> None:
    assert result_key(a) != result_key(b)


def test_a_time_with_its_zone_comes_back_from_a_trial(shop: Schema) -> None:
    trial = run("SELECT max(ordered_at)::TIMESTAMPTZ AS last FROM orders", shop)

    assert trial.status == "ok", trial.message
    assert trial.rows[0][0] is not None
