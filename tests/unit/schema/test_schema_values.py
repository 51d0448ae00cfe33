"""Values and rows of DuckDB tables: what is read, how it is told, and what it never claims to be."""

from __future__ import annotations

import json
from typing import Any

import pytest
from collected import schema_of

from jupyter_qwen.schema.collect import CollectionLimits, collect


def test_rows_cast_back_to_their_types(con: Any) -> None:
    con.execute(
        """CREATE TABLE t AS SELECT 1.50::DECIMAL(10,2) AS d, DATE '2024-01-31' AS day, TIMESTAMP '2024-01-31 10:11:12.5' AS ts,
        TIMESTAMPTZ '2024-01-31 10:11:12+00' AS tz, INTERVAL '1 month 2 days' AS iv, 'a\\x00\\xFF'::BLOB AS b, uuid() AS u,
        170141183460469231731687303715884105727::HUGEINT AS h, TIME '10:11:12' AS tm, 'NaN'::DOUBLE AS n, '101'::BIT AS bits,
        'x'::ENUM('x', 'y') AS e, 9007199254740993::BIGINT AS big"""
    )
    table = schema_of({"con": con}).tables[0]
    casts = ", ".join(f"CAST(? AS {column.type})" for column in table.columns)
    again = con.execute(f"SELECT CAST(({casts}) AS VARCHAR)", list(table.rows[0])).fetchall()
    assert (
        again
        == con.execute("SELECT CAST((d, day, ts, tz, iv, b, u, h, tm, n, bits, e, big) AS VARCHAR) FROM t").fetchall()
    )


def test_nested_values_are_json(con: Any) -> None:
    con.execute("CREATE TABLE t AS SELECT [1, 2] AS l, {'k': DATE '2024-01-01', 'v': [1.5]} AS s, MAP {'a': 1} AS m")
    assert schema_of({"con": con}).tables[0].rows == (([1, 2], {"k": "2024-01-01", "v": ["1.5"]}, {"a": 1}),)


def test_values_of_a_large_table_are_counted_by_duckdb(con: Any) -> None:
    con.execute("CREATE TABLE t AS SELECT 'c' || (i % 30) AS city, i % 3 AS k, i FROM range(20000) r(i)")
    schema = schema_of({"con": con}, limits=CollectionLimits(seconds=10))
    city, k, i = schema.tables[0].columns
    assert (len(city.values), city.values_complete, city.distinct) == (30, True, 30)
    assert (k.values, k.values_complete) == (("0", "1", "2"), True)
    assert (i.values, i.values_complete) == ((), False)
    assert len(schema.tables[0].rows) == 1_000
    assert len({row[0] for row in schema.tables[0].rows}) == 30


def test_values_of_a_sample_never_claim_to_be_all(con: Any) -> None:
    con.execute("CREATE TABLE t AS SELECT 'c' || (i % 30) AS city FROM range(300000) r(i)")
    city = schema_of({"con": con}, limits=CollectionLimits(seconds=10)).tables[0].columns[0]
    assert len(city.values) == 30
    assert not city.values_complete
    assert city.distinct is None


def test_an_empty_table_does_not_claim_to_know_its_values(con: Any) -> None:
    con.execute("CREATE TABLE t(a VARCHAR)")
    schema = schema_of({"con": con})
    assert not schema.tables[0].columns[0].values_complete
    assert schema.tables[0].rows_complete


def test_secret_columns_of_tables_are_not_read(con: Any) -> None:
    con.execute("CREATE TABLE users AS SELECT 'ann' AS name, 'hunter2' AS password, {'api_key': 'hunter2'} AS account")
    found = json.dumps(collect({"con": con}))
    assert "hunter2" not in found
    assert "ann" in found


def test_values_that_the_question_speaks_of_are_found_among_many(con: Any) -> None:
    con.execute("CREATE TABLE t AS SELECT 'customer ' || i AS name FROM range(5000) r(i), range(2)")
    con.execute("INSERT INTO t VALUES ('Müller & Söhne')")
    with_question = schema_of({"con": con}, question="orders of müller in 2024", limits=CollectionLimits(seconds=10))
    without = schema_of({"con": con}, limits=CollectionLimits(seconds=10))
    assert "Müller & Söhne" in with_question.tables[0].columns[0].values
    assert "Müller & Söhne" not in without.tables[0].columns[0].values
    assert len(with_question.tables[0].columns[0].values) == 100


@pytest.mark.parametrize("key", ["INTEGER REFERENCES customers(id)", "INTEGER"], ids=["declared", "by name"])
def test_sample_rows_of_large_tables_join(con: Any, key: str) -> None:
    own = "id" if "REFERENCES" in key else "customer_id"
    con.execute(f"CREATE TABLE customers({own} INTEGER PRIMARY KEY, name VARCHAR)")
    con.execute("INSERT INTO customers SELECT i, 'customer ' || i FROM range(20000) t(i)")
    con.execute(f"CREATE TABLE orders(customer_id {key}, total DOUBLE)")
    con.execute("INSERT INTO orders SELECT i * 7 % 500, i FROM range(40000) t(i)")
    schema = schema_of({"con": con}, limits=CollectionLimits(seconds=10, rows=1_000))
    orders, customers = schema.table("orders"), schema.table("customers")
    assert orders is not None
    assert customers is not None
    ids = [row[0] for row in customers.rows]
    assert {row[0] for row in orders.rows} <= set(ids)
    assert len(ids) == len(set(ids)) == 1_000
    assert not customers.rows_complete


def test_a_table_named_like_our_clauses_is_not_taken_for_complete(con: Any) -> None:
    con.execute('CREATE TABLE "LIMIT PERCENT" AS SELECT i FROM range(5000) t(i)')
    (table,) = schema_of({"con": con}, limits=CollectionLimits(seconds=10)).tables
    assert (len(table.rows), table.rows_complete, table.row_count) == (1_000, False, 5_000)
