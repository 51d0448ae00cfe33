"""A shop's notebook of 30 cells, and its tables: what stands around the cells in which the traces type.

`python -m benchmarks.keyboard.notebook` writes notebook.json anew.
"""

from __future__ import annotations

import json
from pathlib import Path

CELLS = """\
# Sales of the web shop, 2023 and 2024
---
import duckdb
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
---
DATA = "shop.duckdb"
con = duckdb.connect(DATA, read_only=True)
---
con.sql("SHOW TABLES").df()
---
orders = con.sql("SELECT * FROM orders").df()
orders.head()
---
orders.dtypes
---
customers = con.sql("SELECT * FROM customers").df()
products = con.sql("SELECT * FROM products").df()
len(customers), len(products)
---
items = con.sql("SELECT * FROM order_items").df()
items["revenue"] = items["quantity"] * items["unit_price"] * (1 - items["discount"])
---
# Clean up
---
orders["ordered_at"] = pd.to_datetime(orders["ordered_at"])
orders["month"] = orders["ordered_at"].dt.to_period("M")
orders["weekday"] = orders["ordered_at"].dt.day_name()
---
missing = orders.isna().sum()
missing[missing > 0]
---
customers = customers.drop_duplicates("customer_id")
customers["country"] = customers["country"].str.strip().str.title()
---
def outliers(values: pd.Series, *, factor: float = 1.5) -> pd.Series:
    \"\"\"Which values lie outside the whiskers of a box plot.\"\"\"
    low, high = values.quantile([0.25, 0.75])
    spread = high - low
    return (values < low - factor * spread) | (values > high + factor * spread)
---
odd = orders[outliers(orders["shipping_cost"])]
len(odd), odd["shipping_cost"].max()
---
orders = orders[~outliers(orders["shipping_cost"], factor=4)]
---
# Who buys
---
per_order = items.groupby("order_id", as_index=False)["revenue"].sum()
sales = orders.merge(per_order, on="order_id").merge(customers, on="customer_id")
sales.head()
---
by_country = sales.groupby("country")["revenue"].agg(["sum", "count", "mean"])
by_country.sort_values("sum", ascending=False).head(10)
---
con.sql(\"\"\"
SELECT c.country, count(DISTINCT c.customer_id) AS buyers
FROM customers c JOIN orders o USING (customer_id)
GROUP BY c.country
ORDER BY buyers DESC
\"\"\").df()
---
first_order = sales.groupby("customer_id")["ordered_at"].min().rename("first_order")
sales = sales.join(first_order, on="customer_id")
---
sales["is_new"] = sales["ordered_at"] == sales["first_order"]
sales.groupby("month")["is_new"].mean()
---
# When they buy
---
monthly = sales.groupby("month")["revenue"].sum()
monthly.plot(kind="bar", figsize=(10, 3), title="Revenue per month")
plt.show()
---
weekday_order = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
by_weekday = sales.groupby("weekday")["revenue"].sum().reindex(weekday_order)
by_weekday
---
def share(values: pd.Series) -> pd.Series:
    \"\"\"Each value's part of the whole, in per cent.\"\"\"
    return 100 * values / values.sum()
---
share(by_weekday).round(1)
---
# What they buy
---
with_names = items.merge(products, on="product_id")
with_names.groupby("category")["revenue"].sum().sort_values()
---
top = with_names.groupby("product_name")["revenue"].sum().nlargest(20)
top.plot(kind="barh", figsize=(6, 6))
plt.show()
---
con.sql(\"\"\"
SELECT p.category, sum(i.quantity * i.unit_price * (1 - i.discount)) AS revenue
FROM order_items i JOIN products p USING (product_id)
GROUP BY p.category
ORDER BY revenue DESC
\"\"\").df()
"""

TABLES = {
    "orders": (
        "table",
        "order_id BIGINT, customer_id BIGINT, ordered_at TIMESTAMP, status VARCHAR, shipping_cost DOUBLE, channel VARCHAR",
    ),
    "customers": ("table", "customer_id BIGINT, name VARCHAR, country VARCHAR, city VARCHAR, signed_up DATE, segment VARCHAR"),
    "products": ("table", "product_id BIGINT, product_name VARCHAR, category VARCHAR, list_price DOUBLE, in_stock BOOLEAN"),
    "order_items": ("table", "order_id BIGINT, product_id BIGINT, quantity INTEGER, unit_price DOUBLE, discount DOUBLE"),
    "sales": (
        "dataframe",
        "order_id BIGINT, customer_id BIGINT, ordered_at TIMESTAMP, status VARCHAR, shipping_cost DOUBLE, channel VARCHAR, "
        "month VARCHAR, weekday VARCHAR, revenue DOUBLE, name VARCHAR, country VARCHAR, city VARCHAR, signed_up DATE, "
        "segment VARCHAR, first_order TIMESTAMP, is_new BOOLEAN",
    ),
    "items": (
        "dataframe",
        "order_id BIGINT, product_id BIGINT, quantity INTEGER, unit_price DOUBLE, discount DOUBLE, revenue DOUBLE",
    ),
    "with_names": (
        "dataframe",
        "order_id BIGINT, product_id BIGINT, quantity INTEGER, unit_price DOUBLE, discount DOUBLE, revenue DOUBLE, "
        "product_name VARCHAR, category VARCHAR, list_price DOUBLE, in_stock BOOLEAN",
    ),
}  # fmt: skip


def column(text: str) -> dict[str, str]:
    name, kind = text.split(" ", 1)
    return {"name": name, "type": kind}


def main() -> None:
    sources = CELLS.rstrip("\n").split("\n---\n")
    cells = [
        {"id": f"c{number:03}", "type": "markdown" if source.startswith("# ") else "code", "source": source}
        for number, source in enumerate(sources)
    ]
    tables = [
        {
            "reference": [name],
            "kind": kind,
            "columns": [column(text) for text in columns.split(", ")],
            "connection": "con" if kind == "table" else None,
        }
        for name, (kind, columns) in TABLES.items()
    ]
    schema = {"version": 1, "tables": tables, "connections": [{"name": "con"}], "privacy": "types"}
    target = Path(__file__).with_suffix(".json")
    target.write_text(json.dumps({"cells": cells, "schema": schema}, indent=1) + "\n", encoding="utf8")
    print(f"{target.name}: {len(cells)} cells, {len(tables)} tables")


if __name__ == "__main__":
    main()
