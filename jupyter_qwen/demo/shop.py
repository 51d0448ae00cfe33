"""Builds shop.duckdb: eight tables of an invented outdoor shop, 2023 to 2025, from a fixed seed.

They hold what real tables hold: a date written as text, reasons and addresses that are missing, names with blanks, orders that
were returned or cancelled, several rates for a country.
"""

from __future__ import annotations

import csv
import datetime
import random
import tempfile
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

_Order = tuple[int, int, datetime.date, str, str]
_Item = tuple[int, int, int, float]
_Customer = tuple[int, str, str | None, str, str, datetime.date]

_DDL = """
CREATE TABLE categories (
    category_id INTEGER PRIMARY KEY, category_name VARCHAR NOT NULL, department VARCHAR NOT NULL);
CREATE TABLE products (
    product_id INTEGER PRIMARY KEY, product_name VARCHAR NOT NULL,
    category_id INTEGER NOT NULL REFERENCES categories (category_id),
    list_price DECIMAL(10, 2) NOT NULL, purchase_price DECIMAL(10, 2) NOT NULL);
CREATE TABLE customers (
    customer_id INTEGER PRIMARY KEY, customer_name VARCHAR NOT NULL, email VARCHAR, country VARCHAR NOT NULL,
    segment VARCHAR NOT NULL, signup_date DATE NOT NULL);
CREATE TABLE orders (
    order_id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (customer_id),
    order_date DATE NOT NULL, status VARCHAR NOT NULL, channel VARCHAR NOT NULL);
CREATE TABLE order_items (
    order_id INTEGER NOT NULL REFERENCES orders (order_id), product_id INTEGER NOT NULL REFERENCES products (product_id),
    quantity INTEGER NOT NULL, unit_price DECIMAL(10, 2) NOT NULL);
CREATE TABLE returns (
    return_id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders (order_id),
    product_id INTEGER NOT NULL REFERENCES products (product_id),
    return_date VARCHAR NOT NULL, quantity INTEGER NOT NULL, reason VARCHAR);
CREATE TABLE reviews (
    review_id INTEGER PRIMARY KEY, product_id INTEGER NOT NULL REFERENCES products (product_id),
    customer_id INTEGER NOT NULL REFERENCES customers (customer_id),
    review_date DATE NOT NULL, rating INTEGER NOT NULL, comment VARCHAR);
CREATE TABLE "shipping rates" (
    country VARCHAR NOT NULL, "carrier name" VARCHAR NOT NULL, "price per parcel" DECIMAL(10, 2) NOT NULL,
    "delivery days" INTEGER);
COMMENT ON COLUMN order_items.unit_price IS 'price paid for one piece; revenue = quantity * unit_price';
COMMENT ON COLUMN returns.return_date IS 'text, DD.MM.YYYY';
COMMENT ON COLUMN returns.reason IS 'NULL when the customer gave none';
"""

_DEPARTMENTS = {
    "Tents": "Camping",
    "Sleeping Bags": "Camping",
    "Stoves": "Camping",
    "Backpacks": "Hiking",
    "Footwear": "Hiking",
    "Climbing": "Mountain",
}
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
_CHANNELS = {"web": 60, "store": 25, "phone": 5, "partner": 10}
_REASONS = {"too small": 25, "damaged": 20, "changed mind": 25, "wrong item": 10, "": 20}
_COMMENTS = {"": 55, "great": 15, "good value": 10, "fell apart": 6, "as described": 14}
_CARRIERS = {"Alpenpost": (4.9, 3), "Courier 24": (9.5, 1), "Parcel Union": (6.2, None)}
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
    numbers = {category: number for number, category in enumerate(_PRODUCTS, 1)}
    products = [
        (number, name, numbers[category], float(price), round(price * rng.uniform(0.45, 0.7), 2))
        for number, (category, name, price) in enumerate(everything, 1)
    ]
    customers = [_customer(rng, number) for number in range(1, CUSTOMERS + 1)]
    orders: list[_Order] = [
        (i, _buyer(rng, customers, day), day, _weighted(rng, _STATUSES), _weighted(rng, _CHANNELS))
        for i, day in enumerate(sorted(_day(rng) for _ in range(ORDERS)), 1)
    ]
    items = list(_items(rng, orders, products))
    for table, rows in (
        ("categories", [(number, name, _DEPARTMENTS[name]) for name, number in numbers.items()]),
        ("products", products),
        ("customers", customers),
        ("orders", orders),
        ("order_items", items),
        ("returns", list(_returns(rng, orders, items))),
        ("reviews", list(_reviews(rng, orders, items))),
        ('"shipping rates"', list(_rates())),
    ):
        _insert(con, table, rows)


def _buyer(rng: random.Random, customers: list[_Customer], day: datetime.date) -> int:
    """Somebody who has signed up by then; one in 41 never buys."""
    while True:
        number, *_, signup = rng.choice(customers)
        if signup <= day and number % 41:
            return number


def _customer(rng: random.Random, number: int) -> _Customer:
    name = f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"
    email = f"{name.lower().replace(' ', '.')}{number}@example.com" if rng.random() < 0.85 else None
    signup = FIRST_DAY + datetime.timedelta(days=rng.randrange(-400, DAYS - 60))
    return number, name, email, _weighted(rng, _COUNTRIES), _weighted(rng, _SEGMENTS), signup


def _returns(
    rng: random.Random, orders: list[_Order], items: list[_Item]
) -> Iterator[tuple[int, int, int, str, int, str | None]]:
    back = {number: day for number, _, day, status, _ in orders if status == "returned"}
    sent_back = [item for item in items if item[0] in back and rng.random() < 0.9]
    for number, (order_id, product_id, quantity, _) in enumerate(sent_back, 1):
        day = back[order_id] + datetime.timedelta(days=rng.randrange(3, 30))
        reason = _weighted(rng, _REASONS) or None
        yield number, order_id, product_id, day.strftime("%d.%m.%Y"), rng.randint(1, quantity), reason


def _reviews(
    rng: random.Random, orders: list[_Order], items: list[_Item]
) -> Iterator[tuple[int, int, int, datetime.date, int, str | None]]:
    bought = {number: (customer, day) for number, customer, day, status, _ in orders if status == "delivered"}
    reviewed = [item for item in items if item[0] in bought and rng.random() < 0.12]
    for number, (order_id, product_id, _, _) in enumerate(reviewed, 1):
        customer, day = bought[order_id]
        rating = rng.choices((1, 2, 3, 4, 5), (5, 8, 17, 35, 35))[0]
        written = day + datetime.timedelta(days=rng.randrange(5, 40))
        yield number, product_id, customer, written, rating, _weighted(rng, _COMMENTS) or None


def _rates() -> Iterator[tuple[str, str, float, int | None]]:
    for position, country in enumerate(_COUNTRIES):
        for carrier, (price, days) in _CARRIERS.items():
            yield (
                country,
                carrier,
                round(price * (1 + 0.08 * position), 2),
                None if days is None else days + position // 3,
            )


def _day(rng: random.Random) -> datetime.date:
    """A day with a summer peak and 15 % growth a year."""
    while True:
        day = FIRST_DAY + datetime.timedelta(days=rng.randrange(DAYS))
        weight = (0.5 + 0.5 * (1 - abs(day.month - 6.5) / 5.5)) * (1.0 + 0.15 * (day.year - FIRST_DAY.year)) / 1.3
        if rng.random() < weight:
            return day


def _items(
    rng: random.Random, orders: list[_Order], products: list[tuple[int, str, int, float, float]]
) -> Iterator[_Item]:
    for order_id, _, day, _, _ in orders:
        for product_id, _, _, price, _ in rng.sample(products, rng.choice((1, 1, 1, 2, 2, 3))):
            sale = 0.8 if day.month in (1, 7) and rng.random() < 0.5 else 1.0
            yield order_id, product_id, rng.choice((1, 1, 1, 2, 3)), round(price * sale, 2)


def _weighted(rng: random.Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: list[Any]) -> None:
    # by way of a file: parameters, also of one statement for many rows, take ten times longer in DuckDB
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rows.csv")
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        con.execute(f"COPY {table} FROM ? (HEADER false)", [str(path)])
