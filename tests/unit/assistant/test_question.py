"""Requests are decoded once; what is wrong with them is said in a sentence."""

from __future__ import annotations

import pytest

from jupyter_qwen.assistant.question import (
    MAX_QUESTION_CHARACTERS,
    BadRequest,
    CompletionQuestion,
    Question,
    decode_schema,
)
from jupyter_qwen.schema.model import Column, Schema, SchemaFormatError, Table

SCHEMA = Schema(
    tables=(
        Table(("t",), "table", (Column("a", "VARCHAR", values=("x",), values_complete=True),), "con", rows=(("x",),)),
    )
)


def test_request_is_decoded_whole() -> None:
    question = Question.from_json(
        {
            "question": "  revenue ",
            "mode": "sql",
            "cells": [{"id": "a", "type": "code", "source": "x = 1", "execution_count": 3}],
            "schema": SCHEMA.to_json(),
            "tables": ["t"],
        }
    )
    assert question.text == "revenue"
    assert question.cells[0].execution_count == 3
    assert question.schema == SCHEMA
    assert question.tables == ("t",)


@pytest.mark.parametrize("text", ["", "   \n\t "])
def test_empty_question_says_so_and_gives_an_example(text: str) -> None:
    with pytest.raises(BadRequest, match="empty") as caught:
        Question.from_json({"question": text})
    assert caught.value.code == "empty"
    assert caught.value.hint


def test_hundred_thousand_characters_are_refused_with_the_limit() -> None:
    with pytest.raises(BadRequest, match=f"100,000 characters; {MAX_QUESTION_CHARACTERS:,}") as caught:
        Question.from_json({"question": "x" * 100_000})
    assert caught.value.code == "too-long"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ([], "JSON object"),
        ({"question": 3}, "question must be a text"),
        ({"question": "a", "mode": "poem"}, "mode is 'poem'"),
        ({"question": "a", "cells": "x"}, "cells must be a list"),
        ({"question": "a", "cells": [{"source": 3}]}, "cell.source must be a text"),
        ({"question": "a", "tables": "t"}, "tables must be a list"),
        ({"question": "a", "connection": 1}, "connection must be a text"),
        ({"question": "a", "max_new_tokens": 0}, "max_new_tokens"),
        ({"question": "a", "schema": 3}, "schema must be an object"),
        ({"question": "a", "schema": SCHEMA.to_json(), "privacy": "all"}, "privacy is 'all'"),
    ],
)
def test_wrong_field_is_named(body: object, words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        Question.from_json(body)


def test_broken_schema_names_the_field() -> None:
    with pytest.raises(SchemaFormatError, match=r"tables\[0\].reference"):
        Question.from_json({"question": "a", "schema": {"version": 1, "tables": [{"columns": []}]}})


def test_privacy_of_a_request_lowers_but_never_raises() -> None:
    lowered = decode_schema(SCHEMA.to_json(), "types")
    assert lowered is not None
    assert lowered.tables[0].rows == ()
    assert lowered.tables[0].columns[0].values == ()
    assert lowered.tables[0].columns[0].type == "VARCHAR"
    again = decode_schema(lowered.to_json(), "samples")
    assert again is not None
    assert again.privacy == "types"


def test_completion_request_keeps_text_exact() -> None:
    question = CompletionQuestion.from_json({"prefix": "  x =\t", "suffix": "\n", "multiline": True})
    assert (question.prefix, question.suffix, question.multiline) == ("  x =\t", "\n", True)
