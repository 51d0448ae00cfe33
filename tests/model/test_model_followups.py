"""Follow-ups with the real model: a filter keeps the query, a chart draws its result, other kernels get their language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from benchmarks.speed.jupyter_process import JupyterServer
from jupyter_qwen.demo.shop import build_shop
from jupyter_qwen.schema.collect import collect

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    path = tmp_path_factory.mktemp("shop") / "shop.duckdb"
    build_shop(Path(path))
    return duckdb.connect(str(path))


@pytest.fixture
def ask(served: JupyterServer, shop: duckdb.DuckDBPyConnection) -> Any:
    schema = collect({"con": shop})

    def post(text: str, **fields: Any) -> dict[str, Any]:
        body = {
            "question": text,
            "mode": "auto",
            "language": "python",
            "cells": [{"id": "a", "type": "code", "source": 'import duckdb\ncon = duckdb.connect("shop.duckdb")'}],
            "active_cell": "a",
            "schema": schema,
            **fields,
        }
        answer = served.call("ask", body)
        assert answer["type"] == "answer", answer
        print(f"\n> {text}\n[{answer['mode']}, {answer['seconds']:.1f} s]\n{answer['markdown']}")
        return answer

    return post


def test_a_filter_keeps_the_query_and_a_chart_draws_its_result(ask: Any, shop: duckdb.DuckDBPyConnection) -> None:
    thread = {"thread": "followups.ipynb"}
    first = ask("revenue per product category", **thread)["blocks"][0]
    assert first["verdict"] == "bound"

    filtered = ask("only for 2024", **thread)["blocks"][0]
    assert filtered["verdict"] == "bound"
    assert "2024" in filtered["source"]
    all_rows = dict(shop.sql(first["source"]).fetchall())
    some_rows = dict(shop.sql(filtered["source"]).fetchall())
    assert some_rows.keys() <= all_rows.keys()
    assert all(some_rows[name] < all_rows[name] for name in some_rows)

    chart = ask("as a bar chart", **thread)
    assert chart["mode"] == "plot"
    source = chart["blocks"][0]["cell"]["source"]
    assert filtered["source"] in source
    assert "plt" in source
    compile(source, "<cell>", "exec")


@pytest.mark.parametrize(
    ("language", "cell", "fence"),
    [
        ("R", "library(dplyr)\ntrips <- read.csv('trips.csv')", "r"),
        ("julia", 'using DataFrames, CSV\ntrips = CSV.read("trips.csv", DataFrame)', "julia"),
    ],
)
def test_a_kernel_of_another_language_gets_its_language(ask: Any, language: str, cell: str, fence: str) -> None:
    cells = [{"id": "a", "type": "code", "source": cell}]
    answer = ask("count the trips per mode", language=language, cells=cells, schema=None, thread="", max_new_tokens=120)
    assert answer["blocks"][0]["language"] == fence
    assert answer["blocks"][0]["cell"] is not None
