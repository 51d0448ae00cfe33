"""Fields of a schema on the wire, each of the type that the protocol states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class SchemaFormatError(ValueError):
    """A schema on the wire does not have the documented form; the message names the first field that is off."""


def items_of(data: Mapping[str, Any], key: str, where: str) -> Sequence[Mapping[str, Any]]:
    """The objects under `key`; none where there is no such field. Raises SchemaFormatError."""
    value = data.get(key, ())
    # dict first: asking the abstract class of 20,000 columns takes longer than all else about them
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, (dict, Mapping)) for item in value):
        raise SchemaFormatError(f"{where}.{key} must be a list of objects")
    return value


def text_of(data: Mapping[str, Any], key: str, where: str) -> str:
    """The text under `key`, which must be there. Raises SchemaFormatError."""
    value = data.get(key)
    if not isinstance(value, str):
        raise SchemaFormatError(f"{where}.{key} must be a text, not {type(value).__name__}")
    return value


def count_of(
    value: Any, key: str, where: str, kinds: tuple[type[int], ...] | tuple[type[int], type[float]] = (int,)
) -> Any:
    """A number, or None. Raises SchemaFormatError."""
    if value is None or (isinstance(value, kinds) and not isinstance(value, bool) and abs(value) < 2**63):
        return value
    raise SchemaFormatError(f"{where}.{key} must be a whole number, not {type(value).__name__}")


def texts_of(data: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    """The texts under `key`; none where there is no such field. Raises SchemaFormatError."""
    value = data.get(key, ())
    if value == [] or value == ():
        return ()
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise SchemaFormatError(f"{where}.{key} must be a list of texts")
    return tuple(value)
