"""DuckDB's names for the types of pandas, Arrow and polars columns, as DuckDB itself maps them; ``""`` when it cannot.

Checked against DuckDB by tests/unit/schema/test_schema_dtypes.py.
"""

from __future__ import annotations

import re
from typing import Any

from ..quoting import quote_identifier, quote_text

_SCALARS = {
    "bool": "BOOLEAN", "boolean": "BOOLEAN",
    "int8": "TINYINT", "int16": "SMALLINT", "int32": "INTEGER", "int64": "BIGINT", "int128": "HUGEINT",
    "uint8": "UTINYINT", "uint16": "USMALLINT", "uint32": "UINTEGER", "uint64": "UBIGINT", "uint128": "UHUGEINT",
    "float16": "FLOAT", "halffloat": "FLOAT", "float32": "FLOAT", "float": "FLOAT", "float64": "DOUBLE", "double": "DOUBLE",
    "str": "VARCHAR", "string": "VARCHAR", "large_string": "VARCHAR", "string_view": "VARCHAR", "utf8": "VARCHAR",
    "categorical": "VARCHAR", "enum": "VARCHAR",
    "binary": "BLOB", "large_binary": "BLOB", "binary_view": "BLOB",
    "date": "DATE", "date32[day]": "DATE", "date64[ms]": "DATE",
    "null": '"NULL"',
}  # fmt: skip
_TIMESTAMPS = {"s": "TIMESTAMP_S", "ms": "TIMESTAMP_MS", "us": "TIMESTAMP", "ns": "TIMESTAMP_NS"}
_WITH_ZONE = "TIMESTAMP WITH TIME ZONE"
_PANDAS_TIME = re.compile(r"datetime64\[(s|ms|us|ns)(, .*)?\]$")
_ARROW_TIME = re.compile(r"timestamp\[(s|ms|us|ns)(, tz=.*)?\]$")
MAX_MEMBERS = 100  # an ENUM with more is named VARCHAR: its text would be longer than the rest of the schema


def struct_type(fields: list[tuple[str, str]]) -> str:
    """STRUCT of (name, type) pairs; ``""`` when a field has no type."""
    if not fields or not all(kind for _, kind in fields):
        return ""
    return "STRUCT(" + ", ".join(f"{quote_identifier(name)} {kind}" for name, kind in fields) + ")"


def enum_type(members: list[str]) -> str:
    """ENUM of texts."""
    return "ENUM(" + ", ".join(quote_text(str(member)) for member in members) + ")"


def is_text(kind: str) -> bool:
    """Whether values of the type are compared as texts."""
    return kind == "VARCHAR" or kind.startswith("ENUM(")


def is_whole(kind: str) -> bool:
    """Whether the type is an integer or a truth value."""
    return kind in (
        "BOOLEAN",
        "TINYINT",
        "SMALLINT",
        "INTEGER",
        "BIGINT",
        "UTINYINT",
        "USMALLINT",
        "UINTEGER",
        "UBIGINT",
    )


def pandas_type(dtype: Any) -> str | None:
    """The type of a pandas or numpy dtype; ``None`` means: look at the values (object columns)."""
    owner = type(dtype).__module__.partition(".")[0]
    if owner not in ("pandas", "numpy"):
        return ""
    if type(dtype).__name__ == "ArrowDtype":
        return arrow_type(dtype.pyarrow_dtype)
    if type(dtype).__name__ == "CategoricalDtype":
        members = dtype.categories.tolist()
        if all(type(member) is str for member in members):
            return enum_type(members) if 0 < len(members) <= MAX_MEMBERS else "VARCHAR"
        return pandas_type(dtype.categories.dtype)
    text = str(dtype)
    if text == "object":
        return None
    match = _PANDAS_TIME.match(text)
    if match:
        return _WITH_ZONE if match.group(2) else _TIMESTAMPS[match.group(1)]
    if text.startswith("timedelta64["):
        return "INTERVAL"
    if text.startswith("string["):
        return "VARCHAR"
    return _SCALARS.get(text.lower(), "")


def arrow_type(kind: Any) -> str:
    """The type of a `pyarrow.DataType`."""
    text = str(kind)
    if text in _SCALARS:
        return _SCALARS[text]
    match = _ARROW_TIME.match(text)
    if match:
        return _WITH_ZONE if match.group(2) else _TIMESTAMPS[match.group(1)]
    head = re.split(r"[\[<(]", text, maxsplit=1)[0]
    if head in ("time32", "time64"):
        return "TIME_NS" if text.endswith("[ns]") else "TIME"
    if head in ("duration", "month_day_nano_interval"):
        return "INTERVAL"
    if head in ("decimal32", "decimal64", "decimal128"):
        return f"DECIMAL({kind.precision},{kind.scale})"
    if head == "fixed_size_binary":
        return "BLOB"
    if head in ("list", "large_list", "list_view", "large_list_view"):
        inner = arrow_type(kind.value_type)
        return inner and inner + "[]"
    if head == "fixed_size_list":
        inner = arrow_type(kind.value_type)
        return inner and f"{inner}[{kind.list_size}]"
    if head == "struct":
        fields = [kind.field(i) for i in range(kind.num_fields)]
        return struct_type([(field.name, arrow_type(field.type)) for field in fields])
    if head == "map":
        key, item = arrow_type(kind.key_type), arrow_type(kind.item_type)
        return f"MAP({key}, {item})" if key and item else ""
    if head == "dictionary":
        return arrow_type(kind.value_type)
    return ""


def polars_type(dtype: Any) -> str:
    """The type of a polars dtype. A dtype may be a class or an instance of it."""
    name = (dtype if isinstance(dtype, type) else type(dtype)).__name__
    if name == "Datetime":
        return _WITH_ZONE if dtype.time_zone else _TIMESTAMPS.get(dtype.time_unit or "us", "")
    if name == "Decimal":
        return f"DECIMAL({dtype.precision or 38},{dtype.scale or 0})"
    if name == "List":
        inner = polars_type(dtype.inner)
        return inner and inner + "[]"
    if name == "Array":
        return _polars_array(dtype)
    if name == "Struct":
        return struct_type([(field.name, polars_type(field.dtype)) for field in dtype.fields])
    return {"Time": "TIME_NS", "Duration": "INTERVAL"}.get(name) or _SCALARS.get(name.lower(), "")


def _polars_array(dtype: Any) -> str:
    inner, sizes = dtype.inner, ""
    for size in reversed(dtype.shape):
        sizes += f"[{size}]"
    while type(inner).__name__ == "Array":
        inner = inner.inner
    kind = polars_type(inner)
    return kind and kind + sizes
