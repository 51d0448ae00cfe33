"""Numbers and names as a receipt writes them."""

from __future__ import annotations


def figure(value: object) -> str:
    """A number with thousands separated and at most four decimals; anything else as text, NULL for none."""
    if value is None:
        return "NULL"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.4f}".rstrip("0").rstrip(".") if abs(value) >= 0.001 else f"{value:.4g}"


def rows(count: object) -> str:
    """``1 row``, ``3 rows``."""
    return f"{figure(count)} row{'' if count == 1 else 's'}"


def listed(items: list[str], most: int = 3) -> str:
    """``a, b and 4 more``."""
    shown = ", ".join(items[:most])
    return shown if len(items) <= most else f"{shown} and {len(items) - most} more"
