"""Proofs and trials as JSON, for the pipe between this process and the worker."""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

from .model import Diagnostic, Proof, Repair

#: Types that JSON lacks: how each becomes a text, and what makes a value of it again.
_TEXTS: Final[dict[str, tuple[type, Callable[[Any], str], Callable[[str], Any]]]] = {
    "decimal": (decimal.Decimal, str, decimal.Decimal),
    "datetime": (datetime.datetime, datetime.datetime.isoformat, datetime.datetime.fromisoformat),
    "date": (datetime.date, datetime.date.isoformat, datetime.date.fromisoformat),
    "time": (datetime.time, datetime.time.isoformat, datetime.time.fromisoformat),
    "uuid": (uuid.UUID, str, uuid.UUID),
    "bytes": (bytes, bytes.hex, bytes.fromhex),
}


def pack(value: Any) -> Any:
    """A value of a result as JSON. What has no form here goes as its text."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        items = [pack(item) for item in value]
        return items if isinstance(value, list) else {"tuple": items}
    if isinstance(value, dict):
        return {"dict": [[pack(key), pack(item)] for key, item in value.items()]}
    if isinstance(value, datetime.timedelta):
        return {"interval": [value.days, value.seconds, value.microseconds]}
    for name, (kind, text, _) in _TEXTS.items():
        if isinstance(value, kind):
            return {name: text(value)}
    return str(value)


def unpack(value: Any) -> Any:
    """The value that `pack` made `value` of."""
    if isinstance(value, list):
        return [unpack(item) for item in value]
    if not isinstance(value, dict):
        return value
    ((name, inside),) = value.items()
    if name == "tuple":
        return tuple(unpack(item) for item in inside)
    if name == "dict":
        return {unpack(key): unpack(item) for key, item in inside}
    if name == "interval":
        return datetime.timedelta(*inside)
    return _TEXTS[name][2](inside)


def pack_proof(proof: Proof) -> dict[str, Any]:
    return asdict(proof)


def unpack_proof(found: Mapping[str, Any]) -> Proof:
    return Proof(
        found["sql"], found["verdict"], found["kind"], tuple(unpack_diagnostic(item) for item in found["diagnostics"]),
        tuple(Repair(**item) for item in found["repairs"]), found["needs_consent"],
    )  # fmt: skip


def unpack_diagnostic(found: Mapping[str, Any]) -> Diagnostic:
    return Diagnostic(**{**found, "candidates": tuple(found["candidates"])})
