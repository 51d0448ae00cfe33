"""Proofs and trials that would hang or eat: they end, say so, and leave the next one unharmed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.elsewhere import worker
from jupyter_qwen.sql.mend import mend
from jupyter_qwen.sql.trial import run
from jupyter_qwen.sql.validate import prove
from jupyter_qwen.worker.limits import HELD_BY_KERNEL

DOUBLING = (
    "WITH a0 AS (SELECT 1 x), "
    + ", ".join(f"a{i} AS (SELECT * FROM a{i - 1} u, a{i - 1} v)" for i in range(1, 14))
    + " SELECT count(*) FROM a13"
)
GREEDY = [
    "SELECT list_sum(range(60000000))",
    "SELECT 1 LIMIT list_sum(range(60000000))",
    "SELECT * FROM range(len(range(200000000)))",
    "SELECT repeat('a', 2000000000)",
    "SELECT string_agg(repeat('x', 1000000), '') FROM range(100000)",
    "SELECT list(range) FROM range(1000000000)",
    "SELECT list_transform(range(50000000), lambda x: range(x))",
    "SELECT * FROM range(100000) a, range(100000) b ORDER BY a.range * b.range",
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r",
    DOUBLING,
]


@pytest.mark.parametrize("sql", GREEDY, ids=range(len(GREEDY)))
def test_no_query_takes_much_time_or_memory_and_the_next_proof_works(sql: str, shop: Schema) -> None:
    prove("SELECT 1", shop)
    for work in (lambda: prove(sql, shop), lambda: run(sql, shop), lambda: mend(sql, shop)):
        started = time.monotonic()
        work()
        assert time.monotonic() - started < 12  # about 2 s, four times as long on a machine that is busy otherwise
        if HELD_BY_KERNEL and worker.pid is not None:
            peak = Path(f"/proc/{worker.pid}/status").read_text().split("VmHWM:")[1].split()[0]
            assert int(peak) * 1024 < 512_000_000
    assert prove("SELECT name FROM customers", shop).verdict == "bound"
    assert run("SELECT count(*) FROM orders", shop).rows == ((3,),)


def test_a_proof_that_was_stopped_is_unchecked_and_says_why(shop: Schema) -> None:
    proof = prove(DOUBLING, shop, time_limit_s=0.1)
    assert (proof.verdict, proof.needs_consent) == ("unchecked", True)
    reasons = ("took longer", "stopped after", "more memory")
    assert any(reason in found.message for found in proof.diagnostics for reason in reasons), proof


def test_a_trial_that_needs_too_much_memory_says_so(shop: Schema) -> None:
    trial = run("SELECT list_sum(range(60000000))", shop)
    assert trial.status in ("exhausted", "timeout")
    assert trial.message


def test_a_query_that_hears_no_interrupt_is_killed_and_the_next_one_finds_another_worker(shop: Schema) -> None:
    worker.close()  # one that holds nothing of the tests before
    prove("SELECT 1", shop)
    before = worker.pid
    trial = run("SELECT levenshtein(repeat('a', 200000), repeat('b', 200000))", shop)
    assert trial.status == "timeout"
    assert "stopped after" in trial.message
    assert run("SELECT count(*) FROM orders", shop).rows == ((3,),)
    assert worker.pid != before
