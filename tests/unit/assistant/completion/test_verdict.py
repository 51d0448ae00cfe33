"""What the model wrote meets the place it is for."""

from __future__ import annotations

import asyncio

import pytest

from jupyter_qwen.assistant.completion.spot import Spot
from jupyter_qwen.assistant.completion.verdict import early_end, final, visible
from jupyter_qwen.assistant.question import CompletionQuestion
from jupyter_qwen.schema.model import Column, Connection, Schema, Table
from jupyter_qwen.schema.notebook import Cell

SCHEMA = Schema(
    (
        Table(("orders",), "table", (Column("order_id", "BIGINT"), Column("total", "DOUBLE")), connection="con"),
        Table(("sales",), "dataframe", (Column("city", "VARCHAR"), Column("revenue", "DOUBLE"))),
    ),
    connections=(Connection("con"),),
)


def spot(prefix: str, suffix: str = "", **more) -> Spot:
    return Spot.of(CompletionQuestion(prefix, suffix, schema=SCHEMA, **more))


def settled(raw: str, reason: str, at: Spot) -> str:
    return asyncio.run(final(raw, reason, at))


def test_a_block_loses_the_lines_that_break_it() -> None:
    at = spot("def f(x):\n    ", "")

    assert settled("y = x\n    return y\n    1 2 3", "stop", at) == "y = x\n    return y"


def test_a_block_at_the_token_limit_ends_with_a_whole_line() -> None:
    assert settled("y = x\n    z = very_lo", "length", spot("def f(x):\n    ", "")) == "y = x"


def test_lines_that_read_unknown_columns_are_dropped() -> None:
    at = spot("def f():\n    ", "")

    assert settled('a = sales["city"]\n    b = sales["town"]', "stop", at) == 'a = sales["city"]'


def test_a_line_that_reads_an_unknown_column_is_not_even_shown() -> None:
    assert visible('sales["town"].sum()', spot("x = ")) == ""


@pytest.mark.parametrize(
    ("raw", "text"), [("total FROM orders", "total FROM orders"), ("totl FROM orders", ""), ("total FROM order_s", "")]
)
def test_sql_that_is_complete_must_bind(raw: str, text: str) -> None:
    assert settled(raw, "stop", spot('con.sql("""SELECT ', '""").df()', by_key=True)) == text


def test_sql_that_goes_on_in_the_next_line_is_not_judged() -> None:
    assert settled("totl,", "line", spot('con.sql("""SELECT ', '\n""")')) == "totl,"


def test_a_sql_cell_is_judged_against_the_connection_it_uses() -> None:
    cells = (Cell("con.sql('FROM orders')"),)

    assert settled("totl FROM orders", "stop", spot("%%sql\nSELECT ", cells=cells, by_key=True)) == ""
    assert settled("total FROM orders", "stop", spot("%%sql\nSELECT ", cells=cells, by_key=True)) == "total FROM orders"


def test_an_f_string_is_not_judged() -> None:
    assert settled("totl FROM {name}", "stop", spot('con.sql(f"""SELECT ', '""")', by_key=True)) == "totl FROM {name}"


def test_code_in_other_languages_is_cut_but_not_parsed() -> None:
    at = spot("x <- ", "", language="R")

    assert settled("c(1, 2, 3) %>% sum()\ny <- 2", "line", at) == "c(1, 2, 3) %>% sum()"


def test_a_line_ends_the_work_in_the_middle_of_code_and_a_block_does_not() -> None:
    assert early_end("1\ny", spot("x = ", "\nprint(x)")) == "line"
    assert early_end("y = 1\n    z = 2\n", spot("def f():\n    ", "")) is None
    assert early_end("y = 1\nz = 2\n", spot("def f():\n    ", "")) == "block"


def test_only_cells_above_the_cursor_are_context() -> None:
    cells = tuple(Cell(f"x = {n}", id=str(n)) for n in range(5))

    assert spot("", cells=cells, active_cell="3").cells == cells[:3]
    assert spot("", cells=cells, active_cell=None).cells == cells
