"""What an error of DuckDB 1.x is about: the same text that DuckDB 2 marks."""

from __future__ import annotations

import pytest

from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.extent import extent, word_at
from jupyter_qwen.sql.model import Diagnostic
from jupyter_qwen.sql.read.parse import parse
from jupyter_qwen.sql.validate import prove

#: The beginning that DuckDB 1.x tells is behind the sign ¶.
MARKED = {
    "SELECT ¶totl FROM orders": "totl",
    "SELECT ¶o.totl, 1 FROM orders o": "o.totl",
    'SELECT ¶"Order Details"."a b" FROM t': '"Order Details"."a b"',
    "SELECT * FROM ¶main.nope": "main.nope",
    "SELECT ¶avg(lower(code)) FROM orders": "avg(lower(code))",
    "SELECT ¶foo.bar(id), 2": "foo.bar(id)",
    "SELECT ¶CASE WHEN a = 1 THEN d ELSE e END AS x": "CASE WHEN a = 1 THEN d ELSE e END",
    "SELECT * FROM t WHERE (a ¶> d)": "a > d",
    "SELECT * FROM t WHERE lower(a) ¶>= d + INTERVAL 1 DAY OR b = 2": "lower(a) >= d + INTERVAL 1 DAY",
    "SELECT * FROM t JOIN u ON t.a ¶<> u.d LEFT JOIN v USING (b)": "t.a <> u.d",
    "SELECT d ¶< left(a, 2) FROM t": "d < left(a, 2)",
    "SELECT * FROM t WHERE ¶NOT a > d": "a > d",
    "SELECT * FROM t WHERE CASE WHEN b = 1 THEN a ELSE 'x' END ¶= d": "CASE WHEN b = 1 THEN a ELSE 'x' END = d",
    "SELECT * FROM t WHERE d ¶LIKE '2%' AND b = 1": "LIKE '2%'",
    "SELECT * FROM t WHERE d ¶BETWEEN a AND b AND c": "BETWEEN a AND b",
    "SELECT * FROM t WHERE a ¶IN (SELECT b FROM u)": "(SELECT b FROM u)",
    "SELECT a ¶+ 1 FROM t": "+",
    "SELECT * FROM t WHERE ¶": "WHERE",
    "SELECT ¶avg(code": "avg(code",
}


@pytest.mark.parametrize(("marked", "text"), MARKED.items())
def test_an_expression_is_marked_from_its_beginning_to_its_end(marked: str, text: str) -> None:
    start = marked.index("¶")
    sql = marked.replace("¶", "")
    first, end = extent(sql, start)
    assert sql[first:end] == text


def test_a_parser_stops_at_a_word_and_not_at_the_call_that_begins_there() -> None:
    assert word_at("SELECT 1 count(x)", 9) == (9, 14)
    assert word_at("", 0) == (0, 0)


REJECTED = [
    "SELECT ¶c.nope FROM customers c",
    "SELECT ¶avg(lower(name)) AS a FROM customers",
    "SELECT * FROM Visits WHERE pages > 1 AND day ¶>= now() + INTERVAL 1 DAY ORDER BY day",
    "SELECT * FROM orders WHERE ordered_at ¶LIKE '2024%'",
    "SELECT * FROM orders WHERE ordered_at ¶BETWEEN code AND code",
    "SELECT ¶CASE WHEN id = 1 THEN ordered_at ELSE id END FROM orders",
    "SELECT * FROM ¶main.custmers",
    "¶SELEC 1",
]


@pytest.mark.parametrize("marked", REJECTED)
def test_the_end_that_is_found_is_the_one_that_duckdb_2_tells(marked: str, shop: Schema) -> None:
    """On DuckDB 2 this compares our end with its own; on DuckDB 1.x our beginning with its own."""
    start, sql = marked.index("¶"), marked.replace("¶", "")
    found = parse(sql)
    error = found if isinstance(found, Diagnostic) else prove(sql, shop).diagnostics[0]
    ours = word_at(sql, start) if error.code == "parser-error" else extent(sql, start)
    assert (error.start, error.end) == ours
