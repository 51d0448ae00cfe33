"""Builds shop.duckdb: four tables of an invented outdoor shop, 2023 to 2025, from a fixed seed."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

SEED = 20240229
FIRST_DAY = datetime.date(2023, 1, 1)
DAYS = 3 * 365 + 1
ORDERS = 6_000
CUSTOMERS = 800

_DDL = """
CREATE TABLE products (
    product_id INTEGER PRIMARY KEY, product_name VARCHAR NOT NULL,
    category VARCHAR NOT NULL, list_price DECIMAL(10, 2) NOT NULL);
CREATE TABLE customers (
    customer_id INTEGER PRIMARY KEY, customer_name VARCHAR NOT NULL, country VARCHAR NOT NULL,
    segment VARCHAR NOT NULL, signup_date DATE NOT NULL);
CREATE TABLE orders (
    order_id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (customer_id),
    order_date DATE NOT NULL, status VARCHAR NOT NULL);
CREATE TABLE order_items (
    order_id INTEGER NOT NULL REFERENCES orders (order_id), product_id INTEGER NOT NULL REFERENCES products (product_id),
    quantity INTEGER NOT NULL, unit_price DECIMAL(10, 2) NOT NULL);
COMMENT ON COLUMN order_items.unit_price IS 'price paid for one piece; revenue = quantity * unit_price';
"""

_PRODUCTS = {
    "Tents": [("Basecamp 4P", 389), ("Ridge 2P", 249), ("Ultralight 1P", 329), ("Festival Popup", 89)],
    "Sleeping Bags": [("Down -10", 299), ("Summer Light", 79), ("Three Season", 159)],
    "Backpacks": [("Daypack 20L", 69), ("Trek 45L", 149), ("Expedition 70L", 219), ("Kids 12L", 39)],
    "Footwear": [("Trail Runner", 119), ("Alpine Boot", 229), ("Camp Sandal", 49), ("Approach Shoe", 139)],
    "Stoves": [("Gas Micro", 45), ("Multi Fuel", 129), ("Wood Gas", 59)],
    "Climbing": [("Harness", 79), ("Rope 60m", 169), ("Helmet", 65), ("Chalk Bag", 19), ("Quickdraw Set", 99)],
}
_COUNTRIES = {
    "Germany": 30,
    "France": 18,
    "Netherlands": 12,
    "Austria": 10,
    "Switzerland": 10,
    "Italy": 8,
    "Poland": 7,
    "Spain": 5,
}
_SEGMENTS = {"Consumer": 70, "Club": 20, "Business": 10}
_STATUSES = {"delivered": 88, "returned": 6, "cancelled": 4, "open": 2}
_FIRST = (
    "Ada",
    "Ben",
    "Carla",
    "Dario",
    "Elif",
    "Finn",
    "Greta",
    "Hugo",
    "Ines",
    "Jonas",
    "Klara",
    "Luca",
    "Mia",
    "Noah",
    "Olga",
    "Paul",
    "Rosa",
    "Sami",
    "Tessa",
    "Uwe",
    "Vera",
    "Yara",
)
_LAST = (
    "Albrecht",
    "Bianchi",
    "Cohen",
    "Dubois",
    "Eriksen",
    "Fischer",
    "Garcia",
    "Hofer",
    "Ivanova",
    "Jansen",
    "Keller",
    "Lopez",
    "Meier",
    "Nowak",
    "Rossi",
    "Schmid",
)


def build_shop(path: Path) -> None:
    """Write the database. An existing file is left alone, since the user may have worked in it."""
    if path.exists():
        return
    import duckdb

    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with duckdb.connect(str(part)) as con:
        _build(con)
    part.replace(path)


def shop_in_memory() -> duckdb.DuckDBPyConnection:
    """The same tables in a database that is gone with its connection."""
    import duckdb

    con = duckdb.connect()
    _build(con)
    return con


def _build(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(_DDL)
    _fill(con, random.Random(SEED))


def _fill(con: duckdb.DuckDBPyConnection, rng: random.Random) -> None:
    everything = [(category, name, price) for category in _PRODUCTS for name, price in _PRODUCTS[category]]
    products = [(number, name, category, float(price)) for number, (category, name, price) in enumerate(everything, 1)]
    customers = [
        (
            i,
            f"{rng.choice(_FIRST)} {rng.choice(_LAST)}",
            _weighted(rng, _COUNTRIES),
            _weighted(rng, _SEGMENTS),
            FIRST_DAY + datetime.timedelta(days=rng.randrange(-400, DAYS - 60)),
        )
        for i in range(1, CUSTOMERS + 1)
    ]
    orders = sorted(_day(rng) for _ in range(ORDERS))
    order_rows = [
        (i, rng.randrange(1, CUSTOMERS + 1), day, _weighted(rng, _STATUSES)) for i, day in enumerate(orders, 1)
    ]
    for table, rows in (
        ("products", products),
        ("customers", customers),
        ("orders", order_rows),
        ("order_items", list(_items(rng, order_rows, products))),
    ):
        _insert(con, table, rows)


def _day(rng: random.Random) -> datetime.date:
    """A day with a summer peak and 15 % growth a year."""
    while True:
        day = FIRST_DAY + datetime.timedelta(days=rng.randrange(DAYS))
        weight = (0.5 + 0.5 * (1 - abs(day.month - 6.5) / 5.5)) * (1.0 + 0.15 * (day.year - FIRST_DAY.year)) / 1.3
        if rng.random() < weight:
            return day


def _items(
    rng: random.Random, orders: list[tuple[int, int, datetime.date, str]], products: list[tuple[int, str, str, float]]
) -> Iterator[tuple[int, int, int, float]]:
    for order_id, _, day, _ in orders:
        for product_id, _, _, price in rng.sample(products, rng.choice((1, 1, 1, 2, 2, 3))):
            sale = 0.8 if day.month in (1, 7) and rng.random() < 0.5 else 1.0
            yield order_id, product_id, rng.choice((1, 1, 1, 2, 3)), round(price * sale, 2)


def _weighted(rng: random.Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: list[Any]) -> None:
    # one statement with many VALUES: executemany takes a hundred times longer in DuckDB
    width = len(rows[0])
    for start in range(0, len(rows), 1_000):
        chunk = rows[start : start + 1_000]
        values = ", ".join("(" + ", ".join("?" * width) + ")" for _ in chunk)
        con.execute(f"INSERT INTO {table} VALUES {values}", [value for row in chunk for value in row])
