"""What a question calls for: the pair that was asked before, the terms that it uses."""

from __future__ import annotations

import pytest

from jupyter_qwen.knowledge.model import Knowledge, Term, VerifiedPair

KNOWN = Knowledge(
    terms=(
        Term("active reader", "a loan in the last year"),
        Term("reader", "anybody with a card"),
        Term("逾期", "returned after the due date"),
        Term("reader", "my own meaning", scope="user"),
    ),
    pairs=(VerifiedPair("How many loans per branch?", "SELECT branch, count(*) FROM loan GROUP BY branch"),),
)


@pytest.mark.parametrize(
    "question", ["how many loans per branch", "How many  loans, per branch?!", "HOW MANY LOANS PER BRANCH"]
)
def test_same_words_are_the_same_question(question: str) -> None:
    assert KNOWN.asked_before(question) is KNOWN.pairs[0]


@pytest.mark.parametrize("question", ["How many loans?", "How many loans per branch in 2023?", "", "?!"])
def test_other_words_are_another_question(question: str) -> None:
    assert KNOWN.asked_before(question) is None


def test_terms_are_found_as_whole_words_the_longest_first_and_the_projects_before_the_users() -> None:
    assert [(t.name, t.scope) for t in KNOWN.named_in("How many Active Readers are there?")] == [
        ("active reader", "project"),
        ("reader", "project"),
    ]
    assert KNOWN.named_in("proofreading") == ()


def test_term_in_a_script_without_spaces_is_found_inside_a_sentence() -> None:
    assert [term.name for term in KNOWN.named_in("有多少逾期的书？")] == ["逾期"]
