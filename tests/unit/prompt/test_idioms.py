from __future__ import annotations

import pytest

from jupyter_qwen.prompt.idioms import fitting_idioms
from jupyter_qwen.schema.model import Column, Table

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
        ("all columns of guests except extra", "all columns but two: SELECT * EXCLUDE (column1, column2) FROM guests"),
    ],
)
def test_an_idiom_names_the_column_it_is_for(question: str, line: str) -> None:
    assert fitting_idioms(question, (GUESTS,))[0] == line


@pytest.mark.parametrize("question", ["how many guests are there?", "full names, sorted", ""])
def test_plain_questions_get_no_idiom(question: str) -> None:
    assert fitting_idioms(question, (GUESTS,)) == ()
