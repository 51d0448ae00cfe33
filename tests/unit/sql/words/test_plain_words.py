"""Queries and the line read aloud for each: `read_aloud.txt`, made by the code, then read and mended line by line."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from jupyter_qwen.schema.collect import collect
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.words import in_words

FOLDER = Path(__file__).parent
PAIRS = [tuple(pair.split("\n=> ")) for pair in (FOLDER / "read_aloud.txt").read_text("utf-8").strip().split("\n\n")]


@pytest.fixture(scope="module")
def store() -> Schema:
    con = duckdb.connect()
    con.execute((FOLDER / "shop.sql").read_text("utf-8"))
    return Schema.from_json(collect({"con": con}))


def test_there_are_enough_of_them() -> None:
    assert len(PAIRS) >= 60


@pytest.mark.parametrize(("sql", "line"), PAIRS)
def test_a_query_reads_as_a_person_would_read_it(sql: str, line: str, store: Schema) -> None:
    assert in_words(sql, store) == line
    assert len(line) <= 200


PER_COUNTRY = PAIRS[4][0]
TRANSLATED = {
    "de": "zählt orders je country, nur wenn gilt: ordered_at in 2024, meiste zuerst; customers ohne orders fallen weg",
    "es": "cuenta orders por country, solo si ordered_at es en 2024, más primero; customers sin orders quedan fuera",
    "fr": "compte orders par country, seulement si ordered_at est en 2024, du plus au moins ; "
    "customers sans orders ne figurent pas",
    "zh-CN": "按 country 统计 orders 的数量，仅限ordered_at 在 2024，从多到少；没有 orders 的 customers 不在内",
}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_line_is_in_the_language_of_the_interface(language: str, store: Schema) -> None:
    assert in_words(PER_COUNTRY, store, language) == TRANSLATED[language]


@pytest.mark.parametrize("language", ["", "default", "pt-BR", "xx"])
def test_an_interface_in_another_language_gets_english(language: str, store: Schema) -> None:
    assert in_words(PER_COUNTRY, store, language) == PAIRS[4][1]


@pytest.mark.parametrize(
    "sql", ["", "SELEC 1", "SELECT 1; SELECT 2", "DELETE FROM orders", "DROP TABLE orders", "SUMMARIZE orders"]
)
def test_what_is_no_query_that_can_be_read_has_no_line(sql: str, store: Schema) -> None:
    assert in_words(sql, store) is None


def test_without_keys_no_row_is_said_to_be_of_one_table(store: Schema) -> None:
    sql = "SELECT count(*) FROM lines l JOIN staff s ON s.pay = l.amount"
    assert in_words(sql, store) == "counts rows of lines and staff joined; rows without a match are left out"


def test_a_filter_behind_a_window_is_never_told_as_one_before_it(store: Schema) -> None:
    inner = "SELECT name, category, row_number() OVER (PARTITION BY category ORDER BY price DESC) AS rn FROM products"
    told = in_words(f"SELECT name FROM ({inner}) WHERE rn = 1 AND category = 'tea'", store)
    assert told is not None
    assert ", only where" not in told
    assert "of these only where category is “tea”" in told


def test_a_name_with_braces_is_no_template(store: Schema) -> None:
    assert in_words("SELECT name AS \"{b}\" FROM customers WHERE name = '{a}'", store) == (
        "lists name of customers, only where name is “{a}”"
    )
