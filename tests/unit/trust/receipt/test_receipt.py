"""What a receipt says, and what it leaves alone on the user's connection."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest

import jupyter_qwen

ORDERS = """
CREATE TABLE customers AS SELECT * FROM (VALUES (1, 'AT'), (2, 'DE'), (3, 'DE')) AS t(customer_id, country);
CREATE TABLE orders AS SELECT * FROM (VALUES (1, 1, 100), (2, 1, 50), (3, 2, 75), (4, 9, 20)) AS t(order_id, customer_id, amount);
CREATE TABLE lines AS SELECT * FROM (VALUES (1, 1), (2, 1), (3, 2), (4, 3)) AS t(line_id, order_id);
"""
PATIENT = 120.0  # a busy machine must not change what is said
FANS_OUT = "SELECT sum(o.amount) AS revenue FROM orders o JOIN lines l ON l.order_id = o.order_id"


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(ORDERS)
    return connection


def test_fan_out_is_told_with_the_sum_that_it_should_have_been(con: duckdb.DuckDBPyConnection) -> None:
    (warning,) = jupyter_qwen.receipt(FANS_OUT, con, seconds=PATIENT).warnings
    assert warning.code == "fan-out"
    assert "325" in warning.message  # 100 twice, 50, 75
    assert "225" in warning.message
    assert con.execute(warning.mend).fetchall() == [(225,)]


def test_every_join_has_its_rows_and_the_uniqueness_of_both_sides(con: duckdb.DuckDBPyConnection) -> None:
    sql = "SELECT * FROM orders o LEFT JOIN customers c ON c.customer_id = o.customer_id"
    (join,) = jupyter_qwen.receipt(sql, con, seconds=PATIENT).joins
    assert (join.rows_before, join.rows_joined, join.rows_after) == (4, 3, 4)
    assert (join.left_unmatched, join.right_unmatched) == (1, 1)
    assert (join.left_unique, join.right_unique) == (False, True)


def test_nothing_suspicious_is_said_in_one_line(con: duckdb.DuckDBPyConnection) -> None:
    sql = "SELECT c.country, count(o.order_id) FROM customers c LEFT JOIN orders o USING (customer_id) GROUP BY ALL"
    found = jupyter_qwen.receipt(sql, con, seconds=PATIENT)
    assert found.summary == "nothing suspicious: 1 join, keys unique"
    assert found.summary in str(found)
    assert found.summary in found._repr_html_()


def test_rows_that_limit_cut_are_a_note_and_no_warning(con: duckdb.DuckDBPyConnection) -> None:
    found = jupyter_qwen.receipt("SELECT order_id FROM orders ORDER BY amount DESC LIMIT 3", con, seconds=PATIENT)
    assert found.warnings == ()
    assert "LIMIT 3 keeps 3 of 4 rows." in found.notes


@pytest.mark.parametrize(
    "sql",
    ["INSERT INTO orders VALUES (5, 1, 1)", "SELECT 1; SELECT 2", "COPY orders TO 'x.csv'", "SELECT * FROM read_csv('x.csv')",
     "SELECT nextval('s')", "SELECT ?", "SELEC 1"],
)  # fmt: skip
def test_what_does_more_than_read_tables_gets_no_receipt(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    found = jupyter_qwen.receipt(sql, con, seconds=PATIENT)
    assert found.state == "refused"
    assert found.message
    assert con.execute("SELECT count(*) FROM orders").fetchall() == [(4,)]


def test_table_that_is_missing_is_named(con: duckdb.DuckDBPyConnection) -> None:
    found = jupyter_qwen.receipt("SELECT * FROM nothing_here", con, seconds=PATIENT)
    assert found.state == "refused"
    assert "nothing_here" in found.message


def test_something_else_than_text_is_refused_by_name(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(TypeError, match="SQL as text, not int"):
        jupyter_qwen.receipt(1, con, seconds=PATIENT)  # type: ignore[arg-type]


def test_receipt_on_a_read_only_file_leaves_no_file_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as made:
        made.execute(ORDERS)
    before = path.read_bytes()
    with duckdb.connect(str(path), read_only=True) as opened:
        assert [item.code for item in jupyter_qwen.receipt(FANS_OUT, opened, seconds=PATIENT).warnings] == ["fan-out"]
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["shop.duckdb"]


def test_open_transaction_stays_open_and_can_be_taken_back(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("BEGIN TRANSACTION")
    con.execute("DELETE FROM orders WHERE order_id = 4")
    jupyter_qwen.receipt(FANS_OUT, con, seconds=PATIENT)
    jupyter_qwen.receipt("SELECT CAST(country AS INTEGER) FROM customers", con, seconds=PATIENT)  # fails on the rows
    assert con.execute("SELECT count(*) FROM orders").fetchall() == [(3,)]
    con.execute("ROLLBACK")
    assert con.execute("SELECT count(*) FROM orders").fetchall() == [(4,)]


def test_no_setting_no_table_and_no_variable_is_left_behind(con: duckdb.DuckDBPyConnection) -> None:
    state = """SELECT (SELECT list((name, value) ORDER BY name) FROM duckdb_settings()),
               (SELECT list(table_name) FROM duckdb_tables()), (SELECT list(view_name) FROM duckdb_views() WHERE NOT internal)"""
    before, names = con.execute(state).fetchall(), set(globals())
    jupyter_qwen.receipt(FANS_OUT, con, seconds=PATIENT)
    assert con.execute(state).fetchall() == before
    assert set(globals()) == names


def test_result_that_is_not_fetched_yet_is_still_there(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("SELECT order_id FROM orders ORDER BY order_id")
    jupyter_qwen.receipt(FANS_OUT, con, seconds=PATIENT)
    assert con.fetchall() == [(1,), (2,), (3,), (4,)]


def test_frames_of_the_caller_are_tables() -> None:
    visits = pd.DataFrame({"visit_id": [1, 2], "fee": [10, 20]})
    tests = pd.DataFrame({"visit_id": [1, 1, 2]})
    sql = "SELECT sum(fee) FROM visits JOIN tests ON visits.visit_id = tests.visit_id"
    found = jupyter_qwen.receipt(sql, duckdb.connect(), seconds=PATIENT)
    assert [item.code for item in found.warnings] == ["fan-out"]
    assert len(visits) + len(tests) == 5


def test_large_tables_are_asked_about_before_anything_is_counted(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE TABLE big AS SELECT range AS order_id FROM range(1000001)")
    sql = "SELECT sum(o.amount) FROM orders o JOIN big b ON b.order_id = o.order_id"
    found = jupyter_qwen.receipt(sql, con, seconds=PATIENT)
    assert found.state == "asks"
    assert "big has 1,000,001 rows" in found.message
    assert jupyter_qwen.receipt(sql, con, count_large=True, seconds=PATIENT).state == "done"


def test_what_was_not_counted_in_time_is_said(con: duckdb.DuckDBPyConnection) -> None:
    found = jupyter_qwen.receipt(FANS_OUT, con, count_large=True, seconds=0.0)
    assert found.state == "refused"
    assert "time limit" in found.message


def test_what_takes_longer_than_a_moment_is_asked_about(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "CREATE VIEW slow AS SELECT a.range AS order_id FROM range(200000) a, range(200000) b WHERE a.range <> b.range"
    )
    sized = "SELECT sum(o.amount) FROM orders o JOIN slow s ON s.order_id = o.order_id"
    counted = "SELECT count(*) FROM orders o, range(200000) a, range(200000) b WHERE a.range <> b.range + o.order_id"
    for sql in (sized, counted):
        found = jupyter_qwen.receipt(sql, con, seconds=0.2)
        assert (found.state, found.warnings) == ("asks", ())
        assert found.message.endswith("Count them?")
