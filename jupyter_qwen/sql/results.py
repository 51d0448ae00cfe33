"""When two results are the same. Standard library only: the process that tries Python asks it, too."""

from __future__ import annotations

import datetime
import decimal
import hashlib
import math
from collections.abc import Sequence
from typing import Any


def result_key(rows: Sequence[Sequence[Any]]) -> str:
    """A fingerprint that two results share when they hold the same rows in any order, with columns in any order.

    Numbers agree when five significant digits do; a date equals the same timestamp at midnight. Names are ignored.
    """
    plain = [tuple(_plain(value) for value in row) for row in rows]
    width = len(plain[0]) if plain else 0
    columns = sorted(range(width), key=lambda i: sorted(row[i] for row in plain))
    ordered = sorted(tuple(row[i] for i in columns) for row in plain)
    return hashlib.sha256(repr((width, ordered)).encode("utf-8", "backslashreplace")).hexdigest()


def _plain(value: Any) -> tuple[int, str]:
    """`value` as something sortable and comparable across types."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return (0, "")
    if isinstance(value, (bool, int, float, decimal.Decimal)):
        return (1, f"{float(value):.5g}") if -1e300 < value < 1e300 else (1, str(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time() and value.tzinfo is None:
        return (2, str(value.date()))
    return (2, str(value))
