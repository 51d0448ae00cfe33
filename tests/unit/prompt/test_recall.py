"""What a question names is found where it was defined, and nothing else."""

from __future__ import annotations

import pytest

from jupyter_qwen.prompt.recall import recall, told_definitions
from jupyter_qwen.schema.notebook import Cell

THAW = "def thaw_index(readings, *, frost_line):\n    return sum(readings) - frost_line"
CELLS = (
    Cell(f"import math\n%matplotlib inline\n{THAW}\n\nothers = 1", id="a"),
    Cell("class RiverLevel:\n    pass", id="b"),
    Cell("base_rate = 0.2\nnormalise = lambda x: x", id="c"),
    Cell("broken = (", id="d"),
    Cell("%%sql\nSELECT 1", id="e"),
)


def recalled(
    question: str, *, subject: str = "", cells: tuple[Cell, ...] = CELLS, shown: tuple[Cell, ...] = (), room: int = 200
) -> list[str]:
    found = recall(question, subject, cells, shown, count=lambda text: len(text.split()), budget_tokens=room)
    return [cell.source for cell in found]


@pytest.mark.parametrize(
    "question",
    ["use thaw_index on stations", "the Thaw index of stations, please", "compute thaw indexes", "`thaw_index()`?"],
)
def test_a_function_is_found_by_its_name_and_by_its_words(question: str) -> None:
    assert recalled(question) == [THAW]


def test_names_of_one_word_count_only_where_they_can_be_called() -> None:
    assert recalled("normalise all others") == ["normalise = lambda x: x"]


def test_words_in_another_order_or_apart_name_nothing() -> None:
    assert recalled("index of the thaw, level of a river") == []


def test_code_that_is_asked_about_brings_what_it_calls_in_the_notebooks_order() -> None:
    found = recalled("", subject="RiverLevel(thaw_index(x, frost_line=base_rate))")
    assert found == [THAW, "class RiverLevel:\n    pass"]


def test_what_is_shown_anyway_is_not_told_twice_nor_is_what_it_replaced() -> None:
    newer = Cell("def thaw_index(readings):\n    return 2", id="new")
    assert recalled("thaw index", shown=(CELLS[0],)) == []
    assert recalled("thaw index", cells=(*CELLS, newer)) == [newer.source]
    assert recalled("thaw index", cells=(*CELLS, newer), shown=(newer,)) == []


def test_what_does_not_fit_is_left_out_whole() -> None:
    assert recalled("thaw index of the river level", room=6) == ["class RiverLevel:\n    pass"]


def test_nothing_is_told_of_nothing() -> None:
    assert told_definitions((), "python") == ""
    assert told_definitions((Cell("x = 1"),), "python").endswith("```python\nx = 1\n```\n\n")
