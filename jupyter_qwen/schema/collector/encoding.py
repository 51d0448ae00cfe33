"""Values as JSON. Temporal, decimal and binary values become texts that DuckDB casts back to the column's type.

No method of a user's class is called: a value whose class is not from the standard library, numpy or pandas is dropped.
"""

from __future__ import annotations

import math
from typing import Any

MAX_SAFE_INTEGER = 2**53  # what JavaScript, which passes the schema on, keeps exactly
_TEXT_OF = {
    ("decimal", "Decimal"),
    ("uuid", "UUID"),
    ("datetime", "date"),
    ("datetime", "datetime"),
    ("datetime", "time"),
}
_MISSING = {"NAType", "NaTType"}


_CLASS_MODULE, _CLASS_NAME = type.__dict__["__module__"], type.__dict__["__name__"]


def class_path(kind: type) -> tuple[str, str]:
    """Module and name of a class, without asking its metaclass, which may be the user's."""
    module = _CLASS_MODULE.__get__(kind)
    return module if type(module) is str else "", _CLASS_NAME.__get__(kind)


def clean_text(text: str, limit: int) -> str:
    """At most `limit` characters of `text`, without lone surrogates, which no JSON encoder sends."""
    return text[:limit].encode("utf-8", "replace").decode("utf-8")


def jsonable(value: Any, chars: int, items: int, depth: int = 4) -> Any:
    """`value` as JSON, texts cut to `chars` characters and lists to `items` items; ``None`` for what cannot be told."""
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is str:
        return clean_text(value, chars)
    if kind is int:
        return value if abs(value) <= MAX_SAFE_INTEGER else str(value)
    if kind is float:
        return value if math.isfinite(value) else str(value)
    if kind in (bytes, bytearray):
        return blob_text(bytes(value[:chars]))
    if kind in (list, tuple, set, frozenset):
        return [jsonable(item, chars, items, depth - 1) for item in list(value)[:items]] if depth else None
    if kind is dict:
        return _object(value, chars, items, depth) if depth else None
    return _foreign(value, kind, chars, items, depth)


def _object(value: Any, chars: int, items: int, depth: int) -> Any:
    plain = {}
    for key in list(value)[:items]:
        name = key if type(key) is str else jsonable(key, chars, items, 0)
        if name is not None:
            plain[clean_text(str(name), chars)] = jsonable(value[key], chars, items, depth - 1)
    return plain


def _foreign(value: Any, kind: type, chars: int, items: int, depth: int) -> Any:
    module, name = class_path(kind)
    root = module.partition(".")[0]
    if name in _MISSING and root == "pandas":
        return None
    if (module, name) in _TEXT_OF:
        return str(value)
    if (module == "datetime" and name == "timedelta") or (root == "pandas" and name == "Timedelta"):
        return interval_text(value)
    if root == "pandas" and name == "Timestamp":
        return str(value)
    if root == "numpy":
        if name == "ndarray":
            return (
                jsonable(value.tolist(), chars, items, depth)
                if value.dtype.kind != "O" and value.size < 10_000
                else None
            )
        if name in ("datetime64", "timedelta64"):
            return str(value)
        return jsonable(value.item(), chars, items, 0) if hasattr(value, "item") and name != "longdouble" else None
    if root == "polars" and name == "Series":
        return jsonable(value.to_list(), chars, items, depth)
    return None


def interval_text(value: Any) -> str:
    """A `timedelta` as DuckDB reads an INTERVAL."""
    microseconds = (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds
    return f"{microseconds} microseconds"


def blob_text(value: bytes) -> str:
    r"""Bytes as DuckDB prints and reads a BLOB: printable ASCII, everything else as ``\xNN``.

    https://duckdb.org/docs/stable/sql/data_types/blob
    """
    return "".join(chr(b) if 32 <= b < 127 and b not in (34, 39, 92) else f"\\x{b:02X}" for b in value)


def weight(value: Any) -> int:
    """About how many bytes `value`, already JSON, takes on the wire."""
    if type(value) is str:
        return len(value) + 3
    if type(value) is list:
        return 2 + sum(map(weight, value))
    if type(value) is dict:
        return 2 + sum(len(key) + 4 + weight(item) for key, item in value.items())
    return 8
