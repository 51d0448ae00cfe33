"""A raw middle is cut to what belongs at the cursor."""

from __future__ import annotations

import pytest

from jupyter_qwen.assistant.completion.ghost_text import tidy


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
        ("\n    y = x\nprint(y)", "for x in y:", "", True, "\n    y = x"),
        ("foo(a)", "print(", ")", False, "foo(a)"),
        ("foo(a))", "print(", ")", False, "foo(a)"),
        ("a))", "print(foo(", "))", False, "a"),
        ("x)", "y = ", "", False, "x"),
        ("[1, 2)", "y = f(", "", False, "[1, 2)"),
        ("and b", "x = a ", " and c", False, "and b"),
        ("a and c", "x = ", " and c", False, "a"),
        ("total, n = f()\nprint(total)", "", "\nprint(total)\n", True, "total, n = f()"),
        ("return None\n    return 1", "if x:\n        ", "\n    return None\n    return 2", True, "return None"),
        ("y = 1\n\n\nz = 2", "x = 1\n", "", True, "y = 1"),
        (" 0", "if x ==", ":\n    pass", False, " 0"),
        (" count(DISTINCT a) AS n", 'con.sql("SELECT', '(DISTINCT b) AS m FROM t")', False, " count"),
        ('a, on="x").head()', "b.merge(", ', on="y")', False, "a"),
        (
            " a != b:\n    distance = a - b\n    if",
            "if",
            " distance < c:",
            True,
            " a != b:\n    distance = a - b\n    if",
        ),
    ],
)
def test_middle_ends_where_its_place_ends(raw: str, prefix: str, suffix: str, block: bool, shown: str) -> None:
    assert tidy(raw, prefix, suffix, block=block) == shown


@pytest.mark.parametrize(
    ("raw", "prefix", "suffix", "shown"),
    [
        # the function goes on after the block that the cursor stands in
        ("return x\n    return y", "def f(x):\n    if x:\n        ", "", "return x\n    return y"),
        # and ends before the next one
        ("return x\n\ndef g():\n    pass", "def f(x):\n    ", "", "return x"),
        # whole lines above a line of code keep their last line break
        ("    y = 1\n", "def f(x):\n", "    return y\n", "    y = 1\n"),
        ("    y = 1\n    return y\n", "def f(x):\n", "    return y\n", "    y = 1\n"),
        # what is cut short by the text on the cursor's own line
        ("lue += n\n    return a, b\n\nf()", "def f():\n    va", ", b\n", "lue += n\n    return a"),
        # brackets that the text behind the cursor closes
        ("a, b))\n    return [min(max(e", "    x = list(filter(", "))]\n", "a, b))\n    return [min(max(e"),
    ],
)  # fmt: skip
def test_what_was_asked_for_by_key_may_end_blocks_but_not_the_function(
    raw: str, prefix: str, suffix: str, shown: str
) -> None:
    assert tidy(raw, prefix, suffix, block=True, asked=True) == shown


def test_a_middle_that_restates_the_code_below_ends_before_it() -> None:
    below = "            a()\n        else:\n            b(1)\n            c(2)\n            d(3)\n"
    raw = "        if x:\n            b(1)\n            c(2)\n            d(3)\n        e()\n"

    assert tidy(raw, "def f():\n    while y:\n", below, block=True, asked=True) == "        if x:\n"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ('GROUP BY segment\n""").df()', "GROUP BY segment"),
        ("GROUP BY segment;\nSELECT 2;", "GROUP BY segment;"),
        ("WHERE a = 'x;y'\nAND b = 1", "WHERE a = 'x;y'\nAND b = 1"),
        ("WHERE a = 'it''s;'; SELECT 1", "WHERE a = 'it''s;';"),
        ("LIMIT 5\n%%sql\nSELECT 1", "LIMIT 5"),
    ],
)
def test_a_cell_of_sql_gets_one_statement(raw: str, shown: str) -> None:
    assert tidy(raw, "%%sql\nSELECT segment FROM customers\n", "", block=True, asked=True) == shown
    assert tidy(raw, "SELECT segment FROM customers\n", "", block=True, asked=True, language="sql") == shown
