"""Errors quote values: below the level *values* what they quote is left out, and names that the code knows stay."""

from __future__ import annotations

import pytest

from jupyter_qwen.assistant.question import CompletionQuestion, Question
from jupyter_qwen.schema.model import Column, Schema, Table
from jupyter_qwen.schema.notebook import without_literals

CODE = "df['customer'] + con.sql('SELECT totl FROM orders LIMIT 10')"

SECRETS = [
    ("'Ann Smith'", "Ann Smith"),
    ('"O\'Brien"', "O'Brien"),
    ("Conversion Error: Could not convert string 'Ann Smith' to INT32", "Ann Smith"),
    ("Could not convert string 'O'Brien' to INT32", "O'Brien"),
    ('Constraint Error: Duplicate key "name: Ann Smith" violates primary key constraint', "Ann Smith"),
    ("Type INT64 with value 83421 can't be cast to INT8", "83421"),
    ("invalid literal for int() with base 10: '4111 1111'", "4111"),
    ("Timestamp('1984-03-02 00:00:00')", "1984"),
    ("born 1984-03-02", "1984"),
    ("salary is -83421.75e3 too high", "83421"),
    ("b'Ann Smith' is not valid", "Ann Smith"),
    ("could not convert string to float: 'Ann Smith", "Ann Smith"),
    ("bad rows: ['Ann Smith', 'Bob']", "Bob"),
    ("cannot parse `Ann Smith`", "Ann Smith"),
    ("value “Ann Smith” is odd", "Ann Smith"),
    ("'two\nlines of Ann'", "Ann"),
]


@pytest.mark.parametrize(("message", "secret"), SECRETS)
def test_what_a_message_quotes_is_left_out(message: str, secret: str) -> None:
    assert secret not in without_literals(message, CODE)


@pytest.mark.parametrize(
    "message",
    [
        "'customer'",
        'Binder Error: Referenced column "totl" not found in FROM clause!',
        "Table with name orders does not exist!\nLINE 1: SELECT totl FROM orders LIMIT 10",
        "can't multiply sequence by non-int of type 'float'",
        "unsupported operand type(s) for +: 'int' and 'str'",
        "cannot cast INT32 to VARCHAR, it isn't possible",
        "line 3, In[12]",
    ],
)
def test_names_of_the_code_and_of_types_stay(message: str) -> None:
    assert without_literals(message, CODE) == message


TRACEBACK = """Traceback (most recent call last):
  File "/home/ann/load.py", line 12, in clean
    return float(row["amount"])
ValueError: could not convert string to float: 'Ann Smith'"""


def body(privacy: str | None, **fields: object) -> dict[str, object]:
    error = {"name": "ValueError", "message": "could not convert 'Ann Smith'", "traceback": TRACEBACK}
    return {"question": "why", "privacy": privacy, "cells": [{"id": "a", "source": CODE, "error": error}], **fields}


@pytest.mark.parametrize("level", ["names", "types"])
def test_below_values_no_door_lets_an_errors_values_into_a_question(level: str) -> None:
    attached = {"kind": "error", "name": "cell 1", "text": TRACEBACK}
    question = Question.from_json(body(level, include=[attached]))
    completion = CompletionQuestion.from_json({**body(level), "prefix": ""})
    for cell in (*question.cells, *completion.cells):
        assert cell.error is not None
        assert "Ann Smith" not in cell.error.message + cell.error.traceback
    assert "Ann Smith" not in question.include[0].text
    assert "line 12, in clean" in question.include[0].text


def test_the_schemas_own_level_counts_as_well() -> None:
    schema = Schema(tables=(Table(("orders",), "table", (Column("total", "INTEGER"),)),), privacy="types").to_json()
    told = Question.from_json(body(None, schema=schema)).cells[0].error
    assert told is not None
    assert "Ann Smith" not in told.message


@pytest.mark.parametrize("level", ["values", "samples"])
def test_from_values_on_errors_are_told_as_they_are(level: str) -> None:
    told = Question.from_json(body(level)).cells[0].error
    assert told is not None
    assert "Ann Smith" in told.message
    assert told.traceback == TRACEBACK


def test_columns_of_the_tables_are_names_too() -> None:
    schema = Schema(tables=(Table(("orders",), "table", (Column("total", "INTEGER"),)),))
    error = {"name": "BinderException", "message": 'Candidate bindings: "total"', "traceback": ""}
    cells = [{"id": "a", "source": "x", "error": error}]
    told = Question.from_json({"question": "why", "privacy": "types", "schema": schema.to_json(), "cells": cells})
    assert told.cells[0].error is not None
    assert told.cells[0].error.message == error["message"]
