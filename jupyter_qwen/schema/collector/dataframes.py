"""Step 1 for DataFrames: which variables DuckDB's replacement scan would find, their columns, and samples of their rows.

Classes are recognised by identity in the type's own method resolution order; no attribute of a user's object is touched
before that. https://duckdb.org/docs/stable/clients/python/data_ingestion#directly-accessing-dataframes-and-arrow-objects
"""

from __future__ import annotations

import sys
from typing import Any

from .dtypes import arrow_type, pandas_type, polars_type
from .encoding import class_path, clean_text, jsonable
from .frame_axes import axes_of
from .objects import SAMPLE, objects_type

HASTY_SAMPLE = 50
_TYPE_MRO = type.__dict__["__mro__"]
# (module that must already be imported, class in it, which reader below)
_CLASSES = (
    ("pandas", "DataFrame", "pandas"),
    ("polars", "DataFrame", "polars"),
    ("polars", "LazyFrame", "lazy"),
    ("pyarrow", "Table", "arrow"),
    ("pyarrow", "RecordBatch", "arrow"),
    ("pyarrow", "RecordBatchReader", "arrow_schema"),
    ("pyarrow.dataset", "Dataset", "arrow_schema"),
    ("duckdb", "DuckDBPyRelation", "relation"),
)


def imported(module: str, name: str) -> Any:
    """The object `name` of an already imported module, or ``None``; runs no code of the module (lazy modules stay so)."""
    found = sys.modules.get(module)
    if found is None:
        return None
    try:
        return object.__getattribute__(found, "__dict__").get(name)
    except AttributeError:  # something that is not a module sits in sys.modules
        return None


def is_instance(value: Any, cls: Any) -> bool:
    """`isinstance` without ``__class__`` or ``__instancecheck__`` of the value."""
    return any(base is cls for base in _TYPE_MRO.__get__(type(value)))


class FrameSource:
    """A DataFrame that a query can name; reads columns on demand."""

    def __init__(self, name: str, library: str, frame: Frame) -> None:
        self.frame = frame
        self.total = frame.height
        self.record = {
            "reference": [name],
            "kind": "dataframe",
            "connection": None,
            "row_count": frame.height,
            "comment": frame.comment,
            "library": library,
            "columns": [{"name": column, "type": kind} for column, kind in frame.columns],
            **frame.axes,
        }

    def rows(self, wanted: int, skip: frozenset[int], limits: Any) -> tuple[list[list[Any]], bool] | None:
        """At most `wanted` rows spread over the frame, with ``None`` in the columns `skip`; and whether these are all."""
        if self.total is None or not self.frame.readable:
            return None
        positions = spread_out(self.total, wanted)
        count = self.total if positions is None else len(positions)
        columns: list[list[Any]] = []
        for index in range(len(self.frame.columns)):
            values = [None] * count if index in skip else self.frame.values(index, positions)
            columns.append([jsonable(value, limits.cell_chars, limits.items) for value in values])
        return [list(row) for row in zip(*columns)], positions is None  # noqa: B905 (Python 3.8)

    def texts(self, index: int, wanted: int) -> tuple[list[Any], bool] | None:
        """At most `wanted` raw values of one column, missing ones included; and whether these are all."""
        if self.total is None or not self.frame.readable:
            return None
        positions = spread_out(self.total, wanted)
        return self.frame.values(index, positions), positions is None


def spread_out(total: int, wanted: int) -> list[int] | None:
    """`wanted` ascending positions below `total`, one in each stretch of equal length, at a place that looks random.

    A constant stride would see only every third value of periodic data. ``None`` means: all of them.
    """
    if total <= wanted:
        return None
    step = total // wanted
    return [i * step + (i * 2_654_435_761 >> 7) % step for i in range(wanted)]


class Frame:
    """What this module knows of a frame: `columns` as (name, type), `height` in rows or ``None``; values when `readable`."""

    columns: list[tuple[str, str]]
    height: int | None = None
    readable = False
    comment: str | None = None
    axes: dict[str, Any] = {}  # noqa: RUF012 - never changed

    def values(self, index: int, positions: list[int] | None) -> list[Any]:
        """The values of one column at `positions`, or all of them, as Python objects."""
        raise NotImplementedError


class PandasFrame(Frame):
    """A `pandas.DataFrame`. A subclass is first rebuilt as a plain one, so that no overridden method runs."""

    readable = True

    def __init__(self, frame: Any, base: Any, sample: int) -> None:
        frame = self._frame = plain_frame(frame, base, "pandas")
        self.height = len(frame.index)
        self.axes = axes_of(frame, 1_000)
        names = unique_names([label_text(label) for label in frame.columns])
        unreadable = []
        self.columns = []
        for index, dtype in enumerate(frame.dtypes.tolist()):
            kind = pandas_type(dtype)
            if kind is None:
                kind = objects_type(self.values(index, spread_out(self.height, sample)))
            if not kind:
                unreadable.append(f"{names[index]} ({dtype})" if pandas_type(dtype) is not None else names[index])
            self.columns.append((names[index], kind))
        if unreadable:
            self.comment = "DuckDB cannot read this DataFrame because of the type of: " + ", ".join(unreadable[:5])

    def values(self, index: int, positions: list[int] | None) -> list[Any]:
        """Floats that are NaN count as missing, as DuckDB has it. Of an array of somebody's own class, nothing is read."""
        column = self._frame.iloc[:, index]
        if class_path(type(column.dtype))[0].partition(".")[0] not in ("pandas", "numpy"):
            return [None] * (len(column) if positions is None else len(positions))
        if positions is not None:
            column = column.iloc[positions]
        listed: list[Any] = column.tolist()
        if column.dtype.kind in "fO":
            return [None if type(value) is float and value != value else value for value in listed]
        return listed


class PolarsFrame(Frame):
    """A `polars.DataFrame`."""

    readable = True

    def __init__(self, frame: Any) -> None:
        self._frame = frame
        self.height = frame.height
        self.columns = [(name, polars_type(kind)) for name, kind in frame.schema.items()]

    def values(self, index: int, positions: list[int] | None) -> list[Any]:
        """As Python objects."""
        column = self._frame.to_series(index)
        return list((column if positions is None else column.gather(positions)).to_list())


class ArrowFrame(Frame):
    """A `pyarrow.Table` or `RecordBatch`."""

    readable = True

    def __init__(self, frame: Any) -> None:
        self._frame = frame
        self.height = frame.num_rows
        names = unique_names([field.name for field in frame.schema])
        kinds = [arrow_type(field.type) for field in frame.schema]
        self.columns = list(zip(names, kinds))  # noqa: B905 (Python 3.8)

    def values(self, index: int, positions: list[int] | None) -> list[Any]:
        """As Python objects."""
        column = self._frame.column(index)
        return list((column if positions is None else column.take(positions)).to_pylist())


class SchemaOnly(Frame):
    """Something a query can name but that must not be read here: a reader, a dataset, a lazy frame, a relation."""

    def __init__(self, columns: list[tuple[str, str]], comment: str | None = None) -> None:
        self.columns = columns
        self.comment = comment


def label_text(label: Any) -> str:
    """A column label as DuckDB names the column: ``str`` of it, so a tuple of a MultiIndex keeps its brackets."""
    kind = type(label)
    if kind in (str, int, float, bool, complex) or label is None:
        return str(label)
    if kind is tuple:
        return (
            "(" + ", ".join(repr(label_text(part)) if type(part) is str else label_text(part) for part in label) + ")"
        )
    if class_path(kind)[0].partition(".")[0] in ("pandas", "numpy", "datetime", "decimal"):
        return str(label)
    return ""


def unique_names(names: list[str]) -> list[str]:
    """Column names as DuckDB makes them unique without regard to case: ``a``, ``A_1``, ``a_2``; ``C0`` for an empty one."""
    unique: list[str] = []
    counts: dict[str, int] = {}
    for index, original in enumerate(names):
        name = original or (f"C{index}" if not counts.get("") else "")
        key = original.lower()
        if key in counts:
            name = f"{original}_{counts[key]}"
            counts[key] += 1
            while name.lower() in counts:
                again = name.lower()
                name = f"{name}_{counts[again]}"
                counts[again] += 1
        else:
            counts[key] = 1
        counts.setdefault(name.lower(), 1)
        unique.append(name)
    return unique


def find_frames(
    names: list[str], namespace: dict[str, Any], limits: Any, clock: Any, notes: list[str]
) -> list[FrameSource]:
    """One source for each variable in `names` that DuckDB's replacement scan accepts.

    Types of object columns come from fewer values once a third of the time is gone.
    """
    classes = [(imported(module, name), reader, module) for module, name, reader in _CLASSES]
    classes = [(cls, reader, module) for cls, reader, module in classes if isinstance(cls, type)]
    sources: list[FrameSource] = []
    if not classes:
        return sources
    for name in names:
        value = namespace[name]
        for cls, reader, module in classes:
            if not is_instance(value, cls):
                continue
            try:
                sample = SAMPLE if clock.elapsed() < clock.seconds / 3 else HASTY_SAMPLE
                frame = _open(value, cls, reader, sample)
            except Exception as error:  # noqa: BLE001 (one broken frame must not hide the others; the note tells)
                notes.append(f"{name} could not be read: {type(error).__name__}")
                break
            _cap_columns(name, frame, limits, notes)
            if frame.columns:
                sources.append(FrameSource(name, module.partition(".")[0], frame))
            break
    return sources


def _open(value: Any, cls: Any, reader: str, sample: int) -> Frame:
    if reader == "pandas":
        return PandasFrame(value, cls, sample)
    value = plain_frame(value, cls, reader)
    if reader == "polars":
        return PolarsFrame(value)
    if reader == "arrow":
        return ArrowFrame(value)
    if reader == "lazy":
        return SchemaOnly([(name, polars_type(kind)) for name, kind in value.collect_schema().items()])
    if reader == "arrow_schema":
        fields = list(value.schema)
        return SchemaOnly([(field.name, arrow_type(field.type)) for field in fields])
    columns, kinds = list(value.columns), [str(kind) for kind in value.types]
    return SchemaOnly(list(zip(columns, kinds)))  # noqa: B905 (Python 3.8)


def plain_frame(value: Any, cls: Any, kind: str) -> Any:
    """`value` as one of `cls` itself, so that no method which a user's subclass overrides runs; its rows are shared."""
    if type(value) is cls or kind not in ("pandas", "series", "polars", "polars_series", "lazy"):
        return value
    if kind in ("pandas", "series"):
        manager = object.__getattribute__(value, "_mgr")
        if not hasattr(cls, "_from_mgr"):
            return cls(manager)
        plain = cls._from_mgr(manager, manager.axes)
        if kind == "series":
            plain._name = object.__getattribute__(value, "_name")
        return plain
    if kind == "polars_series":
        return cls._from_pyseries(object.__getattribute__(value, "_s"))
    inner = object.__getattribute__(value, "_df" if kind == "polars" else "_ldf")
    return cls._from_pydf(inner) if kind == "polars" else cls._from_pyldf(inner)


def _cap_columns(name: str, frame: Frame, limits: Any, notes: list[str]) -> None:
    if len(frame.columns) > limits.columns:
        notes.append(f"{name}: {limits.columns} of {len(frame.columns)} columns are listed")
    frame.columns = [(clean_text(column, limits.name_chars), kind) for column, kind in frame.columns[: limits.columns]]
