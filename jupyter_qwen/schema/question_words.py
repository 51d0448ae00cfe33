"""The words of a question that can name a table, a column or a value: they decide what is read first."""

from __future__ import annotations

import re
from typing import Any

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_QUOTED = re.compile(r"['\"‘’“”]([^'\"‘’“”]{2,60})['\"‘’“”]")
_COMMON_WORDS = """
    the and for all are was were has have had how many much what which who whose when where with without from into each per
    show list give find get tell name names number count total sum average mean most least more less than that this those
    these their them there not only also over under between during after before year month day week top first last"""
_COMMON = frozenset(_COMMON_WORDS.split())
MOST_WORDS = 12


def question_words(question: str | None) -> list[str]:
    """Quoted phrases first, then single words of three letters or more, lower case, without the most common ones."""
    if not question:
        return []
    text = question[:5_000]
    words = [phrase.strip().lower() for phrase in _QUOTED.findall(text)]
    words += [word.lower() for word in _WORD.findall(text) if len(word) >= 3 and word.lower() not in _COMMON]
    return list(dict.fromkeys(word for word in words if word))[:MOST_WORDS]


def relevance(record: dict[str, Any], words: list[str]) -> int:
    """How many of `words`, singular or plural, occur in the table's name (counted twice) or in a column's name."""
    stems = [word.rstrip("s") for word in words]
    name = ".".join(record["reference"]).lower()
    columns = " ".join(column["name"] for column in record["columns"]).lower()
    return sum(2 * (stem in name) + (stem in columns) for stem in stems if stem)
