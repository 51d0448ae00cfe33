"""The index and the labels of a pandas frame: Python code needs them, a query sees neither."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from jupyter_qwen.python.check import check_python
from jupyter_qwen.schema.collect import collect
from jupyter_qwen.schema.model import Schema, Table

FRAME = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}, index=pd.Index(["Oslo", "Rome"], name="city"))


def told(frame: pd.DataFrame, privacy: Any = "samples") -> Table:
    return Schema.from_json(json.loads(json.dumps(collect({"frame": frame}, privacy=privacy)))).tables[0]


def levels(frame: pd.DataFrame, privacy: str = "samples") -> list[tuple[str, str, tuple[str, ...]]]:
    return [(level.name, level.type, level.values) for level in told(frame, privacy).index]


def test_an_index_with_a_name_or_with_labels_is_told() -> None:
    dated = pd.DataFrame({"v": [1.0, 2.0]}, index=pd.date_range("2024-01-01", periods=2))
    assert levels(FRAME) == [("city", "VARCHAR", ("Oslo", "Rome"))]
    assert levels(dated)[0][2] == ("2024-01-01 00:00:00", "2024-01-02 00:00:00")
    assert [name for name, _, _ in levels(FRAME.set_index("a", append=True))] == ["city", "a"]


@pytest.mark.parametrize("frame", [pd.DataFrame({"a": [1, 2, 3]}), pd.DataFrame({"a": [1, 2, 3]})[1:]])
def test_a_count_of_rows_is_not_told(frame: pd.DataFrame) -> None:
    assert levels(frame) == []


def test_a_level_keeps_to_the_privacy_level_and_to_secret_names() -> None:
    assert levels(FRAME, "types") == [("city", "VARCHAR", ())]
    assert levels(FRAME, "names") == [("city", "", ())]
    veiled = Schema(tables=(told(FRAME),)).at_privacy("types").tables[0]
    assert [(level.type, level.values) for level in veiled.index] == [("VARCHAR", ())]
    assert levels(FRAME.rename_axis("api_key")) == [("api_key", "VARCHAR", ())]
    kinds = FRAME.set_index(pd.CategoricalIndex(["Geheim", "it's"]))
    assert "Geheim" not in json.dumps(collect({"frame": kinds}, privacy="types"))


def test_an_index_of_a_users_class_is_not_asked() -> None:
    class Own(pd.Index):
        def __getitem__(self, key: Any) -> Any:
            raise AssertionError("asked")

    index = pd.Index(["Oslo", "Rome"])
    index.__class__ = Own
    assert told(pd.DataFrame({"a": [1, 2]}, index=index)).index == ()


def test_labels_that_are_numbers_or_tuples_are_told_and_not_called_unknown() -> None:
    grouped = FRAME.groupby("b").agg({"a": ["min", "max"]})
    assert told(pd.DataFrame([[1, 2]])).labels == "numbers"
    assert told(grouped).labels == "tuples"
    schema = Schema(tables=(told(grouped),))
    assert check_python("frame['a']['min']", schema, ()).diagnostics == ()
