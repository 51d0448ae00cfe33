"""In what two queries for one question differ, in words."""

from __future__ import annotations

import pytest

from jupyter_qwen.trust.readings import difference


@pytest.mark.parametrize(
    ("sql", "other", "words"),
    [
        ("SELECT count(*) FROM orders", "SELECT count(*) FROM order_items", ("reads `orders`", "reads `order_items`")),
        (
            "SELECT count(*) FROM o",
            "SELECT count(DISTINCT id) FROM o",
            ("computes `COUNT(*)`", "computes `COUNT(DISTINCT id)`"),
        ),
        ("SELECT a FROM o", "SELECT a FROM o WHERE b > 1", ("keeps all rows", "keeps rows where `b > 1`")),
        ("SELECT a FROM o LIMIT 1", "SELECT a FROM o", ("keeps at most `1`", "keeps every row")),
        ("SELECT a FROM o", "SELECT b FROM o", ("shows `a`", "shows `b`")),
    ],
)
def test_first_difference_that_a_user_would_name(sql: str, other: str, words: tuple[str, str]) -> None:
    assert difference(sql, other) == words


def test_aliases_are_no_difference() -> None:
    assert difference("SELECT o.a FROM orders o WHERE o.b = 1", "SELECT a FROM orders WHERE b = 1") == ("", "")


def test_query_that_cannot_be_read_has_no_words() -> None:
    assert difference("SELECT a FROM o", "SELECT FROM WHERE") == ("", "")
