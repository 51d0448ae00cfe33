"""Title, labels and units, from the question and from the names of columns."""

from __future__ import annotations

import re
import textwrap
from typing import Final

from jupyter_qwen.schema.words import identifier_words

TITLE_WIDTH: Final = 64
_UNITS: Final = {
    "eur": "EUR", "euro": "EUR", "euros": "EUR", "usd": "USD", "dollars": "USD", "gbp": "GBP", "chf": "CHF",
    "pct": "%", "percent": "%", "percentage": "%", "kg": "kg", "grams": "g", "km": "km", "miles": "miles", "meters": "m",
    "cm": "cm", "mm": "mm", "ms": "ms", "seconds": "seconds", "secs": "seconds", "minutes": "minutes", "hours": "hours",
    "days": "days", "celsius": "°C", "fahrenheit": "°F", "kwh": "kWh", "mwh": "MWh", "bytes": "bytes", "kb": "kB", "mb": "MB",
    "gb": "GB",
}  # fmt: skip
_IN_UNIT: Final = re.compile(r"\bin (\w+|€|\$|£|%)", re.IGNORECASE)
_SIGNS: Final = {"€": "EUR", "$": "USD", "£": "GBP", "%": "%"}
_PLAIN: Final = re.compile(r"\w+\Z")
_ABBREVIATED: Final = {
    "avg": "average",
    "num": "number of",
    "cnt": "count",
    "qty": "quantity",
    "amt": "amount",
    "pct": "percent",
}


def title_of(subject: str) -> str:
    """The request as a title, its first letter large; lines of at most `TITLE_WIDTH` characters."""
    text = " ".join(subject.split())[:200]
    return "\n".join(textwrap.wrap(text[:1].upper() + text[1:], TITLE_WIDTH))


def label_of(name: str, subject: str = "", *, measure: bool = False) -> str:
    """A column's name for people: ``total_revenue_eur`` is *Total revenue (EUR)*.

    A unit that the question asks for ("in euros") goes to a measure whose name tells none. What is no plain name, such as
    ``count_star()``, stays as it is.
    """
    if name.casefold() in ("count_star()", "count(*)"):
        return "Count"
    if not _PLAIN.match(name):
        return name
    words = list(identifier_words(name))
    unit = ""
    if len(words) > 1 and words[-1] in _UNITS:
        unit = _UNITS[words.pop()]
    elif measure:
        unit = _asked_unit(subject)
    text = " ".join(_ABBREVIATED.get(word, word) for word in words) or name
    label = text[:1].upper() + text[1:]
    return f"{label} ({unit})" if unit else label


def _asked_unit(subject: str) -> str:
    for found in _IN_UNIT.findall(subject):
        unit = _SIGNS.get(found) or _UNITS.get(found.lower())
        if unit:
            return unit
    return ""
