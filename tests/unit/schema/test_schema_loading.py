"""Tables that the kernel does not hold yet, on the wire."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_qwen.schema.model import Column, Schema, SchemaFormatError, Table
from jupyter_qwen.schema.not_loaded import Loading


def _schema(loading: Loading | None) -> Schema:
    return Schema(tables=(Table(("sales",), "dataframe", (Column("a", "BIGINT"),), loading=loading),))


@pytest.mark.parametrize(
    "loading", [None, Loading(("c1", "c2"), "", "data/sales.csv"), Loading((), "x = 1", "sales.csv")]
)
def test_how_a_table_is_loaded_survives_the_wire(loading: Loading | None) -> None:
    assert Schema.from_json(_schema(loading).to_json()) == _schema(loading)


def test_a_collector_that_knows_nothing_of_loading_tells_of_tables_that_are_there() -> None:
    wire = _schema(None).to_json()
    del wire["tables"][0]["loading"]
    assert Schema.from_json(wire).tables[0].loading is None


@pytest.mark.parametrize("loading", [7, {"cells": "c1"}, {"cells": [1], "code": "", "source": ""}, {"cells": []}])
def test_a_malformed_loading_is_refused_with_its_place(loading: Any) -> None:
    wire = _schema(None).to_json()
    wire["tables"][0]["loading"] = loading
    with pytest.raises(SchemaFormatError, match=r"tables\[0\]\.loading"):
        Schema.from_json(wire)
