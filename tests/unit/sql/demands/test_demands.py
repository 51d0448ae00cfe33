from __future__ import annotations

import pytest

from jupyter_qwen.sql.demands.asked import unmet
from jupyter_qwen.sql.tree import syntax_tree

LEAVES_UNMET = [
    ("stations above 8000 feet", "SELECT name FROM stations", "8000 of the question is nowhere in the query"),
    ("the three tallest stations", "SELECT name FROM stations ORDER BY feet DESC LIMIT 5", "3 of the question"),
    ("stations called 'North'", "SELECT name FROM stations", "'north' of the question"),
    ("the tallest and most used station", "SELECT name FROM stations", "nothing looks for the most used"),
    ("median delay for each line", "SELECT line, median(delay) FROM t GROUP BY line LIMIT 1", "LIMIT 1 where a row"),
    (
        "the three longest trips of every line",
        "SELECT line, trip FROM t ORDER BY minutes DESC LIMIT 3",
        "LIMIT 3 for all where of every line is asked for",
    ),
    ("list the stations", "SELECT name FROM stations LIMIT 10", "LIMIT 10 that nobody asked for"),
    ("lines that never ran", "SELECT line FROM t GROUP BY line", "nothing says 'never'"),
    ("percentage of late trips", "SELECT count(late) FROM t", "nothing is divided"),
    (
        "share of the trips that were late",
        "SELECT sum(CASE WHEN t.late > 5 THEN 1 ELSE 0 END) / count(*) FROM t WHERE late > 5",
        "the share's own condition stands in WHERE",
    ),
    (
        "share of late trips",
        "SELECT count(*) FILTER (WHERE late) / count(*) FROM t WHERE t.late AND line = 1",
        "the share's own condition stands in WHERE",
    ),
    ("median delay", "SELECT avg(delay) FROM t", "no median is taken"),
    ("average delay", "SELECT delay FROM t", "no average is taken"),
    ("running total of trips", "SELECT day, count(*) FROM t GROUP BY day", "nothing makes it 'running total'"),
    ("rank the lines by delay", "SELECT line FROM t", "nothing ranks"),
    ("total seats of each line", "SELECT line, sum(trip_id) FROM t GROUP BY line", "trip_id is added up"),
    (
        "How late is each line? Return line and delay, latest first.",
        "SELECT id, line, delay FROM t ORDER BY delay DESC",
        "3 columns where 2 are asked for",
    ),
]

MEETS_ALL = [
    ("at least 5 trips", "SELECT line FROM t GROUP BY line HAVING count(*) > 4"),
    ("more than 20 percent late", "SELECT line FROM t GROUP BY line HAVING avg(late::INT) > 0.2"),
    ("trips in 1997", "SELECT id FROM t WHERE day BETWEEN '1997-01-01' AND '1997-12-31'"),
    ("share of late trips as a number between 0 and 1", "SELECT avg(CASE WHEN late > 5 THEN 1.0 ELSE 0 END) FROM t"),
    ("the latest trip of each line", "SELECT line, max(day) FROM t GROUP BY line"),
    ("the two longest trips of each line",
     "SELECT line, id FROM t QUALIFY row_number() OVER (PARTITION BY line ORDER BY minutes DESC) <= 2"),
    ("which city has the highest income per capita", "SELECT city FROM c ORDER BY income / people DESC LIMIT 1"),
    ("lines without any trip", "SELECT l.id FROM l ANTI JOIN t ON t.line = l.id"),
    ("lines that never ran", "SELECT l.id FROM l LEFT JOIN t ON t.line = l.id WHERE t.id IS NULL"),
    ("the percentage of each line", "SELECT line, pct FROM shares"),
    ("stations named \"North End\"", "SELECT 1 FROM s WHERE name ILIKE '%north end%'"),
    ("Return the line, the day and the delay, sorted by delay", "SELECT line, day, delay FROM t ORDER BY delay"),
    ("die drei längsten Fahrten je Linie", "SELECT line FROM t"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "sql", "words"), LEAVES_UNMET)
def test_a_demand_without_a_counterpart_is_named(question: str, sql: str, words: str) -> None:
    tree = syntax_tree(sql)
    assert tree is not None

    assert any(said.startswith(words) for said in unmet(question, tree)), list(unmet(question, tree))


@pytest.mark.parametrize(("question", "sql"), MEETS_ALL)
def test_a_counterpart_in_another_form_meets_the_demand(question: str, sql: str) -> None:
    tree = syntax_tree(sql)
    assert tree is not None

    assert list(unmet(question, tree)) == []
