"""A second reading is offered where two results nearly tied, and only then."""

from __future__ import annotations

from jupyter_qwen.assistant.answers.choose import ChosenQuery
from jupyter_qwen.assistant.answers.examine import examine
from jupyter_qwen.assistant.answers.judging import evidence_of, graded
from jupyter_qwen.assistant.answers.votes import Candidate, Origin, runner_up, vote
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.schema.model import Column, Schema, Table

CITIES = Table(
    ("cities",), "table", (Column("id", "BIGINT"), Column("people", "BIGINT")),
    connection="con", rows=((1, 28), (2, 7), (3, 7)), rows_complete=True, row_count=3,
)  # fmt: skip
SCHEMA = Schema((CITIES,), privacy="samples")


def candidate(sql: str, origin: Origin = "plain") -> Candidate:
    return examine(sql, SCHEMA, origin=origin)


def chosen(*candidates: Candidate) -> ChosenQuery:
    best = vote(candidates)
    return ChosenQuery(best.sql, best.proof, candidates, "", best.origin, best)


PLAIN = candidate("SELECT count(*) FROM cities")
SHAPED = candidate("SELECT count(DISTINCT people) FROM cities", "shaped")


def test_two_results_that_nearly_tie_are_two_readings() -> None:
    block, _ = graded(chosen(PLAIN, SHAPED), Question("how many?"), SCHEMA)
    assert block.source == PLAIN.sql
    other = block.alternative
    assert other is not None
    assert other.source == SHAPED.sql
    assert (other.does, other.instead) == ("computes `COUNT(*)`", "computes `COUNT(DISTINCT people)`")
    assert other.rows is not None
    assert other.cell is not None
    assert "another query of the model gave other rows" in block.reasons


def test_clear_choice_has_no_second_reading() -> None:
    again = candidate("SELECT count(id) FROM cities", "sample")
    assert runner_up((PLAIN, again), PLAIN) is None
    assert runner_up((PLAIN, again, candidate("SELECT max(id) - 1 FROM cities", "sample")), PLAIN) is None


def test_query_that_fails_is_no_reading() -> None:
    broken = candidate("SELECT nothing FROM cities", "shaped")
    assert runner_up((PLAIN, broken), PLAIN) is None


def test_evidence_counts_the_others_and_not_the_chosen_one() -> None:
    evidence = evidence_of(chosen(PLAIN, SHAPED), "how many?", SCHEMA)
    assert [(other.origin, other.same) for other in evidence.others] == [("shaped", False)]


def test_reading_that_was_taken_before_comes_first_when_it_is_asked_again() -> None:
    block, _ = graded(chosen(PLAIN, SHAPED), Question("how many?"), SCHEMA, taken=SHAPED.sql)
    assert block.source == SHAPED.sql
    assert block.grade is not None
    assert block.alternative is not None
    assert block.alternative.source == PLAIN.sql
    assert (block.alternative.does, block.alternative.instead) == (
        "computes `COUNT(DISTINCT people)`",
        "computes `COUNT(*)`",
    )


def test_other_query_than_the_one_that_was_taken_changes_nothing() -> None:
    block, _ = graded(chosen(PLAIN, SHAPED), Question("how many?"), SCHEMA, taken="SELECT max(id) FROM cities")
    assert block.source == PLAIN.sql
