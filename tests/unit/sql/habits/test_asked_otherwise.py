"""Habits found in questions about the demo: what each of them changes, and what looks like it and stays."""

from __future__ import annotations

import pytest

from jupyter_qwen.schema.model import Column, ForeignKey, Schema, Table
from jupyter_qwen.sql.habits import look_again
from jupyter_qwen.sql.validate import prove

FERRY = Table(
    ("ferry",), "table",
    (Column("ferry_id", "INTEGER"), Column("ferry_name", "VARCHAR"), Column("harbour", "VARCHAR"), Column("seats", "INTEGER")),
    connection="con", primary_key=("ferry_id",),
)  # fmt: skip
TRIP = Table(
    ("trip",), "table",
    (Column("trip_id", "INTEGER"), Column("ferry_id", "INTEGER"), Column("left_at", "TIMESTAMP"), Column("booked", "DATE"),
     Column("captain", "VARCHAR")),
    connection="con", primary_key=("trip_id",), foreign_keys=(ForeignKey(("ferry_id",), "ferry", ("ferry_id",)),),
)  # fmt: skip
TICKET = Table(
    ("ticket",), "table",
    (Column("ticket_id", "INTEGER"), Column("trip_id", "INTEGER"), Column("price", "DOUBLE"), Column("sold_on", "VARCHAR")),
    connection="con", primary_key=("ticket_id",), foreign_keys=(ForeignKey(("trip_id",), "trip", ("trip_id",)),),
)  # fmt: skip
SCHEMA = Schema((FERRY, TRIP, TICKET))


def after(question: str, sql: str) -> tuple[str, list[str]]:
    proof = look_again(prove(sql, SCHEMA), question, SCHEMA)
    assert proof.verdict == "bound"
    return proof.sql, [repair.name for repair in proof.repairs]


@pytest.mark.parametrize(
    ("name", "question", "sql", "expected"),
    [
        (
            "name-of-extreme",
            "the biggest ferry of each harbour",
            "SELECT harbour, max(seats) AS biggest_ferry FROM ferry GROUP BY harbour",
            "SELECT harbour, ARG_MAX(ferry_name, seats) AS biggest_ferry FROM ferry GROUP BY harbour",
        ),
        (
            "value-of-extreme",
            "earliest booked date of each ferry",
            "SELECT f.ferry_name, t.booked FROM ferry AS f JOIN trip AS t ON t.ferry_id = f.ferry_id ORDER BY t.booked",
            "SELECT f.ferry_name, MIN(t.booked) AS booked FROM ferry AS f JOIN trip AS t ON t.ferry_id = f.ferry_id "
            "GROUP BY f.ferry_name",
        ),
        (
            "best-of-each",
            "the largest ferry of each harbour",
            "SELECT harbour, ferry_name FROM ferry ORDER BY seats DESC",
            "SELECT harbour, ferry_name FROM ferry QUALIFY RANK() OVER (PARTITION BY harbour ORDER BY seats DESC) <= 1 "
            "ORDER BY seats DESC",
        ),
        (
            "limit-of-each",
            "the two ferries with the most trips in each harbour",
            "SELECT f.ferry_name, count(*) AS trips FROM ferry AS f JOIN trip AS t ON t.ferry_id = f.ferry_id "
            "GROUP BY f.ferry_name ORDER BY trips DESC LIMIT 2",
            "SELECT f.harbour, f.ferry_name, COUNT(*) AS trips FROM ferry AS f JOIN trip AS t ON t.ferry_id = f.ferry_id "
            "GROUP BY f.ferry_name, f.harbour QUALIFY ROW_NUMBER() OVER (PARTITION BY f.harbour ORDER BY COUNT(*) DESC) <= 2 "
            "ORDER BY trips DESC",
        ),
        (
            "mean-of-parents",
            "average trip revenue",
            "SELECT avg(k.price) FROM trip AS t JOIN ticket AS k ON k.trip_id = t.trip_id",
            "SELECT SUM(k.price) / COUNT(DISTINCT k.trip_id) FROM trip AS t JOIN ticket AS k ON k.trip_id = t.trip_id",
        ),
        (
            "outer-row",
            "ferries with more seats than the average of their harbour",
            "SELECT ferry_name FROM ferry WHERE seats > (SELECT avg(seats) FROM ferry GROUP BY harbour)",
            "SELECT ferry_name FROM ferry WHERE seats > (SELECT AVG(ferry_2.seats) FROM ferry AS ferry_2 "
            "WHERE ferry_2.harbour = ferry.harbour)",
        ),
        (
            "turned-membership",
            "ferries with fewer than 40 trips",
            "SELECT ferry_name FROM ferry WHERE ferry_id NOT IN (SELECT ferry_id FROM trip GROUP BY ferry_id "
            "HAVING count(*) < 40)",
            "SELECT ferry_name FROM ferry WHERE NOT ferry_id IN (SELECT ferry_id FROM trip GROUP BY ferry_id "
            "HAVING COUNT(*) >= 40)",
        ),
        (
            "number-of-groups",
            "How many trips have more than two tickets?",
            "SELECT count(trip_id) FROM ticket GROUP BY trip_id HAVING count(*) > 2",
            "SELECT COUNT(*) AS number FROM (SELECT 1 FROM ticket GROUP BY trip_id HAVING COUNT(*) > 2) AS found",
        ),
        (
            "sum-of-counts",
            "number of seats per harbour",
            "SELECT harbour, count(seats) AS seats FROM ferry GROUP BY harbour",
            "SELECT harbour, SUM(seats) AS seats FROM ferry GROUP BY harbour",
        ),
        (
            "each-thing-once",
            "How many ferries left in 2024?",
            "SELECT count(ferry_id) FROM trip WHERE year(left_at) = 2024",
            "SELECT COUNT(DISTINCT ferry_id) FROM trip WHERE YEAR(left_at) = 2024",
        ),
        (
            "weekday",
            "number of trips per weekday",
            "SELECT left_at::DATE AS weekday, count(*) FROM trip GROUP BY left_at::DATE",
            "SELECT DAYNAME(left_at) AS weekday, COUNT(*) FROM trip GROUP BY DAYNAME(left_at)",
        ),
        (
            "unasked-dates",
            "number of trips per captain",
            "SELECT captain, count(*) FROM trip WHERE left_at >= '2020-01-01' AND left_at < '2021-01-01' GROUP BY captain",
            "SELECT captain, COUNT(*) FROM trip GROUP BY captain",
        ),
        (
            "month-of-any-year",
            "How many trips left in July?",
            "SELECT count(*) FROM trip WHERE left_at >= '2023-07-01' AND left_at < '2023-08-01'",
            "SELECT COUNT(*) FROM trip WHERE MONTH(left_at) = 7",
        ),
        (
            "but-not",
            "How many ferries left in 2023 but not in 2024?",
            "SELECT count(DISTINCT ferry_id) FROM trip WHERE year(left_at) = 2023 AND year(left_at) <> 2024",
            "SELECT COUNT(DISTINCT ferry_id) FROM trip WHERE YEAR(left_at) = 2023 AND NOT trip.ferry_id IN "
            "(SELECT ferry_id FROM trip WHERE YEAR(left_at) = 2024)",
        ),
        (
            "interval-as-number",
            "average number of days between booked and sold",
            "SELECT avg(try_strptime(k.sold_on, '%d.%m.%Y') - t.booked) FROM trip AS t "
            "JOIN ticket AS k ON k.trip_id = t.trip_id",
            "SELECT AVG(DATE_DIFF('DAY', t.booked, TRY_STRPTIME(k.sold_on, '%d.%m.%Y'))) FROM trip AS t "
            "JOIN ticket AS k ON k.trip_id = t.trip_id",
        ),
    ],
)  # fmt: skip
def test_the_habit_is_put_right(name: str, question: str, sql: str, expected: str) -> None:
    assert after(question, sql) == (expected, [name])


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("the highest price of each trip", "SELECT trip_id, max(price) FROM ticket GROUP BY trip_id"),
        ("the largest ferries of each harbour", "SELECT harbour, ferry_name FROM ferry ORDER BY seats DESC"),
        ("average price per trip", "SELECT trip_id, avg(price) FROM ticket GROUP BY trip_id"),
        (
            "seats against the harbour's average",
            "SELECT ferry_name FROM ferry AS f WHERE seats > (SELECT avg(g.seats) FROM ferry AS g WHERE g.harbour = f.harbour)",
        ),
        (
            "ferries that never had fewer than 40 trips",
            "SELECT ferry_name FROM ferry WHERE NOT ferry_id IN (SELECT ferry_id FROM trip GROUP BY ferry_id "
            "HAVING count(*) < 40)",
        ),
        (
            "harbour with the most number of ferries",
            "SELECT f.harbour FROM ferry AS f JOIN trip AS t ON t.ferry_id = f.ferry_id GROUP BY f.harbour "
            "ORDER BY count(t.ferry_id) DESC LIMIT 1",
        ),
        ("How many tickets per trip?", "SELECT count(*) FROM ticket GROUP BY trip_id HAVING count(*) > 2"),
        ("How many ferries have seats?", "SELECT count(seats) FROM ferry"),
        ("How many trips were there?", "SELECT count(trip_id) FROM trip"),
        ("trips per day", "SELECT left_at::DATE AS day, count(*) FROM trip GROUP BY left_at::DATE"),
        ("trips since January", "SELECT count(*) FROM trip WHERE left_at >= '2024-01-01'"),
        ("trips in July 2023", "SELECT count(*) FROM trip WHERE left_at >= '2023-07-01' AND left_at < '2023-08-01'"),
        ("captains, but not Ann", "SELECT captain FROM trip WHERE captain <> 'Ann' AND ferry_id <> 3"),
        ("trips of that day", "SELECT count(*) FROM trip WHERE booked = '2024-03-01'"),
    ],
)
def test_what_only_looks_like_it_stays(question: str, sql: str) -> None:
    assert after(question, sql) == (sql, [])
