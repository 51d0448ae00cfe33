"""The type that DuckDB gives a column of Python objects: it looks at a sample of the values, and so does this module."""

from __future__ import annotations

import math
from typing import Any

from .dtypes import struct_type
from .encoding import class_path

_ORDER = ("BOOLEAN", "INTEGER", "BIGINT", "HUGEINT", "DOUBLE")
SAMPLE = 1_000  # DuckDB's setting pandas_analyze_sample


def objects_type(values: list[Any]) -> str:
    """The DuckDB type that holds all `values`; ``'"NULL"'`` when every value is missing."""
    kinds = set(map(type, values))
    if kinds <= {str, type(None)} and str in kinds:
        return "VARCHAR"
    found = '"NULL"'
    for value in values:
        kind = _value_type(value)
        if kind is not None:
            found = _common(found, kind)
    return found


def _value_type(value: Any) -> str | None:
    kind = type(value)
    if value is None or (kind is float and math.isnan(value)):
        return None
    if kind is str:
        return "VARCHAR"
    if kind is bool:
        return "BOOLEAN"
    if kind is int:
        return _integer(value)
    if kind is float:
        return "DOUBLE"
    if kind in (bytes, bytearray):
        return "BLOB"
    if kind in (list, tuple):
        return objects_type(list(value)[:SAMPLE]) + "[]"
    if kind is dict:
        return _mapping(value)
    return _foreign_type(value, kind)


def _integer(value: int) -> str:
    if -(2**31) <= value < 2**31:
        return "INTEGER"
    if -(2**63) <= value < 2**63:
        return "BIGINT"
    return "HUGEINT" if -(2**127) <= value < 2**127 else "DOUBLE"


def _mapping(value: dict[Any, Any]) -> str:
    if value and all(type(key) is str for key in value):
        return struct_type([(key, objects_type([item])) for key, item in value.items()])
    return f"MAP({objects_type(list(value))}, {objects_type(list(value.values()))})"


def _foreign_type(value: Any, kind: type) -> str | None:
    module, name = class_path(kind)
    root = module.partition(".")[0]
    if root == "pandas" and name in ("NAType", "NaTType"):
        return None
    if (module, name) == ("decimal", "Decimal"):
        return _decimal(value)
    if (module, name) == ("uuid", "UUID"):
        return "UUID"
    if module == "datetime" or root == "pandas":
        if name in ("datetime", "Timestamp"):
            return "TIMESTAMP" if value.tzinfo is None else "TIMESTAMP WITH TIME ZONE"
        return {"date": "DATE", "time": "TIME", "timedelta": "INTERVAL", "Timedelta": "INTERVAL"}.get(name, "VARCHAR")
    if root == "numpy":
        if name == "ndarray":
            return objects_type(value[:SAMPLE].tolist() if value.ndim == 1 else []) + "[]"
        if name in ("datetime64", "timedelta64"):
            return "TIMESTAMP" if name == "datetime64" else "INTERVAL"
        return (
            _value_type(value.item())
            if type(getattr(value, "item", None)).__name__.startswith("builtin")
            else "VARCHAR"
        )
    return "VARCHAR"


def _decimal(value: Any) -> str | None:
    if not value.is_finite():
        return "DOUBLE"
    _, digits, exponent = value.as_tuple()
    scale = max(0, -exponent)
    width = max(len(digits) + max(0, exponent), scale + (1 if len(digits) <= scale else 0))
    return f"DECIMAL({width},{scale})" if width <= 38 else "DOUBLE"


def _common(one: str, two: str) -> str:
    """The smallest type that holds both."""
    if one == two or two == '"NULL"':
        return one
    if one == '"NULL"':
        return two
    if one.endswith("[]") and two.endswith("[]"):
        return _common(one[:-2], two[:-2]) + "[]"
    if one in _ORDER and two in _ORDER and "BOOLEAN" not in (one, two):
        return max(one, two, key=_ORDER.index)
    if one.startswith("DECIMAL(") and two.startswith("DECIMAL("):
        return _common_decimal(one, two)
    decimals = [kind.startswith("DECIMAL(") for kind in (one, two)]
    if any(decimals) and (one in _ORDER[1:] or two in _ORDER[1:]):
        return "DOUBLE"
    if {one, two} == {"DATE", "TIMESTAMP"}:
        return "TIMESTAMP"
    if one.startswith("STRUCT(") and two.startswith(("STRUCT(", "MAP(")):
        return "MAP(VARCHAR, VARCHAR)"
    return "VARCHAR"


def _common_decimal(one: str, two: str) -> str:
    (width_1, scale_1), (width_2, scale_2) = (tuple(int(part) for part in kind[8:-1].split(",")) for kind in (one, two))
    scale = max(scale_1, scale_2)
    width = max(width_1 - scale_1, width_2 - scale_2) + scale
    return f"DECIMAL({width},{scale})" if width <= 38 else "DOUBLE"
