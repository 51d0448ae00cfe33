"""An error that a sample may have caused is not held against the cell."""

from __future__ import annotations

import pytest

from jupyter_qwen.python.trial import CellTrial, TrialError, of_the_sample
from jupyter_qwen.schema.model import Column, Schema, Table
from jupyter_qwen.sql.first_rows import TableRead

SALES = Table(
    ("sales",),
    "dataframe",
    (Column("city", "VARCHAR", values=("Oslo", "Rome")), Column("year", "BIGINT")),
    rows=(("Oslo", 2023), ("Rome", 2024)),
    library="pandas",
)
SCHEMA = Schema(tables=(SALES,))


def blamed(code: str, kind: str, words: str, *, sampled: bool = True) -> str:
    parts = (TableRead("sales", 400, 10_000),) if sampled else ()
    return of_the_sample(code, CellTrial("fails", error=TrialError(kind, words), sampled=parts), SCHEMA)


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("sales.iloc[5000]", "IndexError", "single positional indexer is out-of-bounds"),
        ("pd.qcut(sales['year'], 4)", "ValueError", "Bin edges must be unique: Index([1, 1])"),
        ("sales['n'] = range(10000)", "ValueError", "Length of values (10000) does not match length of index (400)"),
        ("sales.groupby('city').size()['Rome']", "KeyError", "'Rome'"),
        ("sales.groupby('year').size()[2024]", "KeyError", "2024"),
        ("sales.set_index('city').loc['Bergen']", "KeyError", "'Bergen'"),
        ("sales.set_index('city').loc['Bergen', 'year']", "KeyError", "'Bergen'"),
    ],
)
def test_what_more_rows_might_mend_is_the_samples_fault(code: str, kind: str, words: str) -> None:
    assert blamed(code, kind, words)
    assert not blamed(code, kind, words, sampled=False)


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("sales['town']", "KeyError", "'town'"),
        ("sales.loc[:, 'town']", "KeyError", "'town'"),
        ("sales.groupby('city').loc['city']", "KeyError", "'city'"),
        ("sales['city'].mean()", "TypeError", "Cannot perform reduction 'mean' with string dtype"),
    ],
)
def test_what_no_row_would_mend_is_the_cells_fault(code: str, kind: str, words: str) -> None:
    assert blamed(code, kind, words) == ""
