"""Values of the data that a question names: "airlines in the USA" → ``airlines.Country = 'USA'``.

The hints go after the schema, so the cached prefix stays the same. They only use what the collector sent: at the privacy
levels *names* and *types* a schema carries no value, and columns whose name says secret are left out here as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jupyter_qwen.schema.model import Column, Schema, Table
from jupyter_qwen.schema.privacy import is_secret
from jupyter_qwen.schema.quoting import quote_identifier, quote_reference, quote_text
from jupyter_qwen.schema.words import STOP_WORDS, identifier_stems, stem, words

_LONGEST = 60  # characters of a value that can be a filter's literal
_QUOTED = 3.0  # weight of a phrase in quotes: certainly a value
_PHRASE = 6  # words of a question that may form one value
_PERIODS = frozenset({
    "minute", "hour", "day", "week", "month", "quarter", "year", "hourly", "daily", "weekly", "monthly", "quarterly", "yearly",
})  # fmt: skip


@dataclass(frozen=True)
class ValueHint:
    """A value in `column` of `table` whose spelling resembles words of the question; `weight` orders hints."""

    table: Table
    column: str
    value: str
    weight: float

    def __str__(self) -> str:
        return f"{quote_reference(self.table.reference)}.{quote_identifier(self.column)} = {quote_text(self.value)}"


def matching_values(question: str, schema: Schema, tables: Sequence[Table], *, limit: int = 6) -> tuple[ValueHint, ...]:
    """Values of `tables` that the question's words name, the surest first, at most `limit`.

    A value matches when the whole of it occurs as words of the question (whatever case and plural), or when a capitalised or
    quoted phrase of the question is one of its words. Values come from `Column.values`, which the collector fills for columns
    of few texts, and from sample rows. A bare word that names a table or a column is taken for that name, not for a value.
    """
    if schema.privacy not in ("values", "samples"):
        return ()
    names = {part for t in tables for name in (t.name, *(c.name for c in t.columns)) for part in identifier_stems(name)}
    asked = {stem(word) for word in words(question)}
    phrases = {text: weight for text, weight in _phrases(question) if weight >= _QUOTED or text not in names}
    if not phrases:
        return ()
    found: dict[tuple[tuple[str, ...], str, str], ValueHint] = {}
    for table in tables:
        for position, column in enumerate(table.columns):
            if is_secret(column.name):
                continue
            for value in _values(table, position, column):
                if value.casefold() in _PERIODS and not asked & set(identifier_stems(column.name)):
                    continue  # "rides per month" says nothing of the plan that is called month
                weight = _weight(value, phrases)
                if weight > 0:
                    key = (table.reference, column.name, value)
                    found.setdefault(key, ValueHint(table, column.name, value, weight))
    hints = sorted(found.values(), key=lambda h: (-h.weight, len(h.value)))
    return tuple(hints[:limit])


def _values(table: Table, position: int, column: Column) -> Iterator[str]:
    seen: set[str] = set()
    for value in (*column.values, *(row[position] for row in table.rows)):
        if isinstance(value, str) and 1 <= len(value) <= _LONGEST and "\n" not in value and value not in seen:
            seen.add(value)
            if not value.replace(".", "").replace("-", "").isdigit():
                yield value


def _phrases(question: str) -> Iterator[tuple[str, float]]:
    """Stemmed phrases of the question with how much a match on them says; quoted and capitalised ones say most."""
    found: dict[str, float] = {}
    for quoted in re.findall(r"'([^']{1,60})'|\"([^\"]{1,60})\"|“([^”]{1,60})”", question):
        text = next(part for part in quoted if part)
        found[_key(text)] = _QUOTED
    tokens = words(question)
    for start in range(len(tokens)):
        for end in range(start + 1, min(len(tokens), start + _PHRASE) + 1):
            piece = tokens[start:end]
            if all(w.lower() in STOP_WORDS for w in piece) or (len(piece) == 1 and len(piece[0]) < 2):
                continue
            named = any(w[0].isupper() for w in (piece if start else piece[1:]) if w.lower() not in STOP_WORDS)
            weight = 1.0 + 0.4 * (len(piece) - 1) + (0.5 if named else 0.0)
            key = " ".join(stem(w) for w in piece)
            found[key] = max(found.get(key, 0.0), weight)
    yield from found.items()


def _weight(value: str, phrases: dict[str, float]) -> float:
    key = _key(value)
    if not key:
        return 0.0
    return phrases.get(key, 0.0)


def _key(text: str) -> str:
    return " ".join(stem(w) for w in words(text))
