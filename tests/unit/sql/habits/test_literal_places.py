from __future__ import annotations

import pytest

from jupyter_qwen.schema.model import Column, ForeignKey, Schema, Table
from jupyter_qwen.sql.habits import look_again
from jupyter_qwen.sql.validate import prove

NATIONS = Table(
    ("nations",),
    "table",
    (Column("nid", "INTEGER"), Column("label", "VARCHAR", values=("france", "Spain"), values_complete=True)),
    connection="con",
    primary_key=("nid",),
    rows=((1, "france"), (2, "Spain")),
    rows_complete=True,
)
DISHES = Table(
    ("dishes",),
    "table",
    (
        Column("dish", "VARCHAR", values=("soup", "pie"), values_complete=True),
        Column("kind", "VARCHAR", values=("hot", "cold"), values_complete=True),
        Column("nation", "INTEGER"),
    ),
    connection="con",
    foreign_keys=(ForeignKey(("nation",), "nations", ("nid",)),),
    rows=(("soup", "hot", 1), ("pie", "cold", 2)),
    rows_complete=True,
)
MENU = Schema((NATIONS, DISHES))


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT dish FROM dishes WHERE dish = 'Hot'", "SELECT dish FROM dishes WHERE dishes.kind = 'hot'"),
        (
            "SELECT dish FROM dishes WHERE nation = 'France'",
            "SELECT dish FROM dishes JOIN nations ON dishes.nation = nations.nid WHERE nations.label = 'france'",
        ),
        (
            "SELECT d.dish FROM dishes AS d WHERE d.nation IN ('France', 'Spain')",
            "SELECT d.dish FROM dishes AS d JOIN nations ON d.nation = nations.nid "
            "WHERE nations.label IN ('france', 'Spain')",
        ),
    ],
)
def test_a_literal_moves_to_the_one_column_that_holds_it(sql: str, expected: str) -> None:
    proof = look_again(prove(sql, MENU), "which dish?", MENU)

    assert proof.sql == expected
    assert [repair.name for repair in proof.repairs] == ["value-elsewhere"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT dish FROM dishes WHERE kind = 'hot'",  # it is there
        "SELECT dish FROM dishes WHERE dish = 'salad'",  # it is nowhere
        "SELECT dish FROM dishes WHERE nation = '1'",  # a number may be compared with its text
        "SELECT dish FROM dishes WHERE nation = 'Peru'",
    ],
)
def test_other_literals_stay(sql: str) -> None:
    assert look_again(prove(sql, MENU), "which dish?", MENU).sql == sql


def test_no_value_is_looked_at_below_the_privacy_level_values() -> None:
    sql = "SELECT dish FROM dishes WHERE dish = 'Hot'"
    schema = MENU.at_privacy("types")

    assert look_again(prove(sql, schema), "which dish?", schema).sql == sql
