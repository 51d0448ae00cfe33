"""Names that polars no longer has, and pandas' names, become those of polars: on frames of polars alone."""

from __future__ import annotations

import polars as pl
import pytest

from jupyter_qwen.python.check import check_python
from jupyter_qwen.schema.collect import collect
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.notebook import Cell

SALES = pl.DataFrame({"country": ["Peru", "Chile", "Peru"], "total": [1.0, 2.0, 4.0], "order_id": [1, 2, 3]})
SCHEMA = Schema.from_json(collect({"sales": SALES}))
CELLS = [Cell("import polars as pl\nimport pandas as pd")]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (
            "x = sales.groupby('country').agg(pl.mean('total').alias('m')).sort(by='m', ascending=False)",
            {"country": ["Peru", "Chile"], "m": [2.5, 2.0]},
        ),
        (
            "more = sales.with_column((pl.col('total') * 2).alias('twice'))\nx = more.groupby('country')"
            ".agg(pl.sum('twice')).sort_values(by='twice', ascending=True)",
            {"country": ["Chile", "Peru"], "twice": [4.0, 10.0]},
        ),
        ("x = (sales\n    .filter(pl.col('country').isin(['Chile']))\n    .select('total'))", {"total": [2.0]}),
        ("x = sales.sort('total', reverse=True).select('total').head(1)", {"total": [4.0]}),
        ("é = 1; x = sales.select(pl.col('order_id').astype(float)).head(1)", {"order_id": [1.0]}),
    ],
)
def test_code_for_an_older_polars_runs(source: str, value: dict[str, list[object]]) -> None:
    found = check_python(source, SCHEMA, CELLS)
    namespace: dict[str, object] = {"sales": SALES, "pl": pl}
    exec(found.source, namespace)
    result = namespace["x"]
    assert isinstance(result, pl.DataFrame)
    assert result.to_dict(as_series=False) == value
    assert {repair.name for repair in found.repairs} == {"polars-name"}
    assert found.repairs[-1].after == found.source


@pytest.mark.parametrize(
    "source",
    [
        "sales.to_pandas().groupby('country')['total'].sum()",
        "frame = sales.to_pandas()\nframe.groupby('country').sum()",
        "pd.DataFrame({'a': [1]}).groupby('a').sum()",
        "sales.group_by('country').len()",
    ],
)
def test_what_is_no_polars_is_left_alone(source: str) -> None:
    found = check_python(source, SCHEMA, CELLS)
    assert found.source == source
    assert not found.repairs
