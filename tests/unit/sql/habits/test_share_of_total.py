"""The part of each in the total, where only sums came."""

from __future__ import annotations

import pytest

from jupyter_qwen.schema.model import Column, Schema, Table
from jupyter_qwen.sql.habits import look_again
from jupyter_qwen.sql.trial import run
from jupyter_qwen.sql.validate import prove

SALE = Table(
    ("sale",), "table", (Column("kind", "VARCHAR"), Column("price", "DOUBLE")), "con", 3, None, (), (),
    (("a", 1.0), ("a", 2.0), ("b", 9.0)), True,
)  # fmt: skip
SHARES = {("a", 25.0), ("b", 75.0)}


@pytest.mark.parametrize(
    ("question", "sql", "rows"),
    [
        ("What percentage of the total revenue does each kind make?",
         "SELECT kind, sum(price) AS r FROM sale GROUP BY kind ORDER BY r DESC", SHARES),
        ("share of all revenue per kind", "SELECT kind, 100 * sum(price) / sum(price) FROM sale GROUP BY kind", SHARES),
        ("percentage of total sales by kind",
         "SELECT kind, count(*) FROM sale GROUP BY ALL", {("a", 200 / 3), ("b", 100 / 3)}),
        ("percentage of all sales that were cheap per kind",
         "SELECT kind, count(*) FROM sale GROUP BY kind", {("a", 2), ("b", 1)}),
        ("revenue per kind", "SELECT kind, sum(price) FROM sale GROUP BY kind", {("a", 3.0), ("b", 9.0)}),
        ("share of total revenue by kind",
         "SELECT kind, sum(price) / (SELECT sum(price) FROM sale) FROM sale GROUP BY kind", {("a", 0.25), ("b", 0.75)}),
    ],
)  # fmt: skip
def test_each_part_is_told_of_the_whole(question: str, sql: str, rows: set[tuple[str, float]]) -> None:
    schema = Schema((SALE,))
    proof = look_again(prove(sql, schema), question, schema)
    found = run(proof.sql, schema)

    assert {(row[0], round(float(row[1]), 6)) for row in found.rows} == {(k, round(float(v), 6)) for k, v in rows}, (
        proof.sql
    )
