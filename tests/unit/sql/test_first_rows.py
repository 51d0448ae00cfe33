"""What of a trial may be seen: the answer's own rows, or what a sample cannot get wrong."""

from dataclasses import replace

import pytest

from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.first_rows import SHOWN_ROWS, FirstRows, TableRead, first_rows
from jupyter_qwen.sql.trial import run


def on_a_sample(schema: Schema) -> Schema:
    tables = tuple(replace(table, rows_complete=False, row_count=5000) for table in schema.tables)
    return replace(schema, tables=tables)


def shown(sql: str, schema: Schema) -> FirstRows:
    found = first_rows(sql, run(sql, schema), schema)
    assert found is not None
    return found


def test_rows_of_whole_tables_are_the_answer_and_are_counted(shop: Schema) -> None:
    found = shown("SELECT country, count(*) AS n FROM customers GROUP BY country ORDER BY country", shop)
    assert found.complete
    assert found.row_count == 3
    assert not found.more
    assert not found.hidden
    assert found.columns == ("country", "n")
    assert found.rows[0] == ("Norway", "1")
    assert found.read == (TableRead("customers", 3, 3),)


def test_the_mark_names_every_table_once_and_no_cte(shop: Schema) -> None:
    sql = "WITH o AS (FROM orders) SELECT c.name FROM customers c JOIN o ON o.customer_id = c.id JOIN orders p ON p.id = o.id"
    assert [read.table for read in shown(sql, shop).read] == ["customers", "orders"]


@pytest.mark.parametrize(
    ("sql", "hidden"),
    [
        ("SELECT name, country FROM customers", []),
        ("SELECT * FROM customers ORDER BY id DESC LIMIT 2", []),
        ("SELECT c.name, o.total * 2 AS twice FROM customers c JOIN orders o ON o.customer_id = c.id", []),
        ("SELECT country, count(*) AS n FROM customers GROUP BY country", [1]),
        ("SELECT sum(total) AS total FROM orders", [0]),
        ("SELECT name, row_number() OVER (ORDER BY id) AS place FROM customers", [1]),
        ("SELECT name, (SELECT max(total) FROM orders) AS most FROM customers", [1]),
        ("SELECT name, EXISTS (SELECT 1 FROM orders) AS any FROM customers", [1]),
        ("SELECT s.country, s.n + 1 AS m FROM (SELECT country, count(*) AS n FROM customers GROUP BY 1) s", [1]),
        ("WITH s AS (SELECT country, count(*) AS n FROM customers GROUP BY 1) SELECT * FROM s", [1]),
        ("SELECT c.name, o.total FROM customers c LEFT JOIN orders o ON o.customer_id = c.id", [1]),
        ("SELECT c.name, o.total FROM orders o RIGHT JOIN customers c ON o.customer_id = c.id", [1]),
        ("SELECT name FROM customers UNION SELECT code FROM orders", [0]),
        ("SELECT id, list(name) FROM customers GROUP BY id", [1]),
        ("FROM orders SELECT count(*) FILTER (WHERE total > 5) / count(*)", [0]),
        ("PIVOT orders ON code USING sum(total) GROUP BY customer_id", None),
    ],
)
def test_no_number_computed_over_a_sample_is_shown(sql: str, hidden: list[int] | None, shop: Schema) -> None:
    found = shown(sql, on_a_sample(shop))
    assert not found.complete
    assert found.row_count is None
    assert list(found.hidden) == (list(range(len(found.columns))) if hidden is None else hidden)
    for row in found.rows:
        assert all(row[i] is None for i in found.hidden)
    if len(found.hidden) == len(found.columns):
        assert found.rows == ()
    assert found.read
    assert all(read.of == 5000 for read in found.read)


def test_no_more_than_the_first_rows_travel(shop: Schema) -> None:
    found = shown("SELECT range AS n FROM range(40)", shop)
    assert len(found.rows) == SHOWN_ROWS
    assert found.more
    assert found.row_count == 40
    assert not found.read
    many = shown("SELECT range AS n FROM range(5000)", shop)
    assert many.more
    assert many.row_count is None


def test_values_that_are_long_or_missing_are_told_apart(shop: Schema) -> None:
    ((long, null, number, day),) = shown(
        "SELECT repeat('x', 500), NULL, 1234567.891, TIMESTAMP '2024-01-05'", shop
    ).rows
    assert long is not None
    assert len(long) == 120
    assert long.endswith("…")
    assert null is None
    assert number == "1234567.891"
    assert day == "2024-01-05"


def test_nothing_is_shown_below_the_level_samples_or_of_a_trial_that_failed(shop: Schema) -> None:
    assert first_rows("SELECT 1", run("SELECT 1", shop), shop.at_privacy("values")) is None
    assert first_rows("SELECT nope", run("SELECT nope", shop), shop) is None
    assert first_rows("SELECT 1", None, shop) is None
