"""Blocks begin behind what opens them and end with what closes them, in several languages."""

from __future__ import annotations

import pytest

from jupyter_qwen.assistant.completion.block import wants_block
from jupyter_qwen.assistant.completion.ghost_text import tidy


@pytest.mark.parametrize(
    ("prefix", "suffix", "block"),
    [
        ("def f(x):\n    ", "", True),
        ("for x in y:\n    ", "\nprint(1)", True),
        ("x = ", "", False),
        ("a = 1\n", "\nb = 2", False),
        ("a = 1\n", "", True),
        ("foo(", ")", False),
        ("for x in y:", "", True),
        ("    async def f(a, b) -> int:", "\nprint(1)", True),
        ("for x in y:", "  # each", False),
        ("x[1:", "", False),
        ("format(x):", "", False),
        ("# if this:", "", False),
    ],
)
def test_block_is_offered_where_one_begins(prefix: str, suffix: str, block: bool) -> None:
    assert wants_block(prefix, suffix) is block


@pytest.mark.parametrize(
    ("line", "language", "block"),
    [
        ("mean_delay <- function(x) {", "r", True),
        ("x <- c(1, 2", "r", False),
        ("if (a) {", "javascript", True),
        ("function mean_delay(x)", "julia", True),
        ("for i in 1:10", "julia", True),
        ("map(xs) do x", "julia", True),
        ("x = for_each(y)", "julia", False),
        ("d = {", "python", False),
        ("SELECT a,", "sql", False),
    ],
)
def test_other_languages_open_blocks_in_their_own_way(line: str, language: str, block: bool) -> None:
    assert wants_block(line, "", language) is block


@pytest.mark.parametrize(
    ("raw", "prefix", "suffix", "language", "shown"),
    [
        # the line that closes the block belongs to it, what follows does not
        ("\n  mean(x)\n}\nplot(x)", "f <- function(x) {", "", "r", "\n  mean(x)\n}"),
        ("\n  1\n} else {\n  2\n}\nx", "if (a) {", "", "r", "\n  1\n} else {\n  2\n}"),
        ("\n    s = 0\n    return s\nend\n\nf(1)", "function f(x)", "", "julia", "\n    s = 0\n    return s\nend"),
        # unless it stands there
        ("\n  mean(x)\n}\n", "f <- function(x) {", "\n}", "r", "\n  mean(x)"),
        ("\n  x\nend", "function f(x)", "\nend", "julia", "\n  x"),
        # a block without a closing line ends before what is no part of it
        ("\n    x = 1\ny = 2", "for i in 1:3", "", "julia", "\n    x = 1"),
    ],
)
def test_blocks_of_other_languages_end_with_their_closing_line(
    raw: str, prefix: str, suffix: str, language: str, shown: str
) -> None:
    assert tidy(raw, prefix, suffix, block=True, language=language) == shown


@pytest.mark.parametrize(
    ("raw", "prefix", "suffix", "shown"),
    [
        ("a = 1\nb = 2\n\nc = 3", "x = 0\n", "", "a = 1\nb = 2"),
        ("def f():\n    a = 1\n\n    return a\n\n\nf()", "", "", "def f():\n    a = 1\n\n    return a"),
        ("a = 1\n\nb = 2", "x = 0\n", "\nprint(b)", "a = 1\n\nb = 2"),
        ("a = (\n    1\n\n)", "", "", "a = (\n    1\n\n)"),
    ],
)
def test_at_the_end_of_a_cell_one_paragraph_is_enough(raw: str, prefix: str, suffix: str, shown: str) -> None:
    assert tidy(raw, prefix, suffix, block=True, asked=True) == shown


@pytest.mark.parametrize(
    ("raw", "prefix", "shown"),
    [
        ("# plot revenue per month\n# plot it", "# plot revenue per weekday\n", ""),
        ("# group by weekday\nx = 1", "# plot revenue per weekday\n", "# group by weekday\nx = 1"),
        ("x = 1\n# a\n# b\n# c\ny = 2", "", "x = 1"),
        ("x = 1\n# a\n# b\ny = 2", "", "x = 1\n# a\n# b\ny = 2"),
        (" the five best", "# print", " the five best"),
    ],
)
def test_comments_do_not_follow_comments_without_end(raw: str, prefix: str, shown: str) -> None:
    assert tidy(raw, prefix, "", block=True, asked=True) == shown
