"""A share of the rows, told as the mean of a condition that the question's own words make.

Asked for "the share of Italian restaurants in Rome", a small model puts both conditions into WHERE and divides a count by
itself. The condition whose share is wanted is the value that the question names first after the word; a value behind "in" or
"from" says where to look and is taken only when there is no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from jupyter_qwen.prompt.hints.value_hints import ValueHint
from jupyter_qwen.schema.quoting import quote_identifier, quote_text

_SHARE = re.compile(r"\b(?P<word>shares?|percent(?:age)?s?|proportions?|fractions?|ratios?) of\b", re.IGNORECASE)
_ONE_TO_ANOTHER = re.compile(r"\b(?:to|between|and) (?:the|that)\b|\bbetween\b(?! 0 and 1)", re.IGNORECASE)
_PLACED = re.compile(r"\b(?:in|from|at|for|within|among)(?: the)? [\"']?\Z")


def about_shares(question: str, hints: Sequence[ValueHint]) -> Iterator[str]:
    """The line for the share of the rows that have the value named first; none for the ratio of one thing to another."""
    asked = _SHARE.search(question)
    if asked is None or _ONE_TO_ANOTHER.search(question):
        return
    rest = question[asked.end() :].casefold()
    columns: dict[str, set[tuple[str, str]]] = {}
    for hint in hints:
        columns.setdefault(hint.value, set()).add((hint.table.name, hint.column))
    places = [(rest.find(hint.value.casefold()), hint) for hint in hints]
    named = [(_PLACED.search(rest[:place]) is not None, place, hint) for place, hint in places if place >= 0]
    if not named:
        return
    first = min(named, key=lambda found: found[:2])[2]
    value, column = first.value, first.column
    if len(columns[value]) != 1:
        return
    whole = "100.0 * " if asked["word"].lower().startswith("percent") else ""
    condition = f"{quote_identifier(column)} = {quote_text(value)}"
    yield f"share of rows with {condition}: {whole}avg(CASE WHEN {condition} THEN 1.0 ELSE 0.0 END), not in WHERE"
