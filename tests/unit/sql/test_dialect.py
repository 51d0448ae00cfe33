from __future__ import annotations

import pytest

from jupyter_qwen.sql.dialect import UnknownDialect, find_dialect, transpile

NAMES = {
    "BigQuery": "bigquery",
    "PostgreSQL": "postgres",
    "SQL Server": "tsql",
    "Spark SQL": "spark",
    "snowflake": "snowflake",
}


@pytest.mark.parametrize(("name", "found"), NAMES.items())
def test_dialects_are_found_under_the_names_that_users_write(name: str, found: str) -> None:
    assert find_dialect(name) == found


def test_an_unknown_dialect_gets_candidates() -> None:
    with pytest.raises(UnknownDialect) as caught:
        transpile("SELECT 1", "postgress")
    assert "postgres" in caught.value.candidates


def test_group_by_all_is_spelled_out_where_it_does_not_exist() -> None:
    assert transpile("SELECT a, count(*) FROM t GROUP BY ALL", "postgres").sql == "SELECT a, COUNT(*) FROM t GROUP BY a"
    assert transpile("SELECT count(*) FROM t GROUP BY ALL", "mysql").sql == "SELECT COUNT(*) FROM t"
    assert (
        transpile("SELECT a, count(*) FROM t GROUP BY ALL", "snowflake").sql == "SELECT a, COUNT(*) FROM t GROUP BY ALL"
    )


@pytest.mark.parametrize(
    ("sql", "target", "word"),
    [
        ("SELECT * EXCLUDE (a) FROM t", "postgres", "EXCLUDE"),
        ("SELECT arg_max(a, b) FROM t", "sqlite", "arg_max"),
        ("SELECT list_aggregate(l, 'sum') FROM t", "bigquery", "list_aggregate"),
        ("SELECT [1, 2] FROM t", "mysql", "lists"),
        ("SELECT count(*) FILTER (WHERE a > 1) FROM t", "oracle", "FILTER"),
        ("SELECT * FROM a FULL JOIN b USING (x)", "mysql", "FULL JOIN"),
    ],
)
def test_what_cannot_be_carried_is_a_warning(sql: str, target: str, word: str) -> None:
    warnings = [d for d in transpile(sql, target).diagnostics if d.severity == "warning"]
    assert any(word in d.message for d in warnings)


def test_a_plain_query_is_carried_without_a_warning_and_says_that_it_was_not_proved() -> None:
    for target in ("bigquery", "postgres", "snowflake", "sqlite", "spark", "mysql", "tsql"):
        translation = transpile(
            "SELECT a, sum(b) AS s FROM t WHERE c ILIKE 'x%' GROUP BY a ORDER BY s DESC LIMIT 3", target
        )
        assert [d.code for d in translation.diagnostics] == ["not-proved"]


def test_duckdb_itself_is_left_alone() -> None:
    assert transpile("from t", "DuckDB").sql == "from t"
