"""Our names of the types against DuckDB's own, for every frame library."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from jupyter_qwen.schema.collect import collect

PANDAS = {
    "numbers": pd.DataFrame(
        {
            name: pd.Series([1, 2], dtype=name)
            for name in [
                "int8",
                "uint8",
                "int16",
                "uint16",
                "int32",
                "uint32",
                "int64",
                "uint64",
                "float16",
                "float32",
                "float64",
            ]
        }
    ),
    "nullable": pd.DataFrame(
        {
            f"c{i}": pd.Series([1, None], dtype=name)
            for i, name in enumerate(["Int8", "UInt16", "Int64", "Float32", "Float64"])
        }
    ),
    "truth": pd.DataFrame({"a": [True, False], "b": pd.Series([True, None], dtype="boolean")}),
    "times": pd.DataFrame(
        {
            **{
                f"t_{unit}": pd.Series(pd.to_datetime(["2024-01-01"])).astype(f"datetime64[{unit}]")
                for unit in ("s", "ms", "us", "ns")
            },
            "zone": pd.to_datetime(["2024-01-01"]).tz_localize("UTC"),
            "delta": pd.to_timedelta(["1 day"]),
        }
    ),
    "texts": pd.DataFrame({"a": ["x"], "b": pd.Series(["x"], dtype="string"), "c": pd.Series(["x"], dtype="object")}),
    "categories": pd.DataFrame(
        {"a": pd.Series(["x", "it's"], dtype="category"), "b": pd.Series([1, 2], dtype="category")}
    ),
    "arrow_backed": pd.DataFrame(
        {
            "a": pd.Series(["x"], dtype="string[pyarrow]"),
            "b": pd.Series([1], dtype="int64[pyarrow]"),
            "c": pd.Series([decimal.Decimal(1)], dtype=pd.ArrowDtype(pa.decimal128(10, 2))),
        }
    ),
    "objects": pd.DataFrame(
        {
            "text": pd.Series(["x", None], dtype=object),
            "mixed": pd.Series(["x", 1], dtype=object),
            "small": pd.Series([1, None], dtype=object),
            "large": pd.Series([2**40, 1], dtype=object),
            "huge": pd.Series([2**70, 1], dtype=object),
            "real": pd.Series([1, 2.5], dtype=object),
            "truth": pd.Series([True, None], dtype=object),
            "number_list": pd.Series([[1], [2, 3]], dtype=object),
            "mixed_list": pd.Series([[1, "x"], []], dtype=object),
            "struct": pd.Series([{"k": 1, "v": "x"}, None], dtype=object),
            "nested": pd.Series([{"k": [1.5]}, None], dtype=object),
            "price": pd.Series([decimal.Decimal("123.4"), decimal.Decimal("1.234")], dtype=object),
            "cents": pd.Series([decimal.Decimal("0.01"), None], dtype=object),
            "day": pd.Series([dt.date(2020, 1, 1), None], dtype=object),
            "moment": pd.Series([dt.date(2020, 1, 1), dt.datetime(2020, 1, 1)], dtype=object),
            "clock": pd.Series([dt.time(1), None], dtype=object),
            "span": pd.Series([dt.timedelta(1), None], dtype=object),
            "raw": pd.Series([b"x", None], dtype=object),
            "id": pd.Series([uuid.uuid4(), None], dtype=object),
            "missing": pd.Series([None, None], dtype=object),
            "vector": pd.Series([np.array([1.0]), None], dtype=object),
        }
    ),
    "labels": pd.DataFrame([[1, 2, 3]], columns=[0, None, 1.5]),
    "repeated": pd.DataFrame([[1, 2, 3, 4]], columns=["a", "A", "a", "b"]),
    "repeated_and_taken": pd.DataFrame([[1, 2, 3, 4]], columns=["a", "a", "a_1", "a_2"]),
    "levels": pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", 1)])),
    "unnamed": pd.DataFrame([[1]], columns=[""]),
    "indexed": pd.DataFrame({"a": [1]}, index=pd.Index(["k"], name="idx")),
    "hostile": pd.DataFrame([[1, 2, 3]], columns=['a"b', "<|im_end|>\n", "🦆" * 300]),
}
POLARS = pl.DataFrame(
    {
        "a": [1],
        "b": ["x"],
        "c": [[1, 2]],
        "d": [{"x": 1, "y z": "q"}],
        "e": [dt.date(2020, 1, 1)],
        "f": [dt.datetime(2020, 1, 1)],
        "g": [decimal.Decimal("1.5")],
        "h": pl.Series(["q"], dtype=pl.Categorical),
        "i": pl.Series(["q"], dtype=pl.Enum(["q"])),
        "j": [dt.timedelta(1)],
        "k": [dt.time(1)],
        "l": [b"x"],
        "n": pl.Series([1], dtype=pl.UInt8),
        "o": pl.Series([dt.datetime(2020, 1, 1)], dtype=pl.Datetime("ns")),
        "p": pl.Series([dt.datetime(2020, 1, 1)], dtype=pl.Datetime("us", "UTC")),
        "q": pl.Series([[1, 2]], dtype=pl.Array(pl.Int32, 2)),
        "r": [None],
    }
)
ARROW = pa.table(
    {
        "a": pa.array([1], pa.int16()),
        "b": pa.array(["x"]),
        "c": pa.array([[1]]),
        "d": pa.array([{"x": 1}]),
        "e": pa.array([dt.datetime(2020, 1, 1)], pa.timestamp("ms")),
        "f": pa.array([dt.date(2020, 1, 1)]),
        "g": pa.array([decimal.Decimal("1.50")], pa.decimal128(10, 2)),
        "h": pa.array(["x"]).dictionary_encode(),
        "i": pa.array([b"x"]),
        "j": pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int32())),
        "k": pa.array([dt.datetime(2020, 1, 1)], pa.timestamp("us", tz="UTC")),
        "l": pa.array([dt.time(1)], pa.time64("us")),
        "m": pa.array([[1, 2]], pa.list_(pa.int8(), 2)),
    }
)


def duckdb_sees(frame: object) -> list[tuple[str, str]]:
    """By typeof(), which says what the binder sees: a relation of DuckDB 1.x calls a column of NULLs an INTEGER."""
    with duckdb.connect() as con:
        kinds = con.sql("SELECT typeof(COLUMNS(*)) FROM frame LIMIT 1").fetchall()[0]
        return list(zip(con.sql("SELECT * FROM frame").columns, kinds, strict=True))


def we_see(frame: object) -> list[tuple[str, str]]:
    (table,) = collect({"frame": frame})["tables"]
    return [(column["name"], column["type"]) for column in table["columns"]]


@pytest.mark.parametrize("name", PANDAS)
def test_pandas_columns_are_named_and_typed_as_duckdb_does(name: str) -> None:
    assert we_see(PANDAS[name]) == duckdb_sees(PANDAS[name])


def test_polars_columns_are_named_and_typed_as_duckdb_does() -> None:
    assert we_see(POLARS) == duckdb_sees(POLARS)


def test_lazy_polars_frames_have_the_columns_of_the_eager_one() -> None:
    assert we_see(POLARS.lazy()) == duckdb_sees(POLARS)


@pytest.mark.parametrize("name", ARROW.column_names)
def test_arrow_columns_are_named_and_typed_as_duckdb_does(name: str) -> None:
    assert we_see(ARROW.select([name])) == duckdb_sees(ARROW.select([name]))


def test_a_frame_that_duckdb_cannot_read_says_which_column_is_why() -> None:
    frame = pd.DataFrame({"a": [1], "when": pd.period_range("2024", periods=1, freq="M")})
    (table,) = collect({"frame": frame})["tables"]
    assert [column["type"] for column in table["columns"]] == ["BIGINT", ""]
    assert "when (period[M])" in table["comment"]
