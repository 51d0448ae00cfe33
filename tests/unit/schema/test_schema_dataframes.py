"""Which variables count as tables, and that looking at them touches nothing of the user's."""

from __future__ import annotations

import json
import math
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from jupyter_qwen.schema.collect import CollectionLimits, collect
from jupyter_qwen.schema.model import Schema


def tables_of(namespace: dict[str, Any], **options: Any) -> dict[str, dict[str, Any]]:
    return {".".join(table["reference"]): table for table in collect(namespace, **options)["tables"]}


def column(table: dict[str, Any], name: str) -> dict[str, Any]:
    return next(column for column in table["columns"] if column["name"] == name)


def test_frames_of_every_library_are_tables_and_other_things_are_not() -> None:
    frame = pd.DataFrame({"a": [1]})
    names = tables_of(
        {
            "p": frame,
            "q": pl.DataFrame({"a": [1]}),
            "r": pa.table({"a": [1]}),
            "series": frame["a"],
            "array": np.array([[1]]),
            "number": 1,
            "text": "SELECT",
            "cls": pd.DataFrame,
            "module": pd,
        }
    )
    assert list(names) == ["p", "q", "r"]


def test_names_that_no_query_should_use_are_skipped() -> None:
    frame = pd.DataFrame({"a": [1]})
    assert list(tables_of({"_": frame, "_1": frame, "__x": frame, "a b": frame, 5: frame, "Umsätze": frame})) == [
        "Umsätze"
    ]


def test_objects_with_hostile_attributes_are_never_asked() -> None:
    calls: list[str] = []

    class Hostile:
        def __getattribute__(self, name: str) -> Any:
            calls.append(name)
            raise RuntimeError(name)

        def __repr__(self) -> str:
            calls.append("repr")
            raise RuntimeError

        __str__ = __repr__
        __class__ = property(lambda self: calls.append("class"))  # type: ignore[assignment]

    class Meta(type):
        def __getattribute__(cls, name: str) -> Any:
            calls.append(name)
            return super().__getattribute__(name)

        def __instancecheck__(cls, instance: object) -> bool:
            calls.append("instancecheck")
            return True

    class WithMeta(metaclass=Meta):
        pass

    namespace = {"h": Hostile(), "m": WithMeta(), "df": pd.DataFrame({"a": [1]})}
    calls.clear()
    assert list(tables_of(namespace)) == ["df"]
    assert calls == []


def test_methods_of_a_dataframe_subclass_are_not_called() -> None:
    class Loud(pd.DataFrame):
        @property
        def columns(self) -> Any:
            raise RuntimeError("asked")

        @property
        def iloc(self) -> Any:
            raise RuntimeError("asked")

    table = tables_of({"df": Loud({"a": [1, 2]})})["df"]
    assert table["rows"] == [[1], [2]]


def test_objects_in_cells_are_not_asked_for_a_text() -> None:
    class Cell:
        def __repr__(self) -> str:
            raise RuntimeError("asked")

        __str__ = __repr__

    (row,) = tables_of({"df": pd.DataFrame({"a": [Cell()], "b": ["x"]})})["df"]["rows"]
    assert row == [None, "x"]


def test_collecting_leaves_the_namespace_and_the_modules_alone() -> None:
    import sys

    namespace = {"df": pd.DataFrame({"a": [1]}), "con": duckdb.connect()}
    before, modules = dict(namespace), set(sys.modules)
    collect(namespace)
    assert namespace == before or list(namespace) == list(before)
    assert set(sys.modules) - modules == set()


def test_the_wire_form_is_json_that_the_model_reads_back() -> None:
    frame = pd.DataFrame(
        {"a": [1.0, math.nan, math.inf], "t": pd.to_datetime(["2024-01-01", None, "2024-01-03"]), "big": [2**60] * 3}
    )
    found = collect({"frame": frame})
    schema = Schema.from_json(json.loads(json.dumps(found, allow_nan=False)))
    assert schema.tables[0].rows == (
        (1.0, "2024-01-01 00:00:00", str(2**60)),
        (None, None, str(2**60)),
        ("inf", "2024-01-03 00:00:00", str(2**60)),
    )


def test_encoded_cells_cast_back_to_the_column_type() -> None:
    import datetime as dt
    import decimal
    import uuid

    original = pd.DataFrame(
        {
            "d": pd.Series([dt.date(2024, 2, 29)], dtype=object),
            "t": pd.to_datetime(["2024-01-01 10:11:12.123456"]),
            "delta": pd.to_timedelta(["-1 day 00:00:01.5"]),
            "clock": pd.Series([dt.time(1, 2, 3)], dtype=object),
            "price": pd.Series([decimal.Decimal("-12.50")], dtype=object),
            "raw": pd.Series([b"a\x00'\\\xff"], dtype=object),
            "id": pd.Series([uuid.UUID(int=7)], dtype=object),
            "huge": pd.Series([2**100], dtype=object),
        }
    )
    table = tables_of({"original": original})["original"]
    casts = ", ".join(f"CAST(? AS {c['type']})" for c in table["columns"])
    con = duckdb.connect()
    assert con.execute(f"SELECT {casts}", table["rows"][0]).fetchall() == con.sql("FROM original").fetchall()


def test_values_come_most_frequent_first_and_say_whether_they_are_all() -> None:
    frame = pd.DataFrame({"city": ["Rom", "Bonn", "Bonn", None], "n": [1, 1, 2, 3], "x": [0.5] * 4})
    table = tables_of({"frame": frame})["frame"]
    assert column(table, "city")["values"] == ["Bonn", "Rom"]
    assert column(table, "city")["values_complete"] is True
    assert column(table, "city")["distinct"] == 2
    assert column(table, "n")["values"] == ["1", "2", "3"]
    assert column(table, "x")["values"] == []


def test_long_texts_are_no_values_and_make_the_list_incomplete() -> None:
    table = tables_of({"frame": pd.DataFrame({"a": ["x", "y" * 61]})})["frame"]
    assert column(table, "a")["values"] == ["x"]
    assert column(table, "a")["values_complete"] is False


def test_many_numbers_are_counted_but_not_listed() -> None:
    found = column(tables_of({"frame": pd.DataFrame({"a": range(500)})})["frame"], "a")
    assert (found["values"], found["distinct"], found["values_complete"]) == ([], 500, False)


def test_periodic_data_is_sampled_without_aliasing() -> None:
    frame = pd.DataFrame({"a": [f"v{i % 50}" for i in range(100_000)]})
    table = tables_of({"frame": frame}, limits=CollectionLimits(rows=100, value_rows=1_000, seconds=5))["frame"]
    assert len(table["rows"]) == 100
    assert table["rows_complete"] is False
    assert len(column(table, "a")["values"]) == 50
    assert column(table, "a")["values_complete"] is False


@pytest.mark.parametrize("make", [pl.DataFrame, pa.table, pd.DataFrame])
def test_rows_of_a_large_frame_are_spread_out(make: Any) -> None:
    table = tables_of({"frame": make({"a": list(range(10_000))})}, limits=CollectionLimits(rows=10, seconds=5))["frame"]
    values = [row[0] for row in table["rows"]]
    assert [value // 1_000 for value in values] == list(range(10))


def test_a_name_is_shown_at_the_lowest_privacy_level_and_nothing_else() -> None:
    table = tables_of({"frame": pd.DataFrame({"a": ["Geheim"]})}, privacy="names")["frame"]
    assert table["columns"] == [
        {
            "name": "a",
            "type": "",
            "nullable": True,
            "comment": None,
            "values": [],
            "values_complete": False,
            "distinct": None,
        }
    ]
    assert table["rows"] == []
    assert table["row_count"] is None


def test_types_do_not_spell_out_categories_below_the_level_values() -> None:
    frame = pd.DataFrame({"a": pd.Series(["Geheim", "it's"], dtype="category")})
    assert "Geheim" not in json.dumps(collect({"frame": frame}, privacy="types"))
    assert "Geheim" in json.dumps(collect({"frame": frame}, privacy="values"))


def test_values_level_sends_no_rows() -> None:
    table = tables_of({"frame": pd.DataFrame({"a": ["x"], "b": [1.5]})}, privacy="values")["frame"]
    assert table["rows"] == []
    assert column(table, "a")["values"] == ["x"]


@pytest.mark.parametrize(
    "name", ["password", "userPassword", "API_KEY", "ssn", "access-token", "creditCard", "Client Secret"]
)
def test_secret_columns_send_neither_values_nor_rows(name: str) -> None:
    namespace = {
        "df": pd.DataFrame({"u": ["a"], name: ["hunter2"]}),
        "cat": pd.DataFrame({name: pd.Series(["hunter2"], dtype="category")}),
        "deep": pd.DataFrame({"s": [{name.replace("-", "_"): "hunter2"}]}),
    }
    assert "hunter2" not in json.dumps(collect(namespace))


@pytest.mark.parametrize("name", ["pinned", "passenger", "tokens_used", "monkey", "classification"])
def test_harmless_names_are_not_taken_for_secrets(name: str) -> None:
    assert column(tables_of({"df": pd.DataFrame({name: ["v"]})})["df"], name)["values"] == ["v"]


def test_an_unknown_privacy_level_is_refused() -> None:
    with pytest.raises(ValueError, match="privacy must be one of"):
        collect({}, privacy="all")


def test_a_lone_surrogate_does_not_reach_the_wire() -> None:
    found = collect({"df": pd.DataFrame({"a": pd.Series(["x\ud800"], dtype=object)})})
    json.dumps(found, ensure_ascii=False).encode("utf-8")


def test_sample_rows_share_the_budget_fairly() -> None:
    frame = pd.DataFrame({"a": range(1_000)})
    small = pd.DataFrame({"a": range(10)})
    found = tables_of({"x": frame, "small": small, "y": frame}, limits=CollectionLimits(cells=110, seconds=5))
    assert [len(found[name]["rows"]) for name in ("x", "small", "y")] == [50, 10, 50]


def test_rows_stay_within_the_byte_budget() -> None:
    frame = pd.DataFrame({"a": ["x" * 200] * 1_000})
    found = collect({f"df{i}": frame for i in range(4)}, limits=CollectionLimits(bytes=20_000, seconds=5))
    assert 10_000 < sum(len(json.dumps(table["rows"])) for table in found["tables"]) < 22_000


def test_when_the_time_is_up_every_table_is_still_named_and_typed() -> None:
    found = collect({f"df{i}": pd.DataFrame({"a": ["x"]}) for i in range(20)}, limits=CollectionLimits(seconds=0.0))
    assert [table["columns"][0]["type"] for table in found["tables"]] == ["VARCHAR"] * 20
    assert "rows of 20 tables were not read" in found["notes"][0]
