"""/fix says whether its repair was tried, and what it raised."""

from __future__ import annotations

from jupyter_qwen.assistant.answers.chat_answer import still_fails
from jupyter_qwen.assistant.events import Block
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.assistant.trial_report import TrialReport
from jupyter_qwen.python.trial import TrialError

FIX = Question("Fix the error in this cell.", mode="fix")
FAILING = Block(0, "python", "df['a']", trial=TrialReport("fails", error=TrialError("KeyError", "'a' `x`\n  y", 1)))


def test_repair_that_fails_again_says_so_with_the_new_error() -> None:
    said = still_fails(FIX, [FAILING])
    assert said == "Tried on copies of your data, this repair still fails: `KeyError: 'a' 'x' y`\n\n"


def test_repair_that_ran_or_was_not_tried_says_nothing() -> None:
    ran = Block(0, "python", "1", trial=TrialReport("ran"))
    untried = Block(0, "python", "1", trial=TrialReport("not tried", "It reads a file."))
    assert [still_fails(FIX, blocks) for blocks in ([ran], [untried], [Block(0, "python", "1")], [])] == [""] * 4


def test_answers_of_other_modes_say_it_below_their_code_alone() -> None:
    assert still_fails(Question("q", mode="python"), [FAILING]) == ""
