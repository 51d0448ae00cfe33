"""The route of receipts: rounds of probes, and what it refuses."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from jupyter_qwen.assistant.question import BadRequest
from jupyter_qwen.schema.collector.probing import probe
from jupyter_qwen.server.receipts import next_round

SQL = "SELECT sum(o.amount) FROM orders o JOIN lines l ON l.order_id = o.order_id"
CELL = f'result = con.sql("{SQL}").df()'


@pytest.fixture
def namespace() -> dict[str, Any]:
    con = duckdb.connect()
    con.execute(
        "CREATE TABLE orders AS SELECT * FROM (VALUES (1, 100, 'a'), (2, 50, 'b')) AS t(order_id, amount, kind)"
    )
    con.execute("CREATE TABLE lines AS SELECT * FROM (VALUES (1, 1), (2, 1)) AS t(line_id, order_id)")
    return {"con": con}


def finished(
    body: dict[str, Any], namespace: dict[str, Any], privacy: str = "samples"
) -> tuple[dict[str, Any], list[str]]:
    """The receipt, and every probe that was asked on the way."""
    answers: dict[str, Any] = {}
    for _ in range(20):
        told = next_round({**body, "answers": answers}, privacy)
        if "receipt" in told:
            return told["receipt"], list(answers)
        found = probe(namespace, told["connection"], told["probes"], 60.0)
        assert found["seconds"] < 60.0
        answers.update(found["answers"])
    raise AssertionError("no receipt after twenty rounds")


def test_mend_of_a_cell_is_the_cell_with_another_query(namespace: dict[str, Any]) -> None:
    receipt, _ = finished({"sources": ["1 + 1", CELL, "print('later')"]}, namespace)
    (warning,) = receipt["warnings"]
    assert warning["code"] == "fan-out"
    assert warning["cell"].startswith("result = con.sql(")
    assert "DISTINCT" in warning["cell"]


def test_receipt_is_in_the_language_of_the_interface(namespace: dict[str, Any]) -> None:
    receipt, _ = finished({"sources": [CELL], "locale": "fr"}, namespace)
    assert receipt["warnings"][0]["message"].startswith("La jointure répète des lignes de orders")
    assert receipt["warnings"][0]["mend_says"] == "Prendre chaque ligne de orders une fois :"


def test_below_the_level_of_values_no_probe_brings_one(namespace: dict[str, Any]) -> None:
    body = {"sql": "SELECT count(*) FROM orders WHERE kind = 'A'"}
    shown, _ = finished(body, namespace)
    hidden, probes = finished(body, namespace, "types")
    assert "'a'" in shown["warnings"][0]["message"]
    assert "'a'" not in str(hidden["warnings"])
    assert not [sql for sql in probes if "min(" in sql or "SELECT v FROM" in sql]


def test_rounds_share_one_limit_and_ask_when_it_is_over(namespace: dict[str, Any]) -> None:
    first = next_round({"sources": [CELL]}, "samples")
    later = next_round({"sources": [CELL], "spent": 99.0}, "samples")
    assert (first["seconds"] > 1.0, later["seconds"]) == (True, 0.0)
    late = probe(namespace, later["connection"], later["probes"], later["seconds"])
    asks = next_round({"sources": [CELL], "answers": late["answers"]}, "samples")["receipt"]
    assert asks["state"] == "asks"
    assert next_round({"sources": [CELL], "consent": True}, "samples")["seconds"] > first["seconds"]


def test_expression_of_a_round_answers_its_probes_in_a_kernel(namespace: dict[str, Any]) -> None:
    told = next_round({"sources": [CELL]}, "samples")
    assert told["connection"] == "con"
    assert set(told["probes"]) == {"SELECT count(*) FROM orders", "SELECT count(*) FROM lines"}
    compile(told["expression"], "<expression>", "eval")


@pytest.mark.parametrize(
    ("body", "words"),
    [({"sources": ["print(1)"]}, "no SQL"), ({}, "no SQL"), ({"sql": SQL, "answers": [1]}, "answers"),
     ({"sql": SQL, "connection": 3}, "connection"), ({"sources": [3]}, "sources")],
)  # fmt: skip
def test_request_that_cannot_be_meant_is_refused_by_name(body: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        next_round(body, "samples")
