"""Small results of every kind, as queries that need no table, with what somebody asked."""

# ruff: noqa: E501 -- one result a line

from __future__ import annotations

import duckdb

from jupyter_qwen.python.chart.roles import ResultColumn

MONTHS = "SELECT DATE '2024-01-01' + to_months(i::INT) AS month, (100 + i * 7)::DECIMAL(12, 2) AS revenue FROM range(14) t(i)"
MANY = "SELECT 'customer ' || i AS customer, i * 1.5 AS revenue FROM range(1000) t(i)"

#: question, query
RESULTS: dict[str, tuple[str, str]] = {
    "months": ("plot revenue per month in euros", MONTHS),
    "text months": ("revenue per month", f"SELECT strftime(month, '%Y-%m') AS month, revenue FROM ({MONTHS})"),
    "text days with NULL": ("revenue per day", f"SELECT * FROM (SELECT month::DATE::VARCHAR AS day, revenue FROM ({MONTHS})) UNION ALL SELECT NULL, 3"),
    "zone": ("temperature over time", "SELECT TIMESTAMPTZ '2024-01-01 00:00+02' + to_hours(i::INT) AS measured_at, i * 0.5 AS celsius FROM range(50) t(i)"),
    "years": ("orders per year", "SELECT 2019 + i AS year, 100 * i AS orders FROM range(6) t(i)"),
    "quarters": ("orders per quarter", "SELECT '2024-Q' || (1 + i) AS quarter, 100 * i AS orders FROM range(4) t(i)"),
    "two lines": ("revenue and cost per month", f"SELECT month, revenue, revenue * 0.8 AS cost FROM ({MONTHS})"),
    "two sizes": ("revenue and orders per month", f"SELECT month, revenue, revenue * 1000 AS visits FROM ({MONTHS})"),
    "lines": ("revenue per month and region", f"SELECT month, 'region ' || r AS region, revenue + r AS revenue FROM ({MONTHS}), range(3) u(r)"),
    "many lines": ("revenue per month and shop", f"SELECT month, 'shop ' || r AS shop, revenue + r AS revenue FROM ({MONTHS}), range(30) u(r)"),
    "few bars": ("orders per status", "SELECT * FROM (VALUES ('open', 3), ('paid', 9), ('sent', 5)) t(status, orders)"),
    "long labels": ("revenue per product", "SELECT 'A product with a very long name indeed, number ' || i AS product, i::DECIMAL(9, 2) AS revenue FROM range(12) t(i)"),
    "1000 categories": ("revenue per customer", MANY),
    "NULL category": ("orders per country", "SELECT * FROM (VALUES ('DE', 3), (NULL, 9), ('FR', NULL)) t(country, orders)"),
    "dollars": ("revenue per price band in $ from $5 to $10", "SELECT * FROM (VALUES ('$5 - $10', 3), ('$10 - $20', 9)) t(band, revenue)"),
    "groups": ("orders per country and status", "SELECT c AS country, s AS status, length(c || s) AS orders FROM unnest(['DE', 'FR', NULL]) t(c), unnest(['open', 'paid']) u(s)"),
    "raw rows": ("price per category", "SELECT 'category ' || (i % 5) AS category, i * 1.5 AS price FROM range(60) t(i)"),
    "events": ("amount over time", "SELECT DATE '2024-01-01' + (i % 7)::INT AS day, i AS amount FROM range(60) t(i)"),
    "two measures": ("price and weight", "SELECT i * 1.5 AS price, sqrt(i) AS weight_kg FROM range(80) t(i)"),
    "one measure": ("how are prices distributed", "SELECT (i * 37 % 101)::DECIMAL(9, 2) AS price FROM range(200) t(i)"),
    "all NULL": ("prices", "SELECT NULL::DOUBLE AS price FROM range(3)"),
    "one number": ("total revenue", "SELECT 41.5 AS total_revenue"),
    "one row": ("revenue per month", f"{MONTHS} LIMIT 1"),
    "categories": ("countries", "SELECT 'country ' || (i % 4) AS country FROM range(30) t(i)"),
    "times": ("orders per day", "SELECT DATE '2024-01-01' + (i % 9)::INT AS order_date FROM range(30) t(i)"),
    "durations": ("delivery time per country", "SELECT 'c' || i AS country, to_hours(i::INT * 30) AS delivery_time FROM range(5) t(i)"),
    "odd names": ("sum", "SELECT 'x' || i AS \"a.b[c] \"\"d\"\"\", i AS \"sum('q')\" FROM range(5) t(i)"),
    "flags": ("orders by express", "SELECT * FROM (VALUES (true, 3), (false, 9)) t(express, orders)"),
    "negative": ("profit per shop", "SELECT 's' || i AS shop, 3 - i AS profit FROM range(7) t(i)"),
}  # fmt: skip
for name in (
    "months",
    "text months",
    "zone",
    "years",
    "lines",
    "few bars",
    "groups",
    "two measures",
    "one measure",
    "categories",
):
    RESULTS[f"no rows: {name}"] = (RESULTS[name][0], f"SELECT * FROM ({RESULTS[name][1]}) WHERE false")


def columns_of(sql: str, *, rows: int = 1000) -> tuple[list[ResultColumn], bool]:
    """What a trial would have told: columns with the first values, and whether these are all."""
    relation = duckdb.sql(sql)
    frame = relation.limit(rows + 1).df().astype(object)
    frame = frame.where(frame.notna(), None)
    kept = frame.head(rows)
    types = map(str, relation.types)
    return [
        ResultColumn(name, kind, tuple(kept.iloc[:, i]))
        for i, (name, kind) in enumerate(zip(relation.columns, types, strict=True))
    ], len(frame) <= rows
