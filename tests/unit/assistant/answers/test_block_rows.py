"""A block of SQL shows the first rows of its trial, and nothing keeps them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from jupyter_qwen.assistant.answers.blocks import sql_block
from jupyter_qwen.assistant.ask import _asked, _turn
from jupyter_qwen.assistant.events import Alternative, AnswerFinished
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.schema.model import Column, Connection, Schema, Table
from jupyter_qwen.sql.validate import prove

PEOPLE = Table(
    ("people",), "table", (Column("name", "VARCHAR"),), "con", 2, rows=(("Ann",), ("Bo",)), rows_complete=True
)  # fmt: skip
SCHEMA = Schema((PEOPLE,), (Connection("con"),))


def test_a_block_shows_its_first_rows_and_a_kept_turn_has_none() -> None:
    block = sql_block(prove("SELECT name FROM people ORDER BY name", SCHEMA), SCHEMA, Question("names"))
    assert block.rows is not None
    assert block.rows.rows == (("Ann",), ("Bo",))
    assert block.words == "lists name of people, sorted by name"
    block = replace(block, alternative=Alternative("SELECT 1", "", "", rows=block.rows))
    turn = _turn(_asked(Question("names", mode="sql")), AnswerFinished("", (block,)))
    assert "Ann" not in json.dumps(turn.blocks)
    assert turn.blocks[0]["rows"] is None


def test_the_words_of_a_block_are_in_the_questions_language() -> None:
    block = sql_block(prove("SELECT name FROM people", SCHEMA), SCHEMA, Question("Namen", locale="de"))
    assert block.words == "listet name aus people"


@pytest.mark.parametrize("sql", ["SELECT nope FROM people", "DELETE FROM people", "SELECT * FROM 'x.csv'"])
def test_what_is_not_proved_shows_no_rows(sql: str) -> None:
    assert sql_block(prove(sql, SCHEMA), SCHEMA, Question("?")).rows is None


def test_no_rows_leave_the_server_below_the_level_samples() -> None:
    private = SCHEMA.at_privacy("values")
    assert sql_block(prove("SELECT name FROM people", private), private, Question("?")).rows is None
