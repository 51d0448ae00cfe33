"""What a trial has of the kernel's variables: rows that join, index and types, bounded in size, and nothing secret."""

import base64
import json
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from jupyter_qwen.python.trial import CellTrial, FrameRows, KernelPython, run_cell
from jupyter_qwen.schema.collector.collection_limits import CollectionLimits
from jupyter_qwen.schema.collector.gather import collect
from jupyter_qwen.schema.model import Column, Schema, Table
from jupyter_qwen.worker.confinement.lock import missing


def rows_of(**namespace: Any) -> FrameRows:
    wire = json.loads(json.dumps(collect(namespace)))
    return FrameRows.from_schema(Schema.from_json(wire))


def tried(code: str, rows: FrameRows) -> CellTrial:
    return run_cell(code, rows, setup=["import pandas as pd"], time_limit_s=10.0)


needs_a_lock = pytest.mark.skipif(bool(missing()), reason=missing())


@needs_a_lock
def test_index_and_types_survive() -> None:
    days = pd.date_range("2024-01-01", periods=4, freq="D", name="day")
    frame = pd.DataFrame(
        {"kind": pd.Categorical(["a", "b", "a", "b"]), "n": pd.array([1, None, 3, 4], "Int64")}, index=days
    )
    rows = rows_of(
        frame=frame, rate=pd.Series([1.5, 2.5], index=["a", "b"], name="rate"), places=pl.DataFrame({"n": [1]})
    )
    told = tried("[str(t) for t in frame.dtypes] + [frame.index.name, type(frame.index).__name__, rate['b']]", rows)
    assert told.result is not None
    assert [row[0] for row in told.result.rows] == ["category", "Int64", "day", "DatetimeIndex", 2.5]
    assert tried("frame.resample('2D')['n'].sum()", rows).status == "ran"
    assert tried("places.schema", rows).complete


@needs_a_lock
def test_plain_variables_are_there() -> None:
    rows = rows_of(limit=np.float64(2.5), names=["a", "b"], frame=pd.DataFrame({"n": [1, 2, 3]}))
    told = tried("frame[frame.n > limit].n.tolist() + names", rows)
    assert told.result is not None
    assert told.result.rows == ((3,), ("a",), ("b",))


@needs_a_lock
def test_samples_of_two_large_frames_join() -> None:
    rng = np.random.default_rng(0)
    orders = pd.DataFrame({"order_id": range(60_000), "customer_id": rng.integers(0, 50_000, 60_000), "total": 1.0})
    customers = pd.DataFrame({"customer_id": rng.permutation(50_000), "name": "x"})
    told = tried("len(orders.merge(customers, on='customer_id'))", rows_of(orders=orders, customers=customers))
    assert told.result is not None
    assert told.result.rows[0][0] >= 100
    assert {part.table: part.rows <= 500 for part in told.sampled} == {"orders": True, "customers": True}


def test_large_copies_stay_below_half_a_megabyte() -> None:
    frames = {f"wide_{i}": pd.DataFrame({f"c{j}": ["x" * 150] * 1_500 for j in range(20)}) for i in range(8)}
    trial = collect(frames)["trial"]
    assert sum(len(frame["arrow"]) * 3 // 4 for frame in trial["frames"]) <= 500_000
    assert {frame["name"] for frame in trial["frames"]} | set(trial["missing"]) == set(frames)


def test_secrets_are_not_copied() -> None:
    frame = pd.DataFrame({"user": ["ann"], "password": ["hunter2"]})
    frame.attrs["note"] = "hunter3"
    namespace = {
        "frame": frame,
        "api_key": "hunter4",
        "settings": {"password": "hunter5"},
        "polar": pl.DataFrame({"pin": ["hunter6"]}),
    }
    trial = collect(namespace)["trial"]
    sent = b"".join(base64.b64decode(copy["arrow"]) for copy in trial["frames"]) + json.dumps(trial["values"]).encode()
    assert b"ann" in sent
    assert b"hunter" not in sent
    assert [copy["complete"] for copy in trial["frames"]] == [False, False]


def test_objects_of_a_users_class_are_never_asked() -> None:
    asked: list[str] = []

    class Own:
        def __getattribute__(self, name: str) -> Any:
            asked.append(name)
            return object.__getattribute__(self, name)

    frame = pd.DataFrame({"a": [Own()]})
    asked.clear()
    trial = collect({"frame": frame})["trial"]
    assert asked == []
    assert trial["frames"] == []
    assert "`frame`" in trial["missing"]["frame"]


def test_what_was_taken_out_of_the_context_has_no_copy() -> None:
    schema = Schema.from_json(collect({"one": pd.DataFrame({"a": [1]}), "two": pd.DataFrame({"b": [1]})}))
    fewer = FrameRows.from_schema(schema.only(["one"]))
    assert [frame.name for frame in fewer.frames] == ["one"]
    assert "taken out" in fewer.missing["two"]


def test_below_samples_nothing_is_copied() -> None:
    assert collect({"one": pd.DataFrame({"a": [1]})}, privacy="values")["trial"] is None


@pytest.mark.parametrize(
    "trial",
    [
        {"frames": 3, "values": [], "missing": "no", "python": 5},
        {
            "frames": [None, {"name": "x; y", "kind": "pandas", "rows": 1, "arrow": ""}, {"kind": []}],
            "python": {"executable": 1},
        },
    ],
)
def test_a_malformed_trial_of_a_request_is_passed_over(trial: dict[str, Any]) -> None:
    rows = FrameRows.from_schema(Schema(trial=trial))
    assert (rows.frames, rows.python) == ((), None)


def test_rows_of_the_schema_serve_where_the_kernel_has_no_arrow() -> None:
    table = Table(
        ("orders",), "dataframe", (Column("day", "TIMESTAMP"), Column("n", "BIGINT")), row_count=1,
        rows=(("2024-01-02 00:00:00", 5),), rows_complete=True, library="pandas",
    )  # fmt: skip
    rows = FrameRows.from_schema(Schema((table,)), KernelPython.here())
    assert rows.frames[0].complete
    if not missing():
        told = tried("orders.day.dt.year.tolist() + orders.n.tolist()", rows)
        assert told.result is not None
        assert told.result.rows == ((2024,), (5,))


def test_the_python_of_a_kernel_says_where_it_runs() -> None:
    python = rows_of(one=1).python
    assert python is not None
    assert python.executable == sys.executable
    assert python.why_not() == ""


def test_copying_says_nothing_in_the_users_cell() -> None:
    mixed = pd.DataFrame([[1, 2]], columns=["a", 5])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trial = collect({"mixed": mixed, "wide": pd.DataFrame([[1, 2]], columns=[2023, 2024])})["trial"]
    assert [copy["name"] for copy in trial["frames"]] == ["wide"]
    assert "labels" in trial["missing"]["mixed"]


@needs_a_lock
def test_a_copy_that_cannot_be_read_back_is_no_error_of_the_cell() -> None:
    frame = pd.DataFrame({"size": pd.cut([1, 2, 3], 3), "n": [1, 2, 3]})
    trial = tried("frame.n.sum()", rows_of(frame=frame))
    assert trial.status == "not tried"
    assert "`frame`" in trial.reason


@needs_a_lock
def test_a_module_of_the_users_own_folder_is_not_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "helpers_of_mine.py").write_text("SECRET = 1")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    trial = tried("import helpers_of_mine\nhelpers_of_mine.SECRET", rows_of(one=1))
    assert trial.status == "not tried"
    assert "own folder" in trial.reason


def test_copies_are_made_though_the_time_for_values_is_up() -> None:
    wire = collect({"frame": pd.DataFrame({"n": [1]})}, limits=CollectionLimits(seconds=0.0, copy_seconds=60.0))
    assert [copy["name"] for copy in wire["trial"]["frames"]] == ["frame"]
    hurried = collect({"frame": pd.DataFrame({"n": [1]})}, limits=CollectionLimits(copy_seconds=0.0))
    assert "no time" in hurried["trial"]["missing"]["frame"]
