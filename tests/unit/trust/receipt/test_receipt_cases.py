"""Receipts on seeded traps and on right queries; the figures of docs/explanation/trust.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.receipts import CASES, SUSPECTED, Case, cases, receipt_of, right_cases
from jupyter_qwen.trust.receipt.localised_receipt import localised_receipt
from jupyter_qwen.trust.receipt.model import ReceiptWarning

TRAPS = [case for name in ("traps_seen.sql", "traps_blind.sql") for case in cases(CASES / name)]


@pytest.mark.parametrize("case", TRAPS, ids=[f"{case.name} {case.codes[0]}" for case in TRAPS])
def test_seeded_trap_is_named(case: Case) -> None:
    found = receipt_of(case)
    assert {item.code for item in found.warnings} & set(case.codes), found


def test_at_least_forty_traps_are_tried_and_at_least_150_right_queries() -> None:
    assert len(TRAPS) >= 40
    assert len(right_cases()) >= 150


def test_at_most_one_right_query_in_twenty_is_suspected() -> None:
    right = right_cases()
    suspected = [case.name for case in right if (found := receipt_of(case)).warnings or found.state != "done"]
    assert len(suspected) <= SUSPECTED * len(right), suspected


def test_every_mend_that_is_offered_runs_and_is_no_longer_suspected_of_the_same() -> None:
    offered = 0
    for case in TRAPS:
        before = receipt_of(case).warnings
        for item in before:
            if not item.mend:
                continue
            offered += 1
            mended = receipt_of(Case(case.name, case.setup, item.mend))
            assert mended.state == "done", (item.mend, mended.message)
            assert _times(item, mended.warnings) < _times(item, before), (case.name, item.code, item.mend)
    assert offered >= 30


def _times(item: ReceiptWarning, warnings: tuple[ReceiptWarning, ...]) -> int:
    return sum((other.code, other.columns) == (item.code, item.columns) for other in warnings)


@pytest.mark.parametrize("path", [CASES / "traps_seen.sql", CASES / "traps_blind.sql"], ids=lambda path: path.stem)
def test_everything_that_a_receipt_says_is_in_other_languages_too(path: Path) -> None:
    for case in cases(path):
        english = receipt_of(case)
        told = localised_receipt(english, "de")
        pairs = [(one.message, other.message) for one, other in zip(english.warnings, told.warnings, strict=True)]
        pairs += [(one.mend_says, other.mend_says) for one, other in zip(english.warnings, told.warnings, strict=True)]
        pairs += zip(english.notes, told.notes, strict=True)
        for said, german in pairs:
            assert german != said or not said, f"{case.name}: {said}"
        assert [item.mend for item in told.warnings] == [item.mend for item in english.warnings]
