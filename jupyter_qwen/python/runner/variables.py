"""The variables of a trial: frames from Arrow or from typed JSON, DuckDB connections from statements, plain values."""

from __future__ import annotations

import base64
import datetime
import importlib
from collections.abc import Callable
from typing import Any

from .raised import Untried, words_of

_WHOLE = frozenset(
    f"{sign}{kind}" for sign in ("", "U") for kind in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
)
_REAL = ("FLOAT", "DOUBLE", "DECIMAL")


def build(wanted: dict[str, Any]) -> dict[str, Any]:
    """A namespace with everything that the request names. Raises Untried for what cannot be made in this environment."""
    namespace: dict[str, Any] = {"__name__": "__main__", "__builtins__": __builtins__}
    namespace.update(wanted["values"])
    for frame in wanted["frames"]:
        try:
            namespace[frame["name"]] = _from_arrow(frame) if "arrow" in frame else _from_json(frame)
        except ImportError as error:
            raise Untried(f"The copy of `{frame['name']}` needs {error.name}, which is not installed there.") from error
        except Exception as error:  # a type that Arrow writes and the library does not read back
            raise Untried(f"The copy of `{frame['name']}` could not be made: {words_of(error)[:200]}") from error
    for connection in wanted["connections"]:
        opened = _connected(connection["name"], connection["statements"])
        if connection["name"] != "duckdb":
            namespace[connection["name"]] = opened
    return namespace


def _from_arrow(frame: dict[str, Any]) -> Any:
    data, kind = base64.b64decode(frame["arrow"]), frame["kind"]
    if kind.startswith("polars"):
        polars: Any = importlib.import_module("polars")
        found = polars.read_ipc_stream(data)
        if kind == "polars_series":
            return found.to_series(0)
        return found.lazy() if kind == "polars_lazy" else found
    arrow: Any = importlib.import_module("pyarrow")
    table = arrow.ipc.open_stream(data).read_all()
    if kind == "arrow":
        return table
    found = table.to_pandas(use_threads=False)
    return found.iloc[:, 0].rename(frame.get("label")) if kind == "series" else found


def _from_json(frame: dict[str, Any]) -> Any:
    """From the rows of a schema: values as `schema.collector.encoding` writes them, types as DuckDB names them."""
    columns, rows = frame["columns"], frame["rows"]
    listed = [[_value(row[i], column["type"].upper()) for row in rows] for i, column in enumerate(columns)]
    if frame["kind"].startswith("polars"):
        polars: Any = importlib.import_module("polars")
        series = [
            polars.Series(column["name"], values, strict=False)
            for column, values in zip(columns, listed)  # noqa: B905 - Python 3.8
        ]
        found = polars.DataFrame(series)
        return found.lazy() if frame["kind"] == "polars_lazy" else found
    pandas: Any = importlib.import_module("pandas")
    found = pandas.DataFrame({i: _pandas_column(pandas, c["type"].upper(), listed[i]) for i, c in enumerate(columns)})
    found.columns = [column["name"] for column in columns]
    return found


def _pandas_column(pandas: Any, kind: str, values: list[Any]) -> Any:
    if kind.startswith("TIMESTAMP"):
        return pandas.to_datetime(pandas.Series(values, dtype=object), utc="ZONE" in kind)
    if kind.startswith("INTERVAL"):
        return pandas.to_timedelta(pandas.Series(values, dtype=object))
    if kind.startswith("ENUM"):
        return pandas.Series(values).astype("category")
    if kind.startswith(_REAL) or (kind in _WHOLE and None in values):
        return pandas.Series(values, dtype="float64")
    return pandas.Series(values)


def _value(value: Any, kind: str) -> Any:
    """A JSON value as Python has it, by its column's type; what does not fit stays as it is."""
    if value is None:
        return None
    read: Callable[[Any], Any] | None = None
    if kind.startswith(_REAL):
        read = float
    elif kind in _WHOLE:
        read = int
    elif kind.startswith("TIMESTAMP"):
        read = datetime.datetime.fromisoformat
    elif kind == "DATE":
        read = datetime.date.fromisoformat
    elif kind == "INTERVAL":
        return datetime.timedelta(microseconds=int(str(value).split()[0]))
    try:
        return read(value) if read else value
    except (ValueError, TypeError):
        return value


def _connected(name: str, statements: list[list[Any]]) -> Any:
    """A database in memory, filled; the module's own default connection for the name ``duckdb``."""
    duckdb: Any = importlib.import_module("duckdb")
    opened = duckdb.connect(":default:") if name == "duckdb" else duckdb.connect(config={"threads": 1})
    for text, value in statements:
        try:
            opened.execute(text, [value] if value is not None else None)
        except duckdb.Error as error:
            raise Untried(f"The tables of `{name}` could not be copied: {str(error)[:200]}") from error
    return opened
