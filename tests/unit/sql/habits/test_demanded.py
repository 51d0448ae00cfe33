"""Habits that the question's own words give away: limits, shares, missing partners, units of time."""

from __future__ import annotations

import pytest

from jupyter_qwen.schema.model import Column, Schema, Table
from jupyter_qwen.sql.habits import look_again
from jupyter_qwen.sql.validate import prove

LINE = Table(
    ("line",), "table",
    (Column("line_id", "INTEGER"), Column("line_name", "VARCHAR"), Column("fare", "DECIMAL(6,2)"),
     Column("closed", "VARCHAR", values=("0", "1"), values_complete=True)),
    connection="con",
)  # fmt: skip
TRIP = Table(
    ("trip",), "table",
    (Column("trip_id", "INTEGER"), Column("line_id", "INTEGER"), Column("minutes", "INTEGER"), Column("late", "BOOLEAN"),
     Column("left_at", "TIMESTAMP"), Column("came_at", "TIMESTAMP"), Column("stop", "VARCHAR")),
    connection="con",
)  # fmt: skip
TICKET = Table(
    ("ticket",), "table",
    (Column("ticket_id", "INTEGER"), Column("line_id", "INTEGER"), Column("fare", "DECIMAL(6,2)"), Column("seats", "INTEGER"),
     Column("balance", "INTEGER"), Column("asked_on", "DATE"), Column("first_name", "VARCHAR"), Column("last_name", "VARCHAR")),
    connection="con",
)  # fmt: skip
SCHEMA = Schema((LINE, TRIP, TICKET))

CHANGED = [
    (
        "limit-of-each",
        "The three longest trips of every line, with the line's name.",
        "SELECT l.line_name, t.trip_id FROM trip AS t JOIN line AS l ON l.line_id = t.line_id ORDER BY t.minutes DESC LIMIT 3",
        "QUALIFY ROW_NUMBER() OVER (PARTITION BY l.line_name ORDER BY t.minutes DESC) <= 3",
    ),
    (
        "limit-of-each",
        "For each stop, which line had the most trips?",
        "SELECT stop, line_id, count(*) AS n FROM trip GROUP BY stop, line_id ORDER BY n DESC LIMIT 1",
        "QUALIFY RANK() OVER (PARTITION BY stop ORDER BY COUNT(*) DESC) <= 1",
    ),
    (
        "limit-of-each",
        "What is the median time for each stop?",
        "SELECT stop, median(minutes) FROM trip GROUP BY stop ORDER BY 2 LIMIT 1",
        "GROUP BY stop ORDER BY 2",
    ),
    ("needless-limit", "Show all stops", "SELECT stop FROM trip LIMIT 10", "SELECT stop FROM trip"),
    (
        "share-of-all",
        "What share of the trips of each stop was late?",
        "SELECT stop, sum(CASE WHEN late THEN 1 ELSE 0 END) / count(*) FROM trip WHERE late AND minutes > 5 GROUP BY stop",
        "FROM trip WHERE minutes > 5 GROUP BY stop",
    ),
    (
        "missing-partner",
        "Which lines have no trip?",
        "SELECT l.line_name FROM line AS l LEFT JOIN trip AS t ON l.line_id = t.line_id WHERE l.line_id IS NULL",
        "WHERE t.line_id IS NULL",
    ),
    (
        "none-of-them",
        "Which lines do not stop at 'North' with any trip?",
        "SELECT DISTINCT l.line_name FROM line AS l LEFT JOIN trip AS t ON l.line_id = t.line_id WHERE t.stop <> 'North'",
        "SELECT l.line_name FROM line AS l WHERE NOT l.line_id IN (SELECT line_id FROM trip WHERE stop = 'North'",
    ),
    (
        "none-of-them",
        "Different fares of lines that never stop at North",
        "SELECT DISTINCT l.fare FROM trip AS t JOIN line AS l ON l.line_id = t.line_id WHERE NOT t.stop ILIKE '%North%'",
        "SELECT DISTINCT l.fare FROM line AS l WHERE NOT l.line_id IN (SELECT line_id FROM trip WHERE stop ILIKE '%North%'",
    ),
    (
        "interval-as-number",
        "average number of days between leaving and coming",
        "SELECT avg(came_at - left_at) FROM trip",
        "AVG(DATE_DIFF('DAY', left_at, came_at))",
    ),
    (
        "period-number",
        "Trips per quarter; give the quarter number.",
        "SELECT date_trunc('quarter', left_at)::DATE AS q, count(*) FROM trip GROUP BY q",
        "SELECT QUARTER(left_at) AS q",
    ),
    (
        "period-as-date",
        "In which month was most asked? Return the month as a date.",
        "SELECT month(asked_on) AS m FROM ticket GROUP BY m ORDER BY count(*) DESC LIMIT 1",
        "CAST(DATE_TRUNC('MONTH', asked_on) AS DATE) AS m",
    ),
    (
        "latest-for-greatest",
        "What is the latest balance of each line?",
        "SELECT line_id, max(balance) FROM ticket GROUP BY line_id",
        "ARG_MAX(balance, asked_on)",
    ),
    (
        "factor-of-same-row",
        "Revenue, fare times seats, of each line",
        "SELECT l.line_name, sum(l.fare * t.seats) FROM line AS l JOIN ticket AS t ON t.line_id = l.line_id GROUP BY l.line_name",
        "SUM(t.fare * t.seats)",
    ),
    (
        "turned-comparison",
        "Which trips came before they left?",
        "SELECT trip_id FROM trip WHERE came_at > left_at",
        "WHERE came_at < left_at",
    ),
    (
        "flag-spelling",
        "Which lines are not closed?",
        "SELECT line_name FROM line WHERE closed = 'N'",
        "WHERE closed = '0'",
    ),
    (
        "both-values",
        "Which lines have both short and long trips?",
        "SELECT DISTINCT line_id FROM trip WHERE late AND stop = 'short' AND stop = 'long'",
        "SELECT line_id FROM trip WHERE stop IN ('short', 'long') AND late GROUP BY line_id HAVING COUNT(DISTINCT stop) = 2",
    ),
    (
        "full-name",
        "Full names of those with 3 seats",
        "SELECT first_name, last_name FROM ticket WHERE seats = 3",
        "SELECT first_name || ' ' || last_name FROM ticket",
    ),
    (
        "constant-aggregate",
        "How many trips has each stop? Return stop and number, highest first.",
        "SELECT stop, count(*) AS n, max(stop) AS highest FROM trip GROUP BY stop ORDER BY n DESC",
        "SELECT stop, COUNT(*) AS n FROM trip",
    ),
]

JOINED = "line AS l JOIN trip AS t ON t.line_id = l.line_id"
KEPT = [
    ("The three longest trips", "SELECT trip_id FROM trip ORDER BY minutes DESC LIMIT 3"),
    ("Which stop had the most trips per day?", "SELECT stop FROM trip GROUP BY stop ORDER BY count(*) DESC LIMIT 1"),
    ("The first ten stops", "SELECT stop FROM trip LIMIT 10"),
    ("What share of the late trips was long?", "SELECT avg(CASE WHEN minutes > 9 THEN 1 ELSE 0 END) FROM trip WHERE late"),
    ("Lines with or without trips", "SELECT l.line_name FROM line l LEFT JOIN trip t USING (line_id) WHERE t.minutes IS NULL"),
    ("Lines with a trip that does not stop at 'North'", f"SELECT l.line_name FROM {JOINED} WHERE t.stop <> 'North'"),
    ("Lines and stops other than 'North'", f"SELECT l.line_name FROM {JOINED} WHERE t.stop <> 'North'"),
    ("How long do trips take?", "SELECT came_at - left_at FROM trip"),
    ("The highest balance of each line, latest first", "SELECT line_id, max(balance) FROM ticket GROUP BY line_id"),
    ("Show me some stops", "SELECT stop FROM trip LIMIT 5"),
    ("The latest ticket number of each line", "SELECT line_id, max(ticket_id) FROM ticket GROUP BY line_id"),
    ("When was the latest ticket?", "SELECT max(asked_on) FROM ticket"),
    ("Value of seats at today's fares", "SELECT sum(l.fare * t.ticket_id * l.line_id) FROM line l JOIN ticket t USING (line_id)"),
    ("Trips that came after they left", "SELECT trip_id FROM trip WHERE came_at > left_at"),
    ("Which lines are closed?", "SELECT line_name FROM line WHERE closed = '1'"),
    ("Both names of those at the quay", "SELECT first_name, last_name FROM ticket WHERE seats = 3 AND balance = 4"),
    ("First and last names", "SELECT first_name, last_name FROM ticket"),
    ("The earliest and the latest trip of each stop", "SELECT stop, max(trip_id), min(trip_id) FROM trip GROUP BY stop"),
    ("Trips per quarter", "SELECT date_trunc('quarter', left_at) AS q, count(*) FROM trip GROUP BY q"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "question", "sql", "after"), CHANGED)
def test_what_the_question_gives_away_is_put_right(name: str, question: str, sql: str, after: str) -> None:
    proof = look_again(prove(sql, SCHEMA), question, SCHEMA)

    assert [repair.name for repair in proof.repairs] == [name]
    assert after in " ".join(proof.sql.split())
    assert proof.verdict == "bound"


@pytest.mark.parametrize(("question", "sql"), KEPT)
def test_what_may_be_meant_stays(question: str, sql: str) -> None:
    assert look_again(prove(sql, SCHEMA), question, SCHEMA).repairs == ()


def test_a_test_for_nothing_on_the_side_that_is_never_empty_asks_the_other_side_and_counts_each_row_once() -> None:
    line = Table(LINE.reference, "table", LINE.columns, connection="con", rows=((1, "A", 2, "0"), (2, "B", 3, "0")))
    schema = Schema((line, TRIP, TICKET))
    sql = """
        SELECT 100.0 * sum(CASE WHEN l.fare IS NULL THEN 1 ELSE 0 END) / count(l.line_id)
        FROM line AS l LEFT JOIN ticket AS t ON t.line_id = l.line_id
    """

    proof = look_again(prove(sql, schema), "What percentage of lines has sold no ticket?", schema)

    assert [repair.name for repair in proof.repairs] == ["missing-partner"]
    assert "CASE WHEN t.line_id IS NULL" in proof.sql
    assert "COUNT(DISTINCT l.line_id)" in proof.sql
