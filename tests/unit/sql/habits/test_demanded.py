"""Habits that the question's own words give away: limits, shares, missing partners, units of time."""

from __future__ import annotations

import pytest

from jupyter_qwen.schema.model import Column, Schema, Table
from jupyter_qwen.sql.habits import look_again
from jupyter_qwen.sql.validate import prove

LINE = Table(("line",), "table", (Column("line_id", "INTEGER"), Column("line_name", "VARCHAR")), connection="con")
TRIP = Table(
    ("trip",), "table",
    (Column("trip_id", "INTEGER"), Column("line_id", "INTEGER"), Column("minutes", "INTEGER"), Column("late", "BOOLEAN"),
     Column("left_at", "TIMESTAMP"), Column("came_at", "TIMESTAMP"), Column("stop", "VARCHAR")),
    connection="con",
)  # fmt: skip
SCHEMA = Schema((LINE, TRIP))

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
]

KEPT = [
    ("The three longest trips", "SELECT trip_id FROM trip ORDER BY minutes DESC LIMIT 3"),
    ("Which stop had the most trips per day?", "SELECT stop FROM trip GROUP BY stop ORDER BY count(*) DESC LIMIT 1"),
    ("The first ten stops", "SELECT stop FROM trip LIMIT 10"),
    ("What share of the late trips was long?", "SELECT avg(CASE WHEN minutes > 9 THEN 1 ELSE 0 END) FROM trip WHERE late"),
    ("Lines with or without trips", "SELECT l.line_name FROM line l LEFT JOIN trip t USING (line_id) WHERE t.minutes IS NULL"),
    ("How long do trips take?", "SELECT came_at - left_at FROM trip"),
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
