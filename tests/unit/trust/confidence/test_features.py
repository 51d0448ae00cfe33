"""What is counted about an answer before anybody grades it."""

from __future__ import annotations

import pytest

from jupyter_qwen.schema.model import Column, ForeignKey, Schema, Table
from jupyter_qwen.sql.trial import Trial
from jupyter_qwen.sql.validate import prove
from jupyter_qwen.trust.confidence.clauses import clauses
from jupyter_qwen.trust.confidence.features import features
from jupyter_qwen.trust.evidence import Evidence, OtherAnswer, TokenLogprob

SCHEMA = Schema(
    (
        Table(
            ("customers",),
            "table",
            (Column("id", "INTEGER"), Column("country", "VARCHAR", values=("France", "Spain"))),
            connection="con",
            primary_key=("id",),
        ),
        Table(
            ("orders",),
            "table",
            (Column("id", "INTEGER"), Column("customer_id", "INTEGER"), Column("total", "DOUBLE")),
            connection="con",
            foreign_keys=(ForeignKey(("customer_id",), "customers", ("id",)),),
        ),
    )
)


def evidence(sql: str, question: str = "orders per country", **more: object) -> Evidence:
    return Evidence(question, SCHEMA, prove(sql, SCHEMA), **more)  # type: ignore[arg-type]


def tokens(*pairs: tuple[str, float]) -> tuple[TokenLogprob, ...]:
    return tuple(TokenLogprob(text, score) for text, score in pairs)


def test_each_clause_has_the_mean_of_its_own_tokens() -> None:
    written = tokens(("SELECT", -0.2), (" id", -0.4), ("\nFROM", -0.1), (" t", -0.1), (" WHERE", 0.0), (" x", -3.0))
    assert [(text, pytest.approx(score)) for text, score in clauses(written)] == [
        ("SELECT id", -0.3),
        ("FROM t", -0.1),
        ("WHERE x", -1.5),
    ]


def test_layout_counts_for_nothing_and_words_inside_names_begin_no_clause() -> None:
    written = tokens(("SELECT", -0.2), ("\n    ", -9.0), ("from", 0.0), ("_date", -0.2))
    assert [text for text, _ in clauses(written)] == ["SELECT\n    from_date"]
    assert clauses(written)[0][1] == pytest.approx(-0.4 / 3)


def test_probabilities_are_absent_where_the_engine_tells_none() -> None:
    assert not [name for name in features(evidence("SELECT id FROM orders")) if "logprob" in name]


def test_worst_token_and_worst_clause_are_counted() -> None:
    found = features(evidence("SELECT id FROM orders", logprobs=tokens(("SELECT id", -0.1), (" FROM orders", -2.0))))
    assert found["logprob_min"] == found["logprob_clause"] == -2.0
    assert found["logprob_mean"] == -1.05
    assert found["unlikely_tokens"] == 1


def test_join_by_a_declared_key_is_told_from_a_join_beside_it() -> None:
    by_key = features(evidence("SELECT count(*) FROM orders o JOIN customers c ON o.customer_id = c.id"))
    beside = features(evidence("SELECT count(*) FROM orders o JOIN customers c ON o.id = c.id"))
    assert (by_key["joins_beside_key"], by_key["joins_undeclared"]) == (0, 0)
    assert beside["joins_beside_key"] == 1


def test_literals_are_looked_up_among_the_values() -> None:
    found = features(evidence("SELECT id FROM customers WHERE country IN ('France', 'Gremany')"))
    assert (found["literals_found"], found["literals_not_found"]) == (1, 1)


def test_words_of_the_question_that_nothing_answers_are_counted() -> None:
    assert features(evidence("SELECT country FROM customers", "country of customers with refunds"))["words_left"] == 1
    assert features(evidence("SELECT country FROM customers", "country of customers"))["words_left"] == 0


def test_rows_tell_an_empty_result_from_one_that_is_all_null() -> None:
    nothing = Trial("ok", ("id",), (), 0, complete=True)
    nulls = Trial("ok", ("id", "total"), ((None, 1), (None, 2)), 2, complete=True)
    assert features(evidence("SELECT id FROM orders", trial=nothing))["no_rows"] == 1
    assert features(evidence("SELECT id, total FROM orders", trial=nulls))["null_columns"] == 1
    assert features(evidence("SELECT id FROM orders"))["tried"] == 0


def test_only_answers_with_rows_to_compare_agree_or_disagree() -> None:
    others = (
        OtherAnswer("shaped", "SELECT 1", True),
        OtherAnswer("sample", "SELECT 2", False),
        OtherAnswer("sample", "", None),
    )
    found = features(evidence("SELECT id FROM orders", others=others))
    assert (found["answers"], found["agreeing"], found["disagreeing"]) == (4, 1, 1)
