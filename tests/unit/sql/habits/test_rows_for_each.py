"""Figures that are asked for each of something, and answered once for all."""

from __future__ import annotations

import pytest

from jupyter_qwen.schema.model import Column, Schema, Table
from jupyter_qwen.sql.habits import look_again
from jupyter_qwen.sql.validate import prove

RATES = Table(
    ("shipping rates",), "table",
    (Column("country", "VARCHAR"), Column("carrier name", "VARCHAR"), Column("delivery days", "INTEGER"),
     Column("price", "DOUBLE")),
)  # fmt: skip
CALLS = Table(
    ("call",), "table", (Column("agent", "VARCHAR"), Column("agent_team", "VARCHAR"), Column("seconds", "INTEGER"))
)


@pytest.mark.parametrize(
    ("question", "sql", "after"),
    [
        (
            "average delivery days per carrier",
            'SELECT avg("delivery days") AS days FROM "shipping rates"',
            'SELECT "carrier name", AVG("delivery days") AS days FROM "shipping rates" GROUP BY "carrier name"',
        ),
        (
            "How long are calls on the whole for each agent?",
            "SELECT sum(seconds), max(seconds) FROM call",
            "SELECT agent, SUM(seconds), MAX(seconds) FROM call GROUP BY agent",
        ),
        ("the average number of calls per agent", "SELECT count(*) / count(DISTINCT agent) FROM call", None),
        ("average price per hour", 'SELECT avg(price) FROM "shipping rates"', None),
        ("longest call per agent and team", "SELECT max(seconds) FROM call", None),
        ("How many agents per call?", "SELECT count(DISTINCT agent) FROM call", None),
        ("calls per agent", "SELECT agent, count(*) FROM call GROUP BY agent", None),
        ("calls per agent", "SELECT count(agent) FROM call", None),
        ("the longest call of each agent", "SELECT max(seconds) FROM call LIMIT 1", None),
    ],
)  # fmt: skip
def test_one_figure_of_each_gets_a_group(question: str, sql: str, after: str | None) -> None:
    schema = Schema((RATES, CALLS))
    proof = look_again(prove(sql, schema), question, schema)
    found = [repair.name for repair in proof.repairs]
    assert (proof.sql, found) == (
        (after, ["one-for-each"]) if after else (sql, [name for name in found if name != "one-for-each"])
    )
