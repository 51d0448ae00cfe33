"""``fix`` and ``explain``: which cell they are about, and what of it goes out."""

from __future__ import annotations

from typing import Any

import pytest
from fake_server import FakeServer, answer_events


@pytest.fixture
def asked(shell: Any, server: FakeServer) -> Any:
    """Run cells; the body of the last question."""
    server.events = answer_events("fixed = 1", language="python", verdict=None)

    def run(*cells: str) -> dict[str, Any]:
        for cell in cells:
            shell.run_cell(cell, store_history=True)
        return server.asked()

    return run


def subject(body: dict[str, Any]) -> dict[str, Any]:
    (cell,) = (cell for cell in body["cells"] if cell["id"] == body["active_cell"])
    return dict(cell)


def test_words_beside_fix_are_the_question_about_the_last_error(asked: Any) -> None:
    body = asked("1 / 0", "y = 2", "%qwen fix do not raise")
    assert body["question"] == "do not raise"
    assert subject(body)["source"] == "1 / 0"
    assert subject(body)["error"]["name"] == "ZeroDivisionError"
    assert [cell["source"] for cell in body["cells"]] == ["y = 2", "1 / 0"]


@pytest.mark.parametrize("reference", ["In[1]", "1", "Out[1]"])
def test_a_cell_can_be_named(asked: Any, reference: str) -> None:
    body = asked("'first'", "second = 2", f"%qwen explain {reference}")
    assert subject(body)["source"] == "'first'"
    assert body["question"].startswith("Explain this code.")
    assert len(body["cells"]) == 1


def test_a_named_failure_brings_its_error(asked: Any) -> None:
    body = asked("nope", "1 / 0", "%qwen fix In[1]")
    assert body["question"] == "Fix this error: NameError: name 'nope' is not defined"
    assert subject(body)["error"]["name"] == "NameError"


def test_a_named_output_goes_along(asked: Any) -> None:
    body = asked("[1, 'two']", "%qwen fix Out[1] should hold numbers only")
    assert body["question"] == "Out[1] should hold numbers only\n\nOut[1] is a list:\n[1, 'two']"


def test_an_output_keeps_its_value_where_only_types_may_leave(asked: Any, shell: Any) -> None:
    shell.run_line_magic("config", "QwenMagics.privacy = 'types'")
    assert asked("['private']", "%qwen fix Out[1] is wrong")["question"].endswith("Out[1] is a list")


def test_an_output_whose_repr_raises_is_told_and_not_shown(asked: Any) -> None:
    setup = "class Broken:\n    def __repr__(self):\n        raise OSError('no')\nvalue = Broken()"
    assert asked(setup, "value", "%qwen explain Out[2]")["question"].endswith("(its repr raises OSError)")


def test_the_code_below_is_the_subject_and_the_words_are_the_question(asked: Any) -> None:
    body = asked("%%qwen explain in two words\nsum(range(9))")
    assert body["question"] == "in two words"
    assert subject(body)["source"] == "sum(range(9))"


def test_failed_code_that_is_pasted_below_keeps_its_error(asked: Any) -> None:
    assert subject(asked("1 / 0", "%%qwen fix\n1 / 0"))["error"]["name"] == "ZeroDivisionError"


def test_explain_alone_takes_the_cell_above(asked: Any) -> None:
    body = asked("first = 1", "second = 2", "%qwen status", "%qwen explain")
    assert subject(body)["source"] == "second = 2"
    assert body["mode"] == "explain"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("%qwen fix In[77]", "no cell In[77]"),
        ("%qwen fix Out[1]", "no Out[1]"),
        ("%qwen explain In[1] --run", "cannot be run"),
    ],
)
def test_what_does_not_exist_is_said_in_one_line(
    shell: Any, server: FakeServer, capsys: Any, cell: str, said: str
) -> None:
    shell.run_cell("x = 1", store_history=True)
    assert not shell.run_cell(cell, store_history=True).success
    assert said in capsys.readouterr().err
    assert server.told == []


def test_an_explanation_places_no_cell(shell: Any, asked: Any) -> None:
    asked("x = 1", "%qwen explain")
    assert shell.rl_next_input is None
