"""What was taken out of the context is not sent; what was added is decoded, within bounds."""

from __future__ import annotations

import pytest

from jupyter_qwen.assistant.question import BadRequest, Question
from jupyter_qwen.assistant.selection import MAX_ATTACHED_CHARACTERS, MAX_ATTACHMENTS, without_cells, without_tables
from jupyter_qwen.prompt.attachments import Attachment
from jupyter_qwen.schema.model import Column, Schema, Table
from jupyter_qwen.schema.notebook import Cell, CellError

FAILED = Cell("boom()", id="b", error=CellError("NameError", "boom"))
CELLS = (Cell("a", id="a"), FAILED, Cell("c", id="c"))


def test_additions_and_removals_are_decoded() -> None:
    question = Question.from_json(
        {
            "question": "q",
            "include": [{"kind": "file", "name": "notes.md", "text": "hello"}, {"kind": "table", "name": "orders"}],
            "exclude": ["cell:a", "table:products"],
        }
    )
    assert question.include == (Attachment("file", "notes.md", "hello"), Attachment("table", "orders"))
    assert question.exclude == {"cell:a", "table:products"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"include": "x"}, "include must be a list"),
        ({"include": [{"kind": "poem", "name": "x"}]}, r"include\[0\].kind is 'poem'"),
        ({"include": [{"kind": "file", "name": " "}]}, r"include\[0\].name"),
        ({"include": [{"kind": "file", "name": "x", "text": 3}]}, r"include\[0\] must be texts"),
        ({"include": [{"kind": "file", "name": "x", "text": "y" * (MAX_ATTACHED_CHARACTERS + 1)}]}, "x has 200,001"),
        ({"include": [{"kind": "table", "name": "x"}] * (MAX_ATTACHMENTS + 1)}, "21 things"),
        ({"exclude": "cells"}, "exclude must be a list"),
        ({"exclude": [3]}, "exclude must be a list"),
    ],
)
def test_a_wrong_selection_is_named_with_the_way_out(fields: dict[str, object], words: str) -> None:
    with pytest.raises(BadRequest, match=words) as caught:
        Question.from_json({"question": "q", **fields})
    assert caught.value.hint


@pytest.mark.parametrize(
    ("excluded", "left"),
    [((), "abc"), (("cell:a",), "bc"), (("cells",), ""), (("cell:none", "table:a"), "abc")],
)
def test_excluded_cells_are_gone(excluded: tuple[str, ...], left: str) -> None:
    assert "".join(c.id for c in without_cells(CELLS, frozenset(excluded), subject=None)) == left


def test_the_cell_that_a_command_is_about_stays_with_its_error() -> None:
    assert without_cells(CELLS, frozenset(("cells", "error")), subject="b") == (FAILED,)


def test_an_excluded_error_leaves_the_code() -> None:
    kept = without_cells(CELLS, frozenset(("error",)), subject=None)
    assert [cell.source for cell in kept] == ["a", "boom()", "c"]
    assert all(cell.error is None for cell in kept)


def test_an_excluded_table_is_unknown_whatever_its_case() -> None:
    schema = Schema(
        (Table(("main", "Orders"), "table", (Column("id"),)), Table(("orders",), "dataframe", (Column("id"),)))
    )
    assert [t.reference for t in without_tables(schema, frozenset(("table:main.orders",))).tables] == [("orders",)]
