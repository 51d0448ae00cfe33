"""Receipts against seeded traps and right queries: how many traps are named, how many right queries are suspected.

    python -m benchmarks.receipts             # both figures; exits with 1 below 95 % or above 5 %
    python -m benchmarks.receipts --large     # ten million rows; exits with 1 where after 2 s it is neither done nor asking

Traps: tests/unit/trust/receipt/cases/traps_seen.sql (looked at while the checks were written) and traps_blind.sql (written
when they were done). Right queries: cases/right.sql and the library of shapes (`jupyter_qwen/prompt/shapes/library.sql`).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from jupyter_qwen.prompt.shapes.library import library
from jupyter_qwen.trust.receipt.model import Receipt
from jupyter_qwen.trust.receipt.on_connection import receipt

CASES = Path(__file__).parent.parent / "tests" / "unit" / "trust" / "receipt" / "cases"
NAMED, SUSPECTED = 0.95, 0.05
UNASKED_SECONDS = 2.0


@dataclass(frozen=True)
class Case:
    """A query over the tables that `setup` makes. `codes`: any of them names the trap; none for a right query."""

    name: str
    setup: str
    sql: str
    codes: tuple[str, ...] = ()


def cases(path: Path) -> Iterator[Case]:
    """The cases of one file, in its order. Raises ValueError for a block of unknown kind."""
    setup, line = "", 1
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        head, _, body = block.strip().partition("\n")
        kind, _, what = head.removeprefix("-- ").partition(" ")
        if kind == "tables":
            setup = body
        elif kind == "trap":
            yield Case(f"{path.name}:{line}", setup, body.rstrip(";"), tuple(what.split(" or ")))
        elif head == "-- right":
            yield Case(f"{path.name}:{line}", setup, body.rstrip(";"))
        elif line > 1:
            raise ValueError(f"{path.name}, line {line}: {head!r} begins neither tables nor a case")
        line += block.count("\n") + 2


def right_cases() -> list[Case]:
    """All right queries: those of the cases, and the library's."""
    pairs = [Case(f"library.sql:{pair.line}", pair.database.setup, pair.sql) for pair in library()]
    return [*cases(CASES / "right.sql"), *pairs]


@cache
def receipt_of(case: Case) -> Receipt:
    """Its receipt, with no limit of time that a busy machine could reach."""
    return receipt(case.sql, _opened(case.setup), seconds=120)


@cache
def _opened(setup: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(setup)
    return connection


def _measure() -> int:
    failed, all_named, all_traps = False, 0, 0
    for name in ("traps_seen.sql", "traps_blind.sql"):
        traps = list(cases(CASES / name))
        missed = []
        for case in traps:
            found = receipt_of(case)
            if not {item.code for item in found.warnings} & set(case.codes):
                missed.append(case)
                print(f"  not named: {case.name} {' or '.join(case.codes)} {found.message}")
        named = 1 - len(missed) / len(traps)
        failed |= named < NAMED
        all_named, all_traps = all_named + len(traps) - len(missed), all_traps + len(traps)
        print(f"{name}: {len(traps) - len(missed)} of {len(traps)} traps named ({named:.1%})")
    print(f"all seeded traps: {all_named} of {all_traps} named ({all_named / all_traps:.1%})")
    right = right_cases()
    suspected = []
    for case in right:
        found = receipt_of(case)
        if found.warnings or found.state != "done":
            suspected.append(case)
            said = "; ".join(f"{item.code}: {item.message}" for item in found.warnings) or found.message
            print(f"  false alarm: {case.name} {said}")
    share = len(suspected) / len(right)
    print(f"right queries: {len(suspected)} of {len(right)} suspected ({share:.1%})")
    return int(failed or share > SUSPECTED)


def _large() -> int:
    """Ten million rows: each receipt is done, or asks, before 2 s of the processor's time are over."""
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE sales AS SELECT range AS sale_id, range % 1000000 AS shop_id, 1 AS amount FROM range(10000000)"
    )
    connection.execute("CREATE TABLE shops AS SELECT range AS shop_id, range % 7 AS region FROM range(1000000)")
    connection.execute("CREATE VIEW recent AS SELECT DISTINCT sale_id, shop_id, amount FROM sales WHERE amount > 0")
    connection.execute("CREATE TABLE sold AS FROM sales LIMIT 900000")
    connection.execute("CREATE TABLE notes AS SELECT sale_id, md5(sale_id::VARCHAR) AS note FROM sales LIMIT 90000")
    joined = "SELECT s.region, sum(a.amount) FROM {} a JOIN shops s ON s.shop_id = a.shop_id GROUP BY s.region"
    queries = {
        "a table of 10 million rows": joined.format("sales"),
        "a view over them": joined.format("recent"),
        "900,000 and 90,000 rows": "SELECT count(n.note) FROM sold a JOIN notes n ON n.sale_id = a.sale_id",
    }
    late = False
    for name, sql in queries.items():
        began, used = time.perf_counter(), time.process_time()
        found = receipt(sql, connection)
        seconds, processor = time.perf_counter() - began, time.process_time() - used
        late |= min(seconds, processor) > UNASKED_SECONDS
        print(f"{name}: {found.state} after {seconds:.2f} s, {processor:.2f} s of the processor. {found.summary}")
    began = time.perf_counter()
    found = receipt(joined.format("sales"), connection, count_large=True)
    print(f"counted when asked to: {found.state} after {time.perf_counter() - began:.2f} s. {found.summary}")
    return int(late)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--large", action="store_true", help="ten million rows")
    sys.exit(_large() if parser.parse_args().large else _measure())
