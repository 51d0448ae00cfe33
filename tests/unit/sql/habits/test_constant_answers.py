"""Habits that make an answer the same whatever the rows are, or make it fail on the first of them."""

from __future__ import annotations

import pytest

from jupyter_qwen.schema.model import Column, Schema, Table
from jupyter_qwen.sql.habits import look_again
from jupyter_qwen.sql.trial import run
from jupyter_qwen.sql.validate import prove

PARCELS = Table(
    ("parcels",),
    "table",
    (
        Column("Size", "VARCHAR"),
        Column("year", "BIGINT"),
        Column("Sent On", "VARCHAR"),
        Column("fee", "VARCHAR"),
        Column("came", "DATE"),
        Column("lost", "INTEGER"),
        Column("Kind Of Goods", "VARCHAR"),
        Column("stamp", "BIGINT"),
    ),
    connection="con",
    rows=(
        ("Small", 2019, "1/8/2019", "$1,200.50", "2019-01-15", 1, "Fresh Fish", 20190108),
        ("Large", 2020, "12/25/2020", "$7.00", "2020-01-02", 0, "Books", 20201225),
        ("Small", 2020, "2/13/2020", "$3.25", "2020-02-20", 0, "Dried fish", 20200213),
    ),
    rows_complete=True,
)
SCHEMA = Schema((PARCELS,))


def changed(sql: str, question: str = "?") -> tuple[str, list[str]]:
    proof = look_again(prove(sql, SCHEMA), question, SCHEMA)
    return proof.sql, [repair.name for repair in proof.repairs]


def rows(sql: str) -> list[tuple[object, ...]]:
    trial = run(sql, SCHEMA)
    assert trial.status == "ok", trial.message
    return sorted(tuple(row) for row in trial.rows)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT sum(CASE WHEN 'Size' = 'Small' THEN 1 ELSE 0 END) FROM parcels", [(2,)]),
        ("SELECT max('year') FROM parcels p", [(2020,)]),
        ("SELECT count(*) FROM parcels WHERE 'size' IN ('Small', 'Huge')", [(2,)]),
        ("SELECT count(*) FROM parcels WHERE 'Kind Of Goods' LIKE '%Fish'", [(1,)]),
        ("SELECT count(*) FROM parcels WHERE 'year' BETWEEN 2020 AND 2021", [(2,)]),
    ],
)
def test_a_column_in_single_quotes_is_meant_as_a_column(sql: str, expected: list[tuple[object, ...]]) -> None:
    text, repairs = changed(sql)

    assert repairs == ["quoted-column"]
    assert rows(text) == expected


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 'Size' AS label, count(*) FROM parcels",
        "SELECT count(*) FROM parcels WHERE Size = 'Size'",
        "SELECT count(*) FROM parcels WHERE 'weight' = 'Small'",
        "SELECT concat('Size', Size) FROM parcels",
    ],
)
def test_a_text_that_may_be_meant_stays(sql: str) -> None:
    assert changed(sql) == (sql, [])


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT YEAR(CAST(year AS DATE)), count(*) FROM parcels GROUP BY 1", [(2019, 1), (2020, 2)]),
        ("SELECT count(*) FROM parcels WHERE EXTRACT(year FROM CAST(year AS TIMESTAMP)) = 2020", [(2,)]),
        ("SELECT count(*) FROM parcels AS p WHERE date_part('year', p.year::DATE) = 2020", [(2,)]),
        ('SELECT year(CAST("Sent On" AS DATE)) AS y, count(*) FROM parcels GROUP BY y', [(2019, 1), (2020, 2)]),
        ('SELECT max(TRY_CAST("Sent On" AS TIMESTAMP))::DATE::VARCHAR FROM parcels', [("2020-12-25",)]),
        (
            "SELECT month(strptime(\"Sent On\", '%Y-%m-%d')) AS m, count(*) FROM parcels GROUP BY m",
            [(1, 1), (2, 1), (12, 1)],
        ),
        ("SELECT sum(CAST(fee AS DOUBLE)) FROM parcels", [(1210.75,)]),
        ("SELECT sum(TRY_CAST(replace(fee, '$', '') AS DECIMAL(10, 2)))::DOUBLE FROM parcels", [(1210.75,)]),
        ("SELECT count(*) FROM parcels WHERE year(CAST(stamp AS DATE)) = 2020", [(2,)]),
    ],
)
def test_a_cast_that_no_row_survives_becomes_what_reads_the_values(
    sql: str, expected: list[tuple[object, ...]]
) -> None:
    trial = run(sql, SCHEMA)
    assert trial.status == "error" or all(value in (None, 0, 7.0, 10.25) for row in trial.rows for value in row)

    text, repairs = changed(sql)

    assert repairs == ["cast-by-format"]
    assert rows(text) == expected


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT CAST(year AS VARCHAR) FROM parcels",
        "SELECT CAST(came AS TIMESTAMP) FROM parcels",
        "SELECT CAST(year AS DOUBLE) / 2 FROM parcels",
        "SELECT strptime(\"Sent On\", '%m/%d/%Y') FROM parcels",
        "SELECT CAST(replace(replace(fee, '$', ''), ',', '') AS DOUBLE) FROM parcels",
        'SELECT CAST("Sent On" AS VARCHAR) FROM parcels',
    ],
)
def test_a_cast_that_works_stays(sql: str) -> None:
    assert changed(sql) == (sql, [])


@pytest.mark.parametrize(
    "condition",
    [
        "date_trunc('month', came) = 'January'",
        "EXTRACT(month FROM came) = 'January'",
        "month(came) IN ('jan')",
        "strftime(came, '%m') = 'JANUARY'",
        "monthname(came) = 'January'",
    ],
)
def test_a_month_is_compared_by_its_name(condition: str) -> None:
    text, _ = changed(f"SELECT count(*) FROM parcels WHERE {condition}")

    assert rows(text) == [(2,)]


def test_a_weekday_is_compared_by_its_name() -> None:
    text, repairs = changed("SELECT count(*) FROM parcels WHERE date_part('dow', came) = 'Thursday'")

    assert repairs == ["period-name"]
    assert rows(text) == [(2,)]


@pytest.mark.parametrize(
    ("sql", "question", "found"),
    [
        ("SELECT count(*) FROM parcels WHERE \"Kind Of Goods\" LIKE '%fish%'", "How many parcels held fish?", 2),
        ("SELECT count(*) FROM parcels WHERE \"Kind Of Goods\" NOT LIKE '%Fish%'", "How many held no fish?", 1),
        ("SELECT count(*) FROM parcels WHERE \"Kind Of Goods\" LIKE '%Fish%'", "How many held something?", 1),
        ("SELECT count(*) FROM parcels WHERE \"Kind Of Goods\" LIKE 'D%'", "How many begin with D?", 1),
    ],
)
def test_text_is_searched_as_people_write_it(sql: str, question: str, found: int) -> None:
    text, _ = changed(sql, question)

    assert rows(text) == [(found,)]
