from __future__ import annotations

import pytest

from jupyter_qwen.schema.model import Column, ForeignKey, Schema, Table
from jupyter_qwen.sql.habits.doubts import unmet_demands

SALES = Table(
    ("sales",), "table",
    (Column("shop_id", "BIGINT"), Column("sold_on", "DATE"), Column("price", "DOUBLE"), Column("region", "VARCHAR")),
    foreign_keys=(ForeignKey(("shop_id",), "shops", ("id",)),),
)  # fmt: skip
SCHEMA = Schema((SALES,))


@pytest.mark.parametrize(
    ("question", "sql", "doubts"),
    [
        ("monthly revenue", "SELECT sold_on, sum(price) FROM sales GROUP BY sold_on", ("no row for each month",)),
        ("monthly revenue", "SELECT date_trunc('month', sold_on), sum(price) FROM sales GROUP BY 1", ()),
        ("revenue per year", "SELECT year(sold_on), sum(price) FROM sales GROUP BY 1", ()),
        ("revenue per year", "SELECT strftime(sold_on, '%Y'), sum(price) FROM sales GROUP BY 1", ()),
        (
            "the average price per region",
            "SELECT avg(price) FROM sales",
            ("a single row where one for each is asked for",),
        ),
        ("the average price per region", "SELECT region, avg(price) FROM sales GROUP BY region", ()),
        ("what per cent of the sales are dear", "SELECT avg(price) FROM sales", ()),
        ("the price of each sale", "SELECT price FROM sales", ()),
        ("revenue", "SELECT FROM", ()),
    ],
)
def test_a_demand_that_the_query_does_not_meet_is_told(question: str, sql: str, doubts: tuple[str, ...]) -> None:
    assert unmet_demands(question, sql, SCHEMA) == doubts
