"""The example that a question gets: by the shape of what is asked, whatever the tables are about."""

from __future__ import annotations

import time

import pytest

from jupyter_qwen.prompt.shapes.library import library
from jupyter_qwen.prompt.shapes.masking import NAMED, NUMBER, YEAR, explained, masked, tokens
from jupyter_qwen.prompt.shapes.retrieval import fitting
from jupyter_qwen.schema.model import Column, Schema, Table

VOLCANOES = Schema(
    (
        Table(
            ("volcano",),
            "table",
            (
                Column("id", "INTEGER"),
                Column("label", "VARCHAR"),
                Column("region", "VARCHAR", values=("Andes", "Pacific Rim")),
                Column("summit", "INTEGER"),
            ),
        ),
        Table(
            ("eruption",),
            "table",
            (Column("volcano_id", "INTEGER"), Column("began", "DATE"), Column("ash", "DOUBLE")),
        ),
    ),
    privacy="values",
)


@pytest.mark.parametrize(
    ("question", "shape"),
    [
        ("What are the two highest volcanoes of each region?", "top of each"),
        ("Which volcanoes have never had an eruption?", "never"),
        ("For each region, what percentage of the ash does each volcano have?", "share within group"),
        ("What is the running total of ash per month?", "running total"),
        ("How did the ash change from month to month?", "change from period before"),
        ("What is the median ash for each region?", "median"),
        ("Which volcanoes are higher than the average of their own region?", "against own group"),
        ("How many days pass on average between consecutive eruptions of each volcano?", "gaps between events"),
    ],
)
def test_question_about_other_tables_gets_the_example_of_its_shape(question: str, shape: str) -> None:
    example = fitting(question, VOLCANOES)
    assert example is not None
    assert example.shape == shape
    assert example.sql in {pair.sql for pair in library() if pair.shape == shape}
    assert "CREATE TABLE" in example.tables


@pytest.mark.parametrize(
    "question",
    ["How many volcanoes are there?", "List the labels of all volcanoes.", "What is the average ash by region?"],
)
def test_simple_question_gets_no_example(question: str) -> None:
    assert fitting(question, VOLCANOES) is None


@pytest.mark.parametrize("question", ["", "???", "xyzzy plugh", "hello, who are you"])
def test_question_unlike_anything_gets_no_example(question: str) -> None:
    assert fitting(question, VOLCANOES) is None


def test_question_finds_its_own_pair_again_without_any_schema() -> None:
    pair = next(pair for pair in library() if pair.shape == "sessions")
    example = fitting(pair.question, Schema())
    assert example is not None
    assert (example.question, example.sql) == (pair.question, pair.sql)
    assert example.score > 0.9


def test_names_values_numbers_and_quoted_texts_are_masked() -> None:
    question = "Show the 3 highest summits of the Pacific Rim since 1990 named 'Mount Doom'"
    found = masked(tokens(question), explained(question, VOLCANOES))
    assert found == ("show", "the", NUMBER, "highest", NAMED, "of", "the", NAMED, "since", YEAR, "named", NAMED)


def test_sentence_about_the_answers_columns_is_no_part_of_the_shape() -> None:
    plain = tokens("Which region has the most volcanoes?")
    assert tokens("Which region has the most volcanoes? Return the region and the number, highest first.") == plain


def test_large_catalogue_costs_little_beside_the_first_question() -> None:
    columns = tuple(Column(f"measured_value_{n}", "VARCHAR", values=(f"north {n}", f"south {n}")) for n in range(20))
    schema = Schema(tuple(Table((f"station_{n}",), "table", columns) for n in range(1_000)))
    fitting("warm the index", schema)
    started = time.process_time()
    fitting("What are the two highest stations of each region?", schema)
    assert time.process_time() - started < 0.5  # 20 ms where nothing else computes
