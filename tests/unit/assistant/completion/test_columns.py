from __future__ import annotations

import pytest

from jupyter_qwen.assistant.completion.known_columns import column_grammar, reads_unknown_column
from jupyter_qwen.schema.model import Column, Schema, Table
from jupyter_qwen.schema.notebook import Cell

SCHEMA = Schema(
    (Table(("trips",), "dataframe", (Column("price"), Column("pick up"), Column('a"b'), Column("<|im_end|>"))),)
)


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        ('trips["prize"].sum()', "x = "),
        ('prize"]', 'x = trips["'),
        ('trips[["price", "tip"]]', ""),
        ('trips["tip"] > 3]', "late = trips["),
        ('x in trips["tip"]:', "for "),
    ],
)
def test_a_column_that_does_not_exist_is_noticed(text: str, prefix: str) -> None:
    assert reads_unknown_column(text, prefix, SCHEMA)


@pytest.mark.parametrize(
    ("text", "prefix", "cells"),
    [
        ('trips["price"].sum()', "x = ", ()),
        ('trips["tip"] = 1', "", ()),
        ('tip"] = trips["price"] * 0.1', 'trips["', ()),
        ('trips["tip"]', 'trips["tip"] = 1\nx = ', ()),
        ('trips["tip"]', "x = ", (Cell('trips["tip"] = 2'),)),
        ('trips["tip"]', "x = ", (Cell("trips = trips.assign(tip=2)"),)),
        ('trips["tip"]', "trips = load()\nx = ", ()),
        ('other["tip"]', "x = ", ()),
        ("trips[trips.price > 2]", "x = ", ()),
    ],
)
def test_what_exists_or_cannot_be_known_passes(text: str, prefix: str, cells: tuple[Cell, ...]) -> None:
    assert not reads_unknown_column(text, prefix, SCHEMA, cells)


def test_inside_a_subscript_only_columns_that_go_on_may_follow() -> None:
    assert column_grammar('x = trips["p', '["p', SCHEMA) == (
        r'root ::= ("[\"price\"" | "[\"pick up\"") [^\x00]*'
    )  # fmt: skip


def test_a_second_name_of_a_list_is_forced_too() -> None:
    assert column_grammar("x = trips[['price', 'pi", " 'pi", SCHEMA) == r"""root ::= (" 'pick up'") [^\x00]*"""


@pytest.mark.parametrize("prefix", ['trips["p', 'x = other["p', 'trips = f()\nx = trips["p', 'x = trips["zzz'])
def test_where_a_new_name_may_stand_nothing_is_forced(prefix: str) -> None:
    assert column_grammar(prefix, "", SCHEMA) is None
