"""SQL is found inside cells, and another query takes its place without touching the rest."""

from __future__ import annotations

import pytest

from jupyter_qwen.python.cell_sql import find_sql


@pytest.mark.parametrize(
    ("source", "sql", "connection"),
    [
        ('con.sql("""\nSELECT 1\n""").df()', "\nSELECT 1\n", "con"),
        ("x = 1\nöl = duckdb.sql('SELECT 2')  # ü", "SELECT 2", "duckdb"),
        ('a.b.execute("WITH t AS (SELECT 1) SELECT * FROM t")', "WITH t AS (SELECT 1) SELECT * FROM t", None),
        ("%%sql\nSELECT 3\n", "SELECT 3\n", None),
        ("%%sql con --alias x\nSELECT 4", "SELECT 4", None),
        ('%load_ext x\n!ls\ncon.sql("SELECT 5")', "SELECT 5", "con"),
        ('con.sql("SELECT 1")\ncon.sql("SELECT 2")', "SELECT 2", "con"),
    ],
)
def test_query_of_a_cell_is_found(source: str, sql: str, connection: str | None) -> None:
    found = find_sql(source)
    assert found is not None
    assert (found.sql, found.connection) == (sql, connection)


@pytest.mark.parametrize(
    "source",
    ['con.sql(f"SELECT {x}")', 'con.sql("SELECT " + x)', 'print("SELECT 1")', "not python (", 'con.sql("hello")', ""],
)
def test_text_that_duckdb_did_not_see_as_it_stands_is_left_alone(source: str) -> None:
    assert find_sql(source) is None


def test_sql_kernel_has_the_whole_cell() -> None:
    found = find_sql("SELECT 1", "SQL")
    assert found is not None
    assert found.replaced("SELECT 1", "SELECT 2") == "SELECT 2"


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ('ü = con.sql("SELECT a FROM t").df()  # keep', 'ü = con.sql("""\nSELECT "b" FROM t\n""").df()  # keep'),
        ("%%sql\nSELECT a FROM t\n", '%%sql\nSELECT "b" FROM t\n'),
        ("!ls\n\ncon.execute('SELECT a')", '!ls\n\ncon.execute("""\nSELECT "b" FROM t\n""")'),
    ],
)
def test_only_the_query_changes(source: str, wanted: str) -> None:
    found = find_sql(source)
    assert found is not None
    assert found.replaced(source, 'SELECT "b" FROM t') == wanted
