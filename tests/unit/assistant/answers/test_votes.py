"""Which of several answers is taken, by what they gave."""

from __future__ import annotations

from jupyter_qwen.assistant.answers.votes import Candidate, agreed, vote
from jupyter_qwen.sql.model import Proof


def candidate(outcome: str, fingerprint: str | None, origin: str = "sample") -> Candidate:
    return Candidate(f"{outcome} {fingerprint}", Proof("", "bound", "query"), outcome, fingerprint, origin)  # type: ignore[arg-type]


def test_the_greedy_answer_wins_a_tie_and_loses_against_two() -> None:
    greedy, other, third = candidate("rows", "a", "plain"), candidate("rows", "b"), candidate("rows", "b")

    assert vote([greedy, other]) is greedy
    assert vote([greedy, other, third]) is other


def test_rows_win_against_an_empty_greedy_answer() -> None:
    assert vote([candidate("empty", "e", "plain"), candidate("rows", "a")]).outcome == "rows"


def test_agreement_on_nothing_is_no_agreement() -> None:
    assert not agreed([candidate("empty", "e"), candidate("empty", "e")])
    assert agreed([candidate("rows", "a"), candidate("rows", "b"), candidate("rows", "a")])
