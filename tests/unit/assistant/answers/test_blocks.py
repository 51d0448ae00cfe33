"""SQL inside generated Python is proved against the tables of the connection that runs it, and mended in place."""

from __future__ import annotations

import pytest

from jupyter_qwen.assistant.answers.blocks import code_block
from jupyter_qwen.assistant.events import Block
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.schema.model import Column, Connection, Schema, Table
from jupyter_qwen.schema.notebook import Cell

SCHEMA = Schema(
    tables=(
        Table(("orders",), "table", (Column("id", "INTEGER"), Column("order_date", "DATE")), "con"),
        Table(("items",), "table", (Column("id", "INTEGER"), Column("price", "DOUBLE")), "other"),
        Table(("frame",), "dataframe", (Column("a", "INTEGER"),), library="pandas"),
    ),
    connections=(Connection("con"), Connection("other")),
)
CELLS = (Cell("import duckdb\ncon = duckdb.connect()\nother = duckdb.connect()"),)


def block(source: str, schema: Schema | None = SCHEMA, *cells: Cell) -> Block:
    return code_block("python", source, Question("?", schema=schema, cells=(*CELLS, *cells)))


@pytest.mark.parametrize(
    "source",
    [
        'df = con.sql("SELECT id FROM orders").df()',
        'other.execute("SELECT max(price) FROM items").fetchall()',
        'duckdb.sql("FROM frame").df()',
        'con.sql("FROM frame JOIN orders ON a = id")',
        'query = """\nSELECT id\nFROM orders\n"""\ncon.sql(query).df()',
        'import pandas as pd\npd.read_sql("SELECT id FROM orders", con)',
        "print('SELECT nothing FROM nowhere')",
        "frame.query('a > 1')",
    ],
)
def test_python_whose_queries_are_bound_has_no_verdict_of_its_own(source: str) -> None:
    judged = block(source)
    assert (judged.verdict, judged.needs_consent, judged.source) == (None, False, source)
    assert not [item for item in judged.diagnostics if item.severity != "info"]


def test_a_query_that_binds_nowhere_rejects_the_cell_at_its_line() -> None:
    judged = block('x = 1\ncon.sql("""\nSELECT id,\n  nonsense_function(id)\nFROM orders""").df()')
    assert judged.verdict == "rejected"
    (error,) = [item for item in judged.diagnostics if item.severity == "error"]
    assert "nonsense_function" in error.message
    assert error.line == 4
    assert judged.cell is not None, "the user may insert it knowingly"


def test_a_query_is_judged_by_the_connection_that_runs_it() -> None:
    assert block('other.sql("SELECT id FROM orders")').verdict == "rejected"
    assert block('duckdb.sql("SELECT id FROM orders")').verdict == "rejected"


def test_a_query_is_mended_where_it_stands() -> None:
    judged = block('df = con.sql("SELECT year(orderdate) AS y FROM orders").df()  # ü\nprint(df)')
    assert judged.verdict is None
    assert "order_date" in judged.source
    assert judged.source.endswith("print(df)")
    assert judged.repairs
    assert judged.cell is not None
    assert judged.cell.source == judged.source


@pytest.mark.parametrize(
    "source",
    [
        'con.execute("DELETE FROM orders")',
        "con.sql(\"COPY orders TO 'x.csv'\")",
        'statement = "DROP TABLE orders"\ncon.execute(statement)',
        'con.sql("INSTALL httpfs")',
    ],
)
def test_what_writes_asks_first(source: str) -> None:
    assert block(source).needs_consent


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ('con.sql(f"SELECT {column} FROM orders")', "dynamic-sql"),
        ('con.sql("SELECT id FROM " + table)', "dynamic-sql"),
        ('q = "SELECT %s FROM orders" % column\ncon.sql(q)', "dynamic-sql"),
        ('import sqlite3\nlite = sqlite3.connect("a.db")\nlite.execute("SELECT 1")', "unknown-connection"),
        ('new = frame.copy()\nduckdb.sql("FROM new")', "made-here"),
        ('con.execute("CREATE TEMP TABLE fresh AS FROM orders")\ncon.sql("SELECT id FROM fresh")', "made-here"),
    ],
)
def test_what_cannot_be_proved_is_unchecked_and_says_why(source: str, code: str) -> None:
    judged = block(source)
    assert judged.verdict == "unchecked"
    assert code in [item.code for item in judged.diagnostics]


def test_another_name_of_the_module_is_the_module() -> None:
    assert block('import duckdb as dd\ndd.sql("FROM frame")').verdict is None
    assert block('dd.sql("FROM frame")', SCHEMA, Cell("import duckdb as dd")).verdict is None


def test_without_a_schema_nothing_is_judged() -> None:
    assert block('con.sql("SELECT nothing FROM nowhere")', None).verdict is None
