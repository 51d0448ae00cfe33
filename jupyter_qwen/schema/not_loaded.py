"""How a table comes that the kernel does not hold yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .fields import SchemaFormatError, text_of, texts_of


@dataclass(frozen=True)
class Loading:
    """What makes a table: running `cells` (ids, in document order), or else `code`, which no cell has yet.

    `source` names the file that it comes from, as seen from the notebook's folder; empty for one that the cells make
    themselves.
    """

    cells: tuple[str, ...] = ()
    code: str = ""
    source: str = ""


def loading_of(value: Any, where: str) -> Loading | None:
    """Decode the field `loading` of a table; ``None`` stays so. Raises SchemaFormatError."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise SchemaFormatError(f"{where}.loading must be an object or null")
    where = f"{where}.loading"
    return Loading(texts_of(value, "cells", where), text_of(value, "code", where), text_of(value, "source", where))
