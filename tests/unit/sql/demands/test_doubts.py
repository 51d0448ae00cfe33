from __future__ import annotations

import pytest

from jupyter_qwen.schema.model import Column, ForeignKey, Schema, Table
from jupyter_qwen.sql.demands.doubts import unmet_demands, unmet_meanings

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
        (
            "the shop with the most sales",
            "SELECT shop_id FROM sales ORDER BY price DESC LIMIT 1",
            ("nothing counts 'sales'",),
        ),
        ("the shop with the most sales", "SELECT shop_id FROM sales GROUP BY 1 ORDER BY count(*) DESC LIMIT 1", ()),
        (
            "regions with sales before 1945 and after 1955",
            "SELECT region FROM sales WHERE year(sold_on) BETWEEN 1945 AND 1955",
            ("BETWEEN where 'before 1945 and after 1955' is asked for",),
        ),
    ],
)
def test_a_demand_that_the_query_does_not_meet_is_told(question: str, sql: str, doubts: tuple[str, ...]) -> None:
    assert unmet_demands(question, sql, SCHEMA) == doubts


@pytest.mark.parametrize(
    ("question", "without", "with_it"),
    [
        ("sales dearer than the average", "SELECT price FROM sales WHERE price > 5",
         "SELECT price FROM sales WHERE price > (SELECT avg(price) FROM sales)"),
        ("change of the price over the previous sale", "SELECT price FROM sales",
         "SELECT price - lag(price) OVER (ORDER BY sold_on) FROM sales"),
        ("number of different regions", "SELECT count(region) FROM sales", "SELECT count(DISTINCT region) FROM sales"),
        ("cheap and dear sales side by side", "SELECT count(*) FROM sales",
         "SELECT count(*) FILTER (WHERE price < 5), "
         "count(*) FILTER (WHERE price > 9), max(CASE WHEN price = 7 THEN 1 END) FROM sales"),
        ("sales by weekday", "SELECT sold_on, count(*) FROM sales GROUP BY sold_on",
         "SELECT dayname(sold_on), count(*) FROM sales GROUP BY 1"),
        ("sales by hour", "SELECT sold_on, count(*) FROM sales GROUP BY sold_on",
         "SELECT hour(sold_on), count(*) FROM sales GROUP BY 1"),
        ("percentage of the total price of each region",
         "SELECT region, sum(price) / 100 FROM sales GROUP BY region",
         "SELECT region, sum(price) / sum(sum(price)) OVER () FROM sales GROUP BY region"),
    ],
)  # fmt: skip
def test_a_shape_is_missed_only_without_any_of_its_building_blocks(question: str, without: str, with_it: str) -> None:
    assert unmet_demands(question, without, SCHEMA)[-1].startswith("nothing answers")
    assert unmet_demands(question, with_it, SCHEMA) == ()


def test_units_and_comparisons_that_sound_like_a_shape_raise_no_doubt() -> None:
    assert (
        unmet_demands("How much dearer is north than south on average?", "SELECT avg(price) FROM sales", SCHEMA) == ()
    )
    assert unmet_demands("average miles per hour", "SELECT avg(price) FROM sales", SCHEMA) == ()
    assert unmet_demands("sales with over 6 items", "SELECT price FROM sales WHERE shop_id > 6", SCHEMA) == ()


@pytest.mark.parametrize(
    ("meaning", "sql", "doubted"),
    [
        ("sum(sales.price)", "SELECT count(shop_id) FROM sales", True),
        ("sum(sales.price)", "SELECT region, sum(price) FROM sales GROUP BY region", False),
        ("price of what was sold, without returns", "SELECT count(*) FROM sales", False),
        ("sum(weight)", "SELECT count(*) FROM sales", False),
    ],
)
def test_an_answer_that_reads_nothing_of_what_a_word_means_is_doubted(meaning: str, sql: str, doubted: bool) -> None:
    assert unmet_meanings((meaning,), sql, SCHEMA) == ((f"nothing of {meaning} is read",) if doubted else ())
