from __future__ import annotations

import time

import pytest

from jupyter_qwen.schema.model import Column, Connection, Schema, Table
from jupyter_qwen.sql.trial import run
from jupyter_qwen.sql.validate import prove


def test_a_query_on_known_columns_is_bound(shop: Schema) -> None:
    proof = prove("SELECT country, count(*) FROM customers GROUP BY ALL;", shop)
    assert (proof.verdict, proof.kind, proof.needs_consent) == ("bound", "query", False)
    assert proof.sql == "SELECT country, count(*) FROM customers GROUP BY ALL"


def test_binder_error_lists_candidate_columns(shop: Schema) -> None:
    sql = "SELECT 'ä',\n  totl FROM orders"
    proof = prove(sql, shop)
    (error,) = proof.diagnostics
    assert proof.verdict == "rejected"
    assert error.code == "binder-error"
    assert error.message.startswith('Binder Error: Referenced column "totl" not found')
    assert "total" in error.candidates
    assert (sql[error.start : error.end], error.line, error.column) == ("totl", 2, 3)


def test_an_unknown_table_gets_candidates_from_the_whole_schema(shop: Schema) -> None:
    (error,) = prove("SELECT * FROM custmers", shop).diagnostics
    assert error.code == "catalog-error"
    assert error.candidates[0] == "customers"


def test_a_missing_column_says_which_tables_have_it(shop: Schema) -> None:
    (error,) = prove("SELECT c.quantity FROM customers c", shop).diagnostics
    assert error.hint == 'quantity is a column of "Order Details".'


def test_the_position_survives_a_leading_explain(shop: Schema) -> None:
    sql = "EXPLAIN ANALYZE SELECT nope FROM orders"
    (error,) = prove(sql, shop).diagnostics
    assert sql[error.start : error.end] == "nope"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('x.csv')",
        "SELECT * FROM 'x.parquet'",
        'SELECT * FROM "data/x.csv"',
        "SELECT * FROM sqlite_scan('a', 'b')",
    ],
)
def test_what_reads_a_file_is_unchecked_and_needs_consent(sql: str, shop: Schema) -> None:
    proof = prove(sql, shop)
    assert (proof.verdict, proof.needs_consent) == ("unchecked", True)


@pytest.mark.parametrize(
    "sql", ["INSERT INTO customers VALUES (1, 'a', 'b')", "DROP TABLE orders", "UPDATE orders SET total = 0"]
)
def test_writing_is_bound_but_needs_consent(sql: str, shop: Schema) -> None:
    proof = prove(sql, shop)
    assert (proof.verdict, proof.needs_consent) == ("bound", True)
    assert prove("SELECT count(*) FROM orders, customers", shop).verdict == "bound"


@pytest.mark.parametrize(
    "sql",
    [
        "SET enable_external_access = true",
        "ATTACH 'x.db'",
        "INSTALL httpfs",
        "COPY orders TO 'x.csv'",
        "PRAGMA version",
    ],
)
def test_what_cannot_be_bound_is_unchecked(sql: str, shop: Schema) -> None:
    proof = prove(sql, shop)
    assert (proof.verdict, proof.needs_consent) == ("unchecked", True)


def test_a_pivot_over_values_that_only_the_data_know_is_bound_whatever_was_proved_before(shop: Schema) -> None:
    pivot = "PIVOT customers ON country USING count(*)"
    for before in ("SELECT name FROM customers", pivot, "SELECT nope FROM customers"):
        prove(before, shop)
        assert prove(pivot, shop).verdict == "bound"
        prove(before, shop)
        (error,) = prove(f"{pivot} GROUP BY nmae", shop).diagnostics
        assert error.code == "binder-error"
        assert "name" in error.candidates


def test_a_pivot_that_writes_needs_consent(shop: Schema) -> None:
    proof = prove("CREATE TABLE x AS PIVOT customers ON country USING count(*)", shop)
    assert (proof.verdict, proof.kind, proof.needs_consent) == ("bound", "create", True)


def test_parameters_do_not_stop_the_binder(shop: Schema) -> None:
    assert prove("SELECT * FROM orders WHERE id = ? AND total > $2", shop).verdict == "bound"


def test_a_dataframe_must_be_spelled_like_its_variable(shop: Schema) -> None:
    assert prove("SELECT pages FROM Visits", shop).verdict == "bound"
    proof = prove("SELECT pages FROM visits", shop)
    assert proof.verdict == "rejected"
    assert proof.diagnostics[0].candidates == ("Visits",)


def test_two_dataframes_that_differ_in_case_are_two_tables() -> None:
    schema = Schema(
        (
            Table(("df",), "dataframe", (Column("low", "INTEGER"),), rows=((1,),)),
            Table(("DF",), "dataframe", (Column("HIGH", "INTEGER"),), rows=((2,),)),
        )
    )
    for _ in range(2):
        assert prove("SELECT low FROM df", schema).verdict == "bound"
        assert prove("SELECT high FROM DF", schema).verdict == "bound"
        assert prove("SELECT high FROM df", schema).verdict == "rejected"
        assert (run("SELECT low FROM df", schema).rows, run("SELECT high FROM DF", schema).rows) == (((1,),), ((2,),))


def test_columns_that_differ_in_case_get_duckdbs_numbers() -> None:
    schema = Schema((Table(("df",), "dataframe", (Column("a", "INTEGER"), Column("A", "INTEGER"))),))
    assert prove("SELECT a, A_1 FROM df", schema).verdict == "bound"


def test_a_frame_with_a_column_that_holds_nul_can_be_queried() -> None:
    """DuckDB 2 can name such a column; DuckDB 1.x takes NUL for the end of the SQL and reads the frame all the same."""
    schema = Schema((Table(("df",), "dataframe", (Column("a\0b", "INTEGER"), Column("c", "INTEGER"))),))
    assert prove("SELECT *, c + 1 FROM df", schema).verdict == "bound"


def test_schemas_and_catalogues_are_cloned() -> None:
    column = (Column("a", "INTEGER"),)
    schema = Schema(
        (Table(("sales", "t"), "table", column, "con"), Table(("Other DB", "main", "u"), "table", column, "con")),
        (Connection("con", "/data/shop.duckdb"),),
    )
    assert prove('SELECT * FROM sales.t JOIN "Other DB".main.u USING (a)', schema).verdict == "bound"
    assert prove("SELECT * FROM shop.sales.t", schema).verdict == "bound"
    assert prove("SELECT * FROM t", schema).verdict == "rejected"


@pytest.mark.parametrize(
    "kind",
    ["ENUM('a', 'b')", "STRUCT(a INTEGER, b VARCHAR[])", "MAP(VARCHAR, INTEGER)", "JSON", "UUID", '"NULL"', "NULL"],
)
def test_nested_and_special_types_are_cloned(kind: str) -> None:
    schema = Schema((Table(("t",), "table", (Column("c", kind), Column("n", "INTEGER"))),))
    proof = prove("SELECT c, sum(n) FROM t GROUP BY c", schema)
    assert (proof.verdict, proof.diagnostics) == ("bound", ())


def test_an_unknown_type_becomes_text_and_says_so() -> None:
    schema = Schema((Table(("t",), "table", (Column("mood", "mood_enum"), Column("n", "INTEGER"))),))
    proof = prove("SELECT n FROM t WHERE mood = 'sad'", schema)
    assert proof.verdict == "bound"
    assert [d.code for d in proof.diagnostics] == ["type-substituted"]


def test_hidden_types_prove_names_and_admit_what_they_cannot() -> None:
    schema = Schema((Table(("t",), "table", (Column("a"), Column("b"))),), privacy="names")
    proof = prove("SELECT sum(a) FROM t WHERE b LIKE 'x%'", schema)
    assert proof.verdict == "bound"
    assert "types-hidden" in [d.code for d in proof.diagnostics]
    assert prove("SELECT c FROM t", schema).verdict == "rejected"
    assert prove("SELECT year(a) FROM t", schema).verdict == "unchecked"


def test_planning_never_computes() -> None:
    started = time.perf_counter()
    prove("SELECT list_sum(range(100000000)), repeat('a', 4000000000)", Schema())
    assert time.perf_counter() - started < 5


def test_only_mentioned_tables_are_cloned_so_a_large_catalogue_is_cheap() -> None:
    tables = tuple(
        Table((f"table_{i}",), "table", tuple(Column(f"column_{j}", "VARCHAR") for j in range(20)), "con")
        for i in range(1000)
    )
    schema = Schema(tables)
    prove("SELECT 1", schema)  # the worker gets the catalogue, once
    started = time.perf_counter()
    assert prove("SELECT table_77.column_3 FROM table_512 JOIN table_77 USING (column_1)", schema).verdict == "bound"
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "sql",
    [
        "PIVOT t ON b USING sum(a)",
        'WITH p AS (PIVOT t ON a USING sum(a)) SELECT "value" FROM p',
        'PIVOT t ON b USING sum(a) ORDER BY "value"',
    ],
)
def test_a_pivot_that_fails_for_want_of_rows_is_unchecked(sql: str) -> None:
    schema = Schema((Table(("t",), "table", (Column("a", "INTEGER"), Column("b", "VARCHAR")), "con"),))
    proof = prove(sql, schema)
    assert proof.verdict in ("unchecked", "bound"), proof


def test_update_extensions_is_asked_about_and_raises_nothing(shop: Schema) -> None:
    proof = prove("UPDATE EXTENSIONS", shop)
    assert proof.needs_consent
    assert proof.verdict != "bound"
