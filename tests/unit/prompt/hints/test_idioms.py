from __future__ import annotations

import duckdb
import pytest
from hostile import HOSTILE

from jupyter_qwen.prompt.hints.idiom_of_shares import about_shares
from jupyter_qwen.prompt.hints.idioms import fitting_idioms
from jupyter_qwen.prompt.hints.value_hints import ValueHint
from jupyter_qwen.schema.model import Column, ForeignKey, Table
from jupyter_qwen.schema.quoting import quote_identifier

GUESTS = Table(
    ("guests",),
    "table",
    (
        Column("full name", "VARCHAR"),
        Column("visits", "DATE[]"),
        Column("address", "STRUCT(street VARCHAR, town VARCHAR)"),
        Column("extra", "JSON"),
    ),
)


@pytest.mark.parametrize(
    ("question", "line"),
    [
        (
            "first visit of each guest",
            "first element of visits: visits[1]; the first two: visits[1:2]; how many: len(visits)",
        ),
        ("the town in the guests' address", "a field of address: address.street"),
        ("show the extra field 'diet'", "a field of extra as text: extra->>'$.field'"),
        ("all columns of guests except extra", "all columns but extra: SELECT * EXCLUDE (extra) FROM guests"),
        (
            "all columns of guests, the full names in uppercase",
            'all columns, "full name" changed: SELECT * REPLACE (upper("full name") AS "full name") FROM guests',
        ),
        (
            "every column of guests ending with 'name'",
            "columns by their name: SELECT COLUMNS('name$') FROM guests",
        ),
        (
            "for every column of guests that starts with full, the longest",
            "a function of columns by their name: SELECT max(COLUMNS('^full')) FROM guests",
        ),
        (
            "the mean extra of guests, grouped by the remaining columns",
            "grouped by all columns but extra: SELECT * EXCLUDE (extra), avg(extra) FROM guests GROUP BY ALL",
        ),
        (
            "how many per full name, taking the part after the '-'?",
            'part of "full name": split_part("full name", \'-\', 2)',
        ),
    ],
)
def test_an_idiom_names_the_column_it_is_for(question: str, line: str) -> None:
    assert fitting_idioms(question, (GUESTS,))[0] == line


STAYS = Table(
    ("stays",),
    "table",
    (Column("guest_id", "BIGINT"), Column("arrived", "TIMESTAMP"), Column("left_at", "TIMESTAMP")),
    foreign_keys=(ForeignKey(("guest_id",), "people", ("id",)),),
)
SALES = Table(
    ("sales",), "table", (Column("person", "BIGINT"), Column("sold on", "DATE")),
    foreign_keys=(ForeignKey(("person",), "people", ("id",)),),
)  # fmt: skip
PEOPLE = Table(("people",), "table", (Column("id", "BIGINT"), Column("born", "DATE"), Column("email", "VARCHAR")))


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("monthly revenue in 2024", "by month: date_trunc('month', \"sold on\")"),
        ("revenue by quarter", "by quarter: date_trunc('quarter', \"sold on\")"),
        ("how many people were born per year", "by year: year(born)"),
        ("longest stays in hours", "hours from arrived to left_at: date_diff('second', arrived, left_at) / 3600.0"),
        ("people per e-mail domain", "part of email: split_part(email, '@', 2)"),
    ],
)
def test_a_period_is_told_with_the_date_it_is_for(question: str, line: str) -> None:
    assert fitting_idioms(question, (PEOPLE, SALES, *([STAYS] if "stays" in question else []))) == (line,)


@pytest.mark.parametrize(
    "question", ["stays per month", "people per month number", "the average daily people", "people by price per day"]
)
def test_a_period_gets_no_idiom_where_the_date_or_its_form_is_uncertain(question: str) -> None:
    assert fitting_idioms(question, (PEOPLE, STAYS)) == ()


def test_a_period_that_is_a_column_needs_no_idiom() -> None:
    sales = Table(("sales",), "table", (Column("sale_month", "BIGINT"), Column("at", "DATE")))
    assert fitting_idioms("sales per month", (sales,)) == ()


@pytest.mark.parametrize("question", ["how many guests are there?", "full names, sorted", ""])
def test_plain_questions_get_no_idiom(question: str) -> None:
    assert fitting_idioms(question, (GUESTS,)) == ()


DINER = Table(("diner",), "table", (Column("food", "VARCHAR"), Column("city", "VARCHAR")))
ITALIAN, ROME = ValueHint(DINER, "food", "Italian", 1.5), ValueHint(DINER, "city", "Rome", 1.5)


@pytest.mark.parametrize(
    ("question", "lines"),
    [
        (
            "what share of the diners in Rome is italian?",
            [
                "share of rows with food = 'Italian': avg(CASE WHEN food = 'Italian' THEN 1.0 ELSE 0.0 END), not in WHERE"
            ],
        ),
        (
            "the percentage of Italian diners in Rome",
            [
                "share of rows with food = 'Italian': "
                "100.0 * avg(CASE WHEN food = 'Italian' THEN 1.0 ELSE 0.0 END), not in WHERE"
            ],
        ),
        ("the ratio of the Italian diners to the others", []),
        ("Italian diners in Rome", []),
        ("the share of closed diners", []),
    ],
)
def test_a_share_is_told_with_the_condition_it_is_of(question: str, lines: list[str]) -> None:
    assert list(about_shares(question, (ROME, ITALIAN))) == lines


def test_hostile_names_and_values_leave_every_idiom_a_line_that_binds() -> None:
    con = duckdb.connect()
    for name in HOSTILE:
        column = quote_identifier(name)
        table = Table(("calendar",), "table", (Column(name, "DATE"),))
        con.execute(f"CREATE OR REPLACE TABLE calendar ({column} DATE)")
        (line,) = fitting_idioms("monthly", (table,))
        con.execute(f"SELECT {line.removeprefix('by month: ')} FROM calendar")
        people = Table(("people",), "table", (Column(name, "VARCHAR"),))
        con.execute(f"CREATE OR REPLACE TABLE people ({column} VARCHAR)")
        for line in about_shares(f"share of {name}", (ValueHint(people, name, name, 1.0),)):
            average = line[line.rindex("avg(CASE WHEN ") :].removesuffix(", not in WHERE")
            con.execute(f"SELECT {average} FROM people")
