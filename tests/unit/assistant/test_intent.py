"""What kind of answer a question wants, and where a query goes."""

from __future__ import annotations

import pytest

from jupyter_qwen.assistant.intent import choose_connection, choose_mode, leans_on_previous, split_command
from jupyter_qwen.schema.model import Column, Connection, Schema, Table
from jupyter_qwen.schema.notebook import Cell

ORDERS = Table(("orders",), "table", (Column("id", "INTEGER"),), connection="con")
ARCHIVE = Table(("archive",), "table", (Column("id", "INTEGER"),), connection="old")
SCHEMA = Schema(tables=(ORDERS, ARCHIVE), connections=(Connection("con"), Connection("old")))


@pytest.mark.parametrize(
    ("text", "mode", "rest"),
    [
        ("/sql revenue per month", "sql", "revenue per month"),
        ("  /python read the file", "python", "read the file"),
        ("/fix", "fix", ""),
        ("/unknown thing", None, "/unknown thing"),
        ("/auto thing", None, "/auto thing"),
        ("a/sql b", None, "a/sql b"),
    ],
)
def test_slash_command_is_split_from_its_text(text: str, mode: str | None, rest: str) -> None:
    assert split_command(text) == (mode, rest)


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("monthly revenue per product category in 2024", "sql"),
        ("how many customers are there?", "sql"),
        ("plot revenue per month", "plot"),
        ("why does this fail with a KeyError?", "chat"),
        ("write a python function that parses dates", "chat"),
    ],
)
def test_questions_about_rows_become_sql_and_questions_about_code_become_chat(text: str, mode: str) -> None:
    assert choose_mode(text, SCHEMA, "python") == mode


def test_without_tables_everything_is_chat() -> None:
    assert choose_mode("revenue per month", Schema(), "python") == "chat"
    assert choose_mode("revenue per month", None, "python") == "chat"


def test_sql_kernel_always_gets_sql() -> None:
    assert choose_mode("revenue per month", None, "SQL") == "sql"
    assert choose_mode("plot something", None, "SQL") == "plot"


@pytest.mark.parametrize("text", ["only for 2023", "and without returns?", "sort that by name", "the same per country"])
def test_short_remark_leans_on_the_query_before(text: str) -> None:
    assert leans_on_previous(text)


@pytest.mark.parametrize("text", ["revenue per month", "how many orders were delivered in Germany in 2024 by segment?"])
def test_whole_question_stands_alone(text: str) -> None:
    assert not leans_on_previous(text)


def test_connection_used_last_in_the_notebook_wins() -> None:
    cells = [Cell('con.sql("select 1")'), Cell('old.execute("select 2")'), Cell("x = 1")]
    assert choose_connection(SCHEMA, cells, None) == "old"
    assert choose_connection(SCHEMA, [*cells, Cell('old.sql("1"); con.sql("2")')], None) == "con"


def test_connection_is_not_mistaken_for_the_end_of_another_name() -> None:
    assert (
        choose_connection(SCHEMA, [Cell('old.sql("1")'), Cell('my_con.sql("2")'), Cell('x.con.sql("3")')], None)
        == "old"
    )


def test_connection_with_most_tables_wins_without_a_trace_in_the_cells() -> None:
    more = Schema(tables=(*SCHEMA.tables, ARCHIVE), connections=SCHEMA.connections)
    assert choose_connection(more, [], None) == "old"


def test_unknown_connection_is_named() -> None:
    with pytest.raises(KeyError, match="nope"):
        choose_connection(SCHEMA, [], "nope")


def test_kernel_without_connection_has_none() -> None:
    assert choose_connection(Schema(), [], None) is None


def test_jupysqls_own_connection_is_taken_unless_the_question_names_a_dataframe_alone() -> None:
    magic = "%sql duckdb://"
    schema = Schema(
        tables=(
            Table(("orders",), "table", (Column("a", "INTEGER"),), magic),
            Table(("frame",), "dataframe", (Column("a", "INTEGER"),), library="pandas"),
        ),
        connections=(Connection(magic),),
    )
    assert choose_connection(schema, [], None, question="how many orders") == magic
    assert choose_connection(schema, [Cell("%%sql\nFROM orders")], None, question="sum of a") == magic
    assert choose_connection(schema, [], None, question="sum of a in frame") is None
    assert schema.visible_from(magic).table("frame") is None, "DuckDB finds no variable from inside JupySQL"
    assert schema.visible_from(None).table("frame") is not None


FRAMES = Schema(tables=(Table(("sales",), "dataframe", (Column("total", "DOUBLE"),), library="pandas"),))
LOADS = Cell("import pandas as pd\nsales = pd.read_csv('sales.csv')")


def test_a_notebook_that_knows_no_sql_is_asked_in_python() -> None:
    assert choose_mode("total per month", FRAMES, "python", None, [LOADS]) == "python"
    assert choose_mode("plot total per month", FRAMES, "python", None, [LOADS]) == "plot"
    assert choose_mode("only for 2023", FRAMES, "python", "python", [LOADS]) == "python"


@pytest.mark.parametrize(
    ("text", "schema", "cells", "before"),
    [
        ("total per month", FRAMES, [LOADS, Cell("import duckdb")], None),
        ("total per month", FRAMES, [LOADS, Cell("%%sql\nselect 1")], None),
        ("total per month", FRAMES, [LOADS, Cell("pd.read_sql_query('select 1', db)")], None),
        ("total per month", FRAMES, [], None),
        ("total per month", SCHEMA, [LOADS], None),
        ("the SQL for the total per month", FRAMES, [LOADS], None),
        ("only for 2023", FRAMES, [LOADS], "sql"),
    ],
)
def test_where_sql_is_at_home_rows_are_asked_for_in_sql(
    text: str, schema: Schema, cells: list[Cell], before: str | None
) -> None:
    assert choose_mode(text, schema, "python", before, cells) == "sql"
