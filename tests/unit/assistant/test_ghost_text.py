"""A raw middle is cut to what belongs at the cursor."""

from __future__ import annotations

import pytest

from jupyter_qwen.assistant.ghost_text import tidy, wants_block


@pytest.mark.parametrize(
    ("prefix", "suffix", "block"),
    [
        ("def f(x):\n    ", "", True),
        ("for x in y:\n    ", "\nprint(1)", True),
        ("x = ", "", False),
        ("a = 1\n", "\nb = 2", False),
        ("a = 1\n", "", True),
        ("foo(", ")", False),
    ],
)
def test_block_is_offered_where_one_begins(prefix: str, suffix: str, block: bool) -> None:
    assert wants_block(prefix, suffix) is block


@pytest.mark.parametrize(
    ("raw", "prefix", "suffix", "block", "shown"),
    [
        ("1\ny = 2", "x = ", "", False, "1"),
        ('price"]', 'df["', '"]', False, "price"),
        ("a, b)", "f(", ")", False, "a, b"),
        ("a, b", "f(", ")", False, "a, b"),
        ("return x\n", "def f(x):\n    ", "\n    return x\n", True, ""),
        ("y = x + 1\n    return y", "def f(x):\n    ", "\n    return y\n", True, "y = x + 1"),
        ("a()\n    a()\n    a()\n    a()", "if x:\n    ", "", True, "a()"),
        ("y = 1\nprint(y)", "if x:\n    ", "", True, "y = 1"),
        ("x\n```\nHere is", "y = ", "", True, "x"),
        ("   ", "x = ", "", False, ""),
    ],
)
def test_middle_ends_where_its_place_ends(raw: str, prefix: str, suffix: str, block: bool, shown: str) -> None:
    assert tidy(raw, prefix, suffix, block=block) == shown
