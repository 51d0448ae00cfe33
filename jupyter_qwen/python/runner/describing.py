"""A value that a cell gave, as JSON: its type, shape, columns, first rows, and a fingerprint by which two of them agree."""

from __future__ import annotations

import sys
from typing import Any

from jupyter_qwen.sql.results import result_key

from .execution import Ran

_COLUMNS = 200
_ROWS_COMPARED = 20_000
_CHARS = 120
_NAME = 200


def described(ran: Ran, rows: int) -> dict[str, Any]:
    """`result` (``None`` when the cell gave nothing) with at most `rows` rows, and `digest` (``None`` when it has no rows)."""
    value = ran.value
    if value is None:
        return {"result": None, "digest": None}
    found = _tabular(value)
    kind = type(value)
    told: dict[str, Any] = {
        "type": f"{kind.__module__.partition('.')[0]}.{kind.__name__}"
        if kind.__module__ != "builtins"
        else kind.__name__,
        "name": ran.name[:_NAME],
        "shape": None,
        "columns": [],
        "rows": [],
    }
    if found is None:
        return {"result": told, "digest": None}
    columns, table, shape = found
    told["shape"] = list(shape) if shape is not None else None
    told["columns"] = [[str(name)[:_NAME], str(dtype)[:_NAME]] for name, dtype in columns[:_COLUMNS]]
    told["rows"] = [[_cell(item) for item in row[:_COLUMNS]] for row in table[:rows]]
    return {"result": told, "digest": result_key(table)}


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int)):
        return value if not isinstance(value, int) or abs(value) <= 2**53 else str(value)
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(value)
    return str(value)[:_CHARS]


def _tabular(value: Any) -> Any:
    """(columns, rows, shape) of what holds rows or is one value; ``None`` for everything else. Missing values are ``None``."""
    if isinstance(value, (bool, int, float, str)):
        return [("", type(value).__name__)], [[value]], None
    for module, read in (
        ("pandas", _pandas),
        ("polars", _polars),
        ("numpy", _numpy),
        ("pyarrow", _arrow),
        ("duckdb", _duckdb),
    ):
        if module in sys.modules:
            found = read(sys.modules[module], value)
            if found is not None:
                return found
    if isinstance(value, dict):
        items = list(value.items())[:_ROWS_COMPARED]
        return [("key", ""), ("value", "")], [[_plain(k), _plain(v)] for k, v in items], (len(value),)
    if isinstance(value, (list, tuple, set, frozenset)):
        rows = [
            [_plain(part) for part in item] if isinstance(item, (list, tuple)) else [_plain(item)]
            for item in list(value)[:_ROWS_COMPARED]
        ]
        if len({len(row) for row in rows}) > 1:
            rows = [[str(row)] for row in rows]
        return [("", type(value).__name__)], rows, (len(value),)
    return None


def _plain(value: Any) -> Any:
    """A value as Python has it; missing ones of every library are ``None``."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    try:
        if value != value:  # NaN and NaT
            return None
    except (ValueError, TypeError):  # pandas.NA says neither yes nor no; an array says both
        if type(value).__name__ == "NAType":
            return None
        return str(value)
    if type(value).__module__ == "numpy" and hasattr(value, "item"):
        return value.item()
    return value


def _pandas(pandas: Any, value: Any) -> Any:
    if isinstance(value, pandas.Series):
        shape: tuple[int, ...] = value.shape
        name = value.name if value.name is not None else "value"
        frame = value.to_frame(name)
    elif isinstance(value, pandas.DataFrame):
        shape, frame = value.shape, value
    elif isinstance(value, pandas.Index):
        shape, frame = value.shape, pandas.DataFrame({value.name or "value": value})
    elif value is pandas.NA or value is pandas.NaT:
        return [("", "missing")], [[None]], None
    else:
        return None
    columns = [(column, str(dtype)) for column, dtype in zip(frame.columns, frame.dtypes)]  # noqa: B905 - Python 3.8
    parts = [frame.iloc[:_ROWS_COMPARED, i].tolist() for i in range(min(frame.shape[1], _COLUMNS))]
    if _tells(frame.index):
        for level in reversed(range(frame.index.nlevels)):
            labels = frame.index.get_level_values(level)
            columns.insert(0, (labels.name if labels.name is not None else "index", f"index: {labels.dtype}"))
            parts.insert(0, labels[:_ROWS_COMPARED].tolist())
    rows = [[_plain(item) for item in row] for row in zip(*parts)]  # noqa: B905 - Python 3.8
    return columns, rows, shape


def _tells(index: Any) -> bool:
    """Whether an index says something of the rows: it has a name, or is no plain count."""
    return index.nlevels > 1 or index.name is not None or not str(index.dtype).startswith(("int", "uint"))


def _polars(polars: Any, value: Any) -> Any:
    if isinstance(value, polars.LazyFrame):
        value = value.collect()
    if isinstance(value, polars.Series):
        shape: tuple[int, ...] = value.shape
        value = value.to_frame()
    elif isinstance(value, polars.DataFrame):
        shape = value.shape
    else:
        return None
    columns = [(name, str(dtype)) for name, dtype in value.schema.items()]
    return columns, [[_plain(item) for item in row] for row in value.head(_ROWS_COMPARED).rows()], shape


def _numpy(numpy: Any, value: Any) -> Any:
    if isinstance(value, numpy.generic):
        return [("", str(value.dtype))], [[_plain(value)]], None
    if not isinstance(value, numpy.ndarray) or value.ndim > 2 or value.ndim == 0:
        return None
    cut = value[:_ROWS_COMPARED, :_COLUMNS] if value.ndim == 2 else value[:_ROWS_COMPARED].reshape(-1, 1)
    columns = [(str(i), str(value.dtype)) for i in range(cut.shape[1])]
    return columns, [[_plain(item) for item in row] for row in cut.tolist()], value.shape


def _arrow(arrow: Any, value: Any) -> Any:
    if not isinstance(value, arrow.Table):
        return None
    columns = [(field.name, str(field.type)) for field in value.schema]
    parts = [value.column(i).slice(0, _ROWS_COMPARED).to_pylist() for i in range(value.num_columns)]
    return columns, [[_plain(item) for item in row] for row in zip(*parts)], value.shape  # noqa: B905 - Python 3.8


def _duckdb(duckdb: Any, value: Any) -> Any:
    if isinstance(value, duckdb.DuckDBPyConnection):
        if value.description is None:
            return None
        columns = [(entry[0], str(entry[1])) for entry in value.description]
        rows = value.fetchmany(_ROWS_COMPARED)
    elif isinstance(value, duckdb.DuckDBPyRelation):
        columns = [(name, str(kind)) for name, kind in zip(value.columns, value.types)]  # noqa: B905 - Python 3.8
        rows = value.limit(_ROWS_COMPARED).fetchall()
    else:
        return None
    return columns, [[_plain(item) for item in row] for row in rows], (len(rows), len(columns))
