"""DataFrames as a writer of Python must know them: the variable, its size, each column as it is subscripted, what stands in it.

A line a column, with the words of Python for types and values: a model of 1.5B that reads ``VARCHAR`` compares dates that are
text with dates, and one that sees no value guesses how they are spelt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from jupyter_qwen.prompt.notation import short_type
from jupyter_qwen.schema.model import Column, Table
from jupyter_qwen.schema.privacy import is_secret
from jupyter_qwen.schema.quoting import quote_reference

_WIDEST = 60  # columns of all frames; above that a line a frame, for each value is some tokens
_EXAMPLES, _COMPLETE, _LONGEST = 2, 6, 40
_TYPES = {
    "TINYINT": "int", "SMALLINT": "int", "INTEGER": "int", "BIGINT": "int", "HUGEINT": "int", "UTINYINT": "int",
    "USMALLINT": "int", "UINTEGER": "int", "UBIGINT": "int", "FLOAT": "float", "DOUBLE": "float", "VARCHAR": "str",
    "BOOLEAN": "bool", "TIMESTAMP": "datetime64", "TIMESTAMP_NS": "datetime64", "TIMESTAMP_S": "datetime64",
    "TIMESTAMP_MS": "datetime64", "TIMESTAMP WITH TIME ZONE": "datetime64 with time zone", "DATE": "date",
    "INTERVAL": "timedelta64",
}  # fmt: skip
_POLARS = {
    "int": "Int64",
    "float": "Float64",
    "str": "String",
    "bool": "Boolean",
    "datetime64": "Datetime",
    "date": "Date",
}
_NUMBERS = frozenset(("int", "float", "bool"))
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")


def frames_text(frames: Sequence[Table]) -> str:
    """The paragraph of all `frames`. The same frames give the same text, so that the KV cache survives the next question."""
    width = sum(len(frame.columns) for frame in frames)
    return "\n".join(["DataFrames in memory:", *(frame_text(frame, short=width > _WIDEST) for frame in frames)])


def frame_text(frame: Table, *, short: bool = False) -> str:
    """One frame; in one line without examples where it is to be `short`."""
    size = f"{frame.row_count} rows" if frame.row_count is not None else ""
    about = ", ".join(text for text in (frame.library or "", size) if text)
    head = quote_reference(frame.reference) + (f" ({about}):" if about else ":")
    index = [f"[index] {_level(level)} {_type(level, frame)}".replace("  ", " ").rstrip() for level in frame.index]
    if short:
        columns = [
            f"{_subscript(c.name, frame)} {_type(c, frame)}".rstrip() + (_values(c, ()) if c.values_complete else "")
            for c in frame.columns
        ]
        return f"{head} {', '.join([*index, *columns])}"
    cells = list(zip(*frame.rows, strict=True)) if frame.rows else [()] * len(frame.columns)
    lines = [f"  {told}{_values(level, _as_cells(level))}" for told, level in zip(index, frame.index, strict=True)]
    lines += [
        f"  {_subscript(column.name, frame)} {_type(column, frame)}".rstrip() + _values(column, values)
        for column, values in zip(frame.columns, cells, strict=True)
    ]
    return "\n".join([head, *lines])


def _subscript(name: str, frame: Table) -> str:
    """A DataFrame's column as Python writes it between brackets, without quotes where they say nothing."""
    return name if name.isidentifier() or frame.labels else repr(name)


def _level(level: Column) -> str:
    return repr(level.name) if level.name and not level.name.isidentifier() else level.name


def _as_cells(level: Column) -> list[object]:
    """The values of an index level as rows would have them."""
    if _TYPES.get(level.type.upper().strip()) not in ("int", "float"):
        return list(level.values)
    return [
        float(text) if "." in text or "e" in text else int(text) for text in level.values if _NUMBER.fullmatch(text)
    ]


def _type(column: Column, frame: Table) -> str:
    kind = short_type(column.type)
    told = _TYPES.get(column.type.upper().strip(), "category" if kind.upper().startswith("ENUM") else kind)
    return _POLARS.get(told, told) if frame.library == "polars" else told


def _values(column: Column, cells: Sequence[object]) -> str:
    """Some values behind a colon: all of a column that has very few, else two that occur."""
    if is_secret(column.name):
        return ""
    number = _TYPES.get(column.type.upper().strip()) in _NUMBERS
    known = [text for text in column.values if _fits(text)]
    if column.values_complete and known and len(known) == len(column.values) <= _COMPLETE:
        return " {" + ", ".join(_literal(text, column) if number else repr(text) for text in known) + "}"
    told = [_number(value) for value in cells if value is not None] if number else [repr(text) for text in known]
    if not told and not number:
        told = [repr(value) for value in cells if isinstance(value, str) and _fits(value)]
    few = list(dict.fromkeys(told))[:_EXAMPLES]
    return f": {', '.join(few)}, …" if few else ""


def _number(value: object) -> str:
    return repr(value) if not isinstance(value, float) else f"{value:.6g}"


def _fits(text: str) -> bool:
    return len(text) <= _LONGEST and re.search(r"[\r\n]", text) is None


def _literal(text: str, column: Column) -> str:
    return text.capitalize() if column.type.upper().strip() == "BOOLEAN" else text
