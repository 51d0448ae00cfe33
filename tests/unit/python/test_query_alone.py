"""A proof is of one query: whatever else a cell does is not proved with it."""

from __future__ import annotations

import pytest

from jupyter_qwen.python.cell_sql import find_sql
from jupyter_qwen.python.query_alone import is_query_alone

CONNECTIONS = ("con", "%sql shop")
TABLES = ("orders",)

ALONE = [
    ('con.sql("SELECT 1 FROM orders")', "python"),
    ('con.sql("""\nSELECT 1\n""").df()', "python"),
    ("import duckdb\n\ncon.sql('SELECT 1').pl()", "python"),
    ("# revenue\nfound = con.execute('SELECT 1').fetchall()  # rows", "python"),
    ("%%sql\nSELECT 1\n", "python"),
    ("%%sql shop\nSELECT 1", "python"),
    ("%%dql\nSELECT 1", "python"),
    ("SELECT 1; ", "sql"),
]

MORE = [
    # another statement, before or after
    "con.execute('DROP TABLE orders')\ncon.sql('SELECT 1')",
    "import os; os.remove('x')\ncon.sql('SELECT 1')",
    "con.sql('SELECT 1')\nprint(open('/etc/passwd').read())",
    "!rm -rf x\ncon.sql('SELECT 1')",
    "%run evil.py\ncon.sql('SELECT 1')",
    "import evil\ncon.sql('SELECT 1')",
    "import duckdb, evil\ncon.sql('SELECT 1')",
    "from duckdb import *\ncon.sql('SELECT 1')",
    # around the call
    "send(con.sql('SELECT 1'))",
    "con.sql('SELECT 1').df().to_csv('x')",
    "con.sql('SELECT 1').write_csv('x')",
    "con.sql('SELECT 1').create('t')",
    "con.sql('SELECT 1').df(evil())",
    "con.sql('SELECT 1', alias=evil())",
    "con.execute('SELECT ?', [evil()])",
    "[con.sql('SELECT 1') for x in evil()]",
    "if evil():\n    con.sql('SELECT 1')",
    "def f():\n    con.sql('SELECT 1')",
    "assert evil(), con.sql('SELECT 1')",
    # something that only looks like the connection
    "evil().sql('SELECT 1')",
    "other.sql('SELECT 1')",
    "con.cursor().sql('SELECT 1')",
    "(con := evil()).sql('SELECT 1')",
    # a name that is lost
    "orders = con.sql('SELECT 1').df()",
    "con = con.sql('SELECT 1').df()",
    "duckdb = con.sql('SELECT 1').df()",
    "a = b = con.sql('SELECT 1')",
    "a[evil()] = con.sql('SELECT 1')",
    "a: evil() = con.sql('SELECT 1')",
    "a += con.sql('SELECT 1')",
    # several queries: each may be proved, the verdict of one is not that of both
    "con.sql('SELECT 1'); con.sql('SELECT 2')",
    # magics that do more than run what stands below them
    "%%sql --save x\nSELECT 1",
    "%%sql out <<\nSELECT 1",
    "%%sql duckdb:///other.duckdb\nSELECT 1",
    "%%sql {evil()}\nSELECT 1",
    "%%sql $evil\nSELECT 1",
    "%%sql\nSELECT {{ evil() }}",
    "%%sql\nSELECT :name",
]


@pytest.mark.parametrize(("source", "language"), ALONE)
def test_the_notebooks_own_way_of_running_a_query_adds_nothing(source: str, language: str) -> None:
    query = find_sql(source, language)
    assert query is not None
    assert is_query_alone(source, query, language, CONNECTIONS, TABLES)


@pytest.mark.parametrize(
    "source", ["import duckdb\n\nduckdb.sql('SELECT 1').pl()", "import duckdb as dd\ndd.sql('SELECT 1').show()"]
)
def test_the_module_is_a_connection_of_its_own(source: str) -> None:
    query = find_sql(source)
    assert query is not None
    assert is_query_alone(source, query, "python", (), TABLES)
    assert is_query_alone(source, query, "python", ("duckdb",), TABLES)
    assert not is_query_alone(source, query, "python", CONNECTIONS, TABLES)  # the proof was another connection's


@pytest.mark.parametrize("source", MORE)
def test_anything_else_in_the_cell_is_told_apart(source: str) -> None:
    query = find_sql(source)
    if query is not None:
        assert not is_query_alone(source, query, "python", CONNECTIONS, TABLES)
