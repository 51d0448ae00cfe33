from __future__ import annotations

import pytest

from jupyter_qwen.assistant.completion.remembered import Memory, Remembered, before_closer, remainder


@pytest.mark.parametrize(
    ("prefix", "suffix", "left"),
    [
        ("x = ", "\nend", "f(a, b)\n"),
        ("x = f(", "\nend", "a, b)\n"),
        ("x = f(", ")\nend", "a, b"),
        ("x = f(a, b)", "\nend", "\n"),
        ("x = g", "\nend", None),
        ("x", "\nend", None),
        ("x = f(", "]\nend", "a, b)\n"),
        ("x = f(", " + 1\nend", None),
    ],
)
def test_what_is_left_when_the_user_types_along(prefix: str, suffix: str, left: str | None) -> None:
    assert remainder("x = ", "\nend", "f(a, b)\n", prefix, suffix) == left


@pytest.mark.parametrize(
    ("text", "closer", "inside"),
    [("a, (b), c) + 1", ")", "a, (b), c"), ('price"] + 1', '"', "price"), ("a", ")", "a"), ("[1][0]]", "]", "[1][0]")],
)
def test_text_ends_before_the_bracket_that_the_editor_closed(text: str, closer: str, inside: str) -> None:
    assert before_closer(text, closer) == inside


def test_the_entry_that_was_unused_for_longest_goes() -> None:
    memory = Memory(entries=2)
    for name in "ab":
        memory.add("s", Remembered(name, "", "text", "stop"))
    memory.find("s", "a", "")
    memory.add("s", Remembered("c", "", "text", "stop"))

    assert memory.find("s", "a", "") is not None
    assert memory.find("s", "b", "") is None


def test_a_suggestion_typed_to_its_end_is_not_found_any_more() -> None:
    memory = Memory()
    memory.add("s", Remembered("x = ", "", "1", "stop"))

    assert memory.find("s", "x = 1", "") is None


def test_250_entries_are_searched_in_less_than_a_millisecond(benchmark_seconds) -> None:
    memory = Memory()
    for number in range(250):
        memory.add("s", Remembered("x" * 4000 + str(number), "suffix" * 200, "text", "stop"))

    assert benchmark_seconds(lambda: memory.find("s", "x" * 4000 + "none", "suffix" * 200)) < 0.005
