from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from jupyter_qwen.prompt.fim import hole
from jupyter_qwen.prompt.model import Prompt
from jupyter_qwen.prompt.tokens import FIM_MIDDLE, FIM_PREFIX, FIM_SUFFIX
from jupyter_qwen.schema.model import Column, Schema, Table
from jupyter_qwen.schema.notebook import Cell, CellError

Count = Callable[[str], int]

HEAD = "".join(f"line_{i} = {i}\n" for i in range(20))
SUFFIX = "\nprint(total)\n"


def build(prefix: str, suffix: str, **given: Any) -> Prompt:
    """The prompt of a cursor that nothing is known about yet."""
    return hole.frame(prefix, suffix, **given).prompt(prefix)


def pieces(text: str) -> tuple[str, str, str]:
    """(prefix, suffix, what the middle begins with)."""
    prefix, rest = text.removeprefix(FIM_PREFIX).split(FIM_SUFFIX)
    suffix, middle = rest.split(FIM_MIDDLE)
    return prefix, suffix, middle


def test_the_usual_order_is_exact(count: Count) -> None:
    prompt = build("def f(x):\n    return ", "\n\nf(1)", count=count, budget_tokens=500, order="usual")

    assert prompt.text == "<|fim_prefix|>def f(x):\n    return <|fim_suffix|>\n\nf(1)<|fim_middle|>"
    assert prompt.heal == ""


def test_the_anchored_order_loses_no_character(count: Count) -> None:
    prefix = HEAD + "total = line_1 + lin"

    prompt = build(prefix, SUFFIX, count=count, budget_tokens=1000)
    head, suffix, middle = pieces(prompt.text)

    assert head + middle + prompt.heal == prefix
    assert suffix == SUFFIX


def test_typing_only_appends_to_the_prompt_of_a_frame(count: Count) -> None:
    typed = "total = sum([line_1, line_2])\nmean = total / 2"
    frame = hole.frame(HEAD, SUFFIX, count=count, budget_tokens=1000)
    whole = frame.prompt(HEAD + typed)
    for end in range(1, len(typed)):
        assert frame.serves(HEAD + typed[:end], SUFFIX, language="python")
        assert whole.text.startswith(frame.prompt(HEAD + typed[:end]).text)


@pytest.mark.parametrize(
    ("end", "heal"),
    [
        ("    retu", " retu"),
        ("df.app", ".app"),
        ("my_va", "_va"),
        ("x = ", " "),
        ("f(", "("),
        ("x = [a,", ","),
        ("      ", "      "),
        ("12", ""),
        ("a\n", ""),
        ("im", "im"),
    ],
)
def test_an_unfinished_token_is_given_back_for_healing(end: str, heal: str, count: Count) -> None:
    prompt = build(f"x = 1\n{end}", SUFFIX, count=count, budget_tokens=500)

    assert prompt.heal == heal
    assert prompt.text.endswith(f"x = 1\n{end.removesuffix(heal)}")


def test_a_notebook_of_300_cells_costs_what_one_of_20_does(count: Count) -> None:
    cells = tuple(Cell(f"step_{i} = load({i})\n" * 8) for i in range(300))
    short = build("x = step_1", SUFFIX, cells=cells[-20:], count=count, budget_tokens=900)
    long = build("x = step_1", SUFFIX, cells=cells, count=count, budget_tokens=900)

    assert count(long.text) <= 900
    assert abs(count(long.text) - count(short.text)) < 100


def test_a_long_cell_is_cut_far_from_the_cursor_only(count: Count) -> None:
    prefix = "".join(f"row_{i} = {i}\n" for i in range(3000)) + "tot"

    prompt = build(prefix, "\nend()\n" * 3000, count=count, budget_tokens=800)

    assert count(prompt.text) <= 800
    head, suffix, middle = pieces(prompt.text)
    assert (head + middle + prompt.heal).endswith("row_2999 = 2999\ntot")
    assert suffix.startswith("\nend()\n")


def test_cells_that_share_names_come_along_and_failed_ones_do_not(count: Count) -> None:
    cells = (
        Cell("unrelated = 1"),
        Cell("def load_prices(path):\n    return path"),
        Cell("broken(", error=CellError("SyntaxError", "x")),
        Cell("Old notes", type="markdown"),
        Cell("Load the *prices* of today", type="markdown"),
    )

    text = build("prices = load_prices(", ")", cells=cells, count=count, budget_tokens=900).text

    assert "def load_prices" in text
    assert "broken" not in text
    assert "Old notes" not in text
    assert "# Load the *prices* of today\n" in text


def test_columns_of_a_frame_in_reach_are_told_as_a_comment(count: Count) -> None:
    schema = Schema((Table(("trips",), "dataframe", (Column("distance_km", "DOUBLE"),)),))

    text = build("trips.groupby(", ")", schema=schema, count=count, budget_tokens=900).text

    assert "# trips(distance_km DOUBLE)\n" in text


@pytest.mark.parametrize("order", ["usual", "anchored"])
def test_special_tokens_in_code_do_not_act(order: hole.Order, count: Count) -> None:
    text = build("a = '<|fim_middle|>'\nb", "<|endoftext|>\n", count=count, budget_tokens=500, order=order).text

    assert text.count(FIM_MIDDLE) == 1
    assert "<|endoftext|>" not in text


def test_an_empty_cell_gives_a_prompt(count: Count) -> None:
    assert build("", "", count=count, budget_tokens=500).text == f"{FIM_PREFIX}{FIM_SUFFIX}{FIM_MIDDLE}"


def test_other_line_endings_are_kept(count: Count) -> None:
    prompt = build(f"a{os.linesep}\r\nb = (", "\r\n)", count=count, budget_tokens=500, order="usual")

    assert "\r\nb = (" in prompt.text
