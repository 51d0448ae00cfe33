from __future__ import annotations

import duckdb
import pytest

from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.model import Diagnostic
from jupyter_qwen.sql.read.parse import Statement, parse, trim
from jupyter_qwen.sql.validate import prove

WRITES_IN_CTE = int(duckdb.__version__.split(".")[0]) >= 2
KINDS = {
    "SELECT 1": "query",
    "FROM t": "query",
    "VALUES (1)": "query",
    "WITH a AS (SELECT 1) SELECT * FROM a": "query",
    "PIVOT t ON a USING sum(b)": "query",
    "EXPLAIN PIVOT t ON a USING sum(b)": "query",
    "WITH s AS (PIVOT t ON a USING sum(b)) SELECT * FROM s": "query",
    "(PIVOT t ON a USING sum(b))": "query",
    "CREATE TABLE x AS PIVOT t ON a USING sum(b)": "create",
    "INSERT INTO t PIVOT t ON a USING sum(b)": "insert",
    "WITH s AS (PIVOT t ON a USING sum(b)) INSERT INTO t SELECT * FROM s": "insert",
    "EXPLAIN INSERT INTO t PIVOT t ON a USING sum(b)": "insert",
    "DESCRIBE t": "query",
    "SUMMARIZE t": "query",
    "EXPLAIN SELECT 1": "query",
    "-- a note\nSELECT 1": "query",
    "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a": "insert",
    "WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d": "delete",
    "EXPLAIN ANALYZE DELETE FROM t": "delete",
    "UPDATE t SET a = 1": "update",
    "TRUNCATE t": "delete",
    "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE": "merge",
    "CREATE TABLE x AS SELECT 1": "create",
    "CREATE SECRET s (TYPE s3)": "create",
    "ALTER TABLE t ADD COLUMN z INTEGER": "alter",
    "DROP TABLE t": "drop",
    "COPY t TO 'x.csv'": "copy",
    "ATTACH 'x.db'": "attach",
    "DETACH x": "detach",
    "INSTALL spatial": "install",
    "FORCE INSTALL spatial": "install",
    "LOAD spatial": "load",
    "PRAGMA table_info('t')": "pragma",
    "SET threads = 1": "set",
    "USE x": "set",
    "BEGIN": "transaction",
    "CALL pragma_version()": "call",
    "EXPORT DATABASE 'x'": "export",
    "IMPORT DATABASE 'x'": "import",
    "VACUUM": "other",
}


@pytest.mark.parametrize(("sql", "kind"), KINDS.items())
def test_the_kind_is_what_duckdb_would_do(sql: str, kind: str) -> None:
    if "(DELETE" in sql and not WRITES_IN_CTE:
        pytest.skip("DuckDB before 2 has no common table expressions that write: 'A CTE needs a SELECT'")
    statement = parse(sql)
    assert isinstance(statement, Statement)
    assert statement.kind == kind
    assert bool(statement.consent) == (kind != "query")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('x.csv')", "SELECT * FROM 'x.parquet'", "SELECT * FROM 'https://example.org/x.csv'",
        "SELECT * FROM glob('*')", "SELECT getenv('HOME')", "FROM query('SELECT 1')", "SELECT nextval('s')",
        "SELECT * FROM \"read_text\"('x')", "SELECT * FROM a JOIN 'b.csv' USING (id)", "SELECT * FROM force_checkpoint()",
    ],
)  # fmt: skip
def test_a_query_that_reaches_outside_needs_consent(sql: str) -> None:
    statement = parse(sql)
    assert isinstance(statement, Statement)
    assert statement.kind == "query"
    assert statement.consent


@pytest.mark.parametrize(
    "sql", ["SELECT 'read_csv(x)'", "SELECT read_csv FROM t", "SELECT 1 AS \"from 'x.csv'\"", "SELECT 1 -- from 'x'"]
)
def test_words_inside_names_texts_and_comments_reach_nowhere(sql: str) -> None:
    statement = parse(sql)
    assert isinstance(statement, Statement)
    assert statement.consent == ()


def test_several_statements_are_refused_and_the_second_is_marked() -> None:
    found = parse("SELECT ';' ; DROP TABLE t")
    assert isinstance(found, Diagnostic)
    assert found.code == "several-statements"
    assert found.start == len("SELECT ';' ; ")


def test_statements_are_counted_as_they_are_written() -> None:
    """DuckDB 1.x makes two of one PIVOT."""
    found = parse("PIVOT t ON a USING sum(b); SELECT 2;")
    assert isinstance(found, Diagnostic)
    assert found.message.startswith("There are 2 statements")


@pytest.mark.parametrize("sql", ["", "   ", "-- nothing", ";;"])
def test_no_statement_is_said_so(sql: str) -> None:
    found = parse(sql)
    assert isinstance(found, Diagnostic)
    assert found.code == "no-statement"


def test_a_parser_error_points_at_the_word() -> None:
    found = parse("SELECT 'ü😀'\nFORM t")
    assert isinstance(found, Diagnostic)
    assert (found.code, found.line, found.column) == ("parser-error", 2, 6)
    assert found.message.startswith('Parser Error: syntax error at or near "t"')


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("SELECT 1;", "SELECT 1"),
        ("SELECT 1 ;; -- done", "SELECT 1"),
        ("SELECT ';'", "SELECT ';'"),
        ("SELECT 1 -- ; a", "SELECT 1 -- ; a"),
    ],
)
def test_trailing_semicolons_are_cut_and_comments_kept(sql: str, text: str) -> None:
    assert trim(sql) == text


def test_very_long_and_very_deep_texts_are_refused_not_crashed() -> None:
    assert isinstance(parse("SELECT " + "1+" * 40_000 + "1"), Diagnostic)
    deep = parse("SELECT " + "(" * 20_000 + "1" + ")" * 20_000)
    assert isinstance(deep, (Diagnostic, Statement))


@pytest.mark.parametrize("sql", ["SELECT x'\xa0'", "SELECT '\ud800'"])
def test_characters_that_duckdb_cannot_even_name_are_refused(sql: str) -> None:
    """DuckDB 2 cuts its own message about the first in the middle of a character; 1.x refuses it when it binds."""
    proof = prove(sql, Schema())
    assert proof.verdict == "rejected"
