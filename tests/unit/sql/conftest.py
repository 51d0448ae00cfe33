"""A small shop that most tests here ask about."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from jupyter_qwen.schema.model import Column, Connection, ForeignKey, Schema, Table


def shop_schema() -> Schema:
    """Three tables with keys, one DataFrame, values and sample rows."""
    customers = Table(
        ("customers",), "table",
        (Column("id", "INTEGER"), Column("name", "VARCHAR"),
         Column("country", "VARCHAR", values=("Norway", "Perú", "United States"), values_complete=True)),
        "con", 3, None, ("id",), (), ((1, "Ann", "Norway"), (2, "Bo", "Perú"), (3, "Cy", "United States")), True,
    )  # fmt: skip
    orders = Table(
        ("orders",), "table",
        (Column("id", "INTEGER"), Column("customer_id", "INTEGER"), Column("ordered_at", "TIMESTAMP"),
         Column("total", "DECIMAL(10,2)"), Column("code", "VARCHAR")),
        "con", 3, None, ("id",), (ForeignKey(("customer_id",), "customers", ("id",)),),
        ((10, 1, "2024-01-05T10:00:00", "12.50", "A1"), (11, 1, "2024-02-01T11:30:00", "7.25", "17"),
         (12, 2, "2024-02-03T09:15:00", "99.00", "B2")), True,
    )  # fmt: skip
    lines = Table(
        ("Order Details",), "table",
        (Column("order_id", "INTEGER"), Column("Product Name", "VARCHAR"), Column("quantity", "BIGINT")),
        "con", 2, None, (), (ForeignKey(("order_id",), "orders", ("id",)),), ((10, "Tea", 2), (11, "Rice", 1)), True,
    )  # fmt: skip
    visits = Table(
        ("Visits",), "dataframe", (Column("customer", "BIGINT"), Column("day", "VARCHAR"), Column("pages", "DOUBLE")),
        None, 2, None, (), (), ((1, "2024-03-01", 3.0), (2, "2024-03-02", 5.5)), True, "pandas",
    )  # fmt: skip
    return Schema((customers, orders, lines, visits), (Connection("con"),))


@pytest.fixture(scope="session")
def shop() -> Schema:
    return shop_schema()


settings.register_profile("deep", max_examples=100_000, deadline=None)
settings.register_profile("usual", max_examples=150, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))
