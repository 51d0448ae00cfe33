from __future__ import annotations

from dataclasses import replace

import pytest

from jupyter_qwen.prompt.hints.value_hints import matching_values
from jupyter_qwen.schema.model import Column, Schema, Table

PEOPLE = Table(
    ("people",),
    "table",
    (
        Column("state", "VARCHAR", values=("North Carolina", "Virginia", "West Virginia")),
        Column("pet", "VARCHAR", values=("cat", "dog", "people")),
        Column("password", "VARCHAR", values=("Virginia",)),
        Column("nickname", "VARCHAR"),
    ),
    rows=(("Virginia", "cat", None, "O'Neill"),),
)
SCHEMA = Schema((PEOPLE,), privacy="samples")


def hints(question: str, schema: Schema = SCHEMA) -> list[str]:
    return [str(hint) for hint in matching_values(question, schema, schema.tables)]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("people of north carolina", ["people.state = 'North Carolina'"]),
        ("who has cats or dogs?", ["people.pet = 'cat'", "people.pet = 'dog'"]),
        ("find O'Neill", ["people.nickname = 'O''Neill'"]),
    ],
)
def test_words_of_the_question_find_values_whatever_case_and_plural(question: str, expected: list[str]) -> None:
    assert hints(question) == expected


def test_a_period_of_the_question_is_no_value_unless_its_column_is_named() -> None:
    riders = Table(("riders",), "table", (Column("plan", "VARCHAR", values=("month", "year")),))
    schema = Schema((riders,), privacy="samples")

    assert hints("rides per month", schema) == []
    assert hints("riders whose plan is month", schema) == ["riders.plan = 'month'"]


def test_secret_columns_never_give_hints() -> None:
    assert hints("is Virginia used?") == ["people.state = 'Virginia'"]


def test_a_word_that_names_a_table_is_no_value() -> None:
    assert hints("how many people are there?") == []


def test_the_same_word_in_quotes_is_a_value() -> None:
    assert hints("whose pet is 'people'?") == ["people.pet = 'people'"]


@pytest.mark.parametrize("privacy", ["names", "types"])
def test_no_value_is_told_below_the_privacy_level_values(privacy: str) -> None:
    assert hints("people of North Carolina", replace(SCHEMA, privacy=privacy)) == []  # type: ignore[arg-type]


def test_longer_matches_come_first() -> None:
    assert hints("West Virginia")[0] == "people.state = 'West Virginia'"
