"""Words of questions and of identifiers, cut down to a stem so that "airlines" meets `AirlineId`.

The only place where names and questions are split. The collector takes it along into the user's kernel.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")

_STOP_TEXT = (
    "a about above after again all also among an and any are as at average be been before below between both but by can "
    "compute count could did do does each every find for from get give had has have how i if in into is it its list many "
    "me more most much name names need no not number of on one only or order other our out over per please return same "
    "select show so some than that the their them then there these they this those to too total two under up us using "
    "was we were what when where which while who whose will with without would you your"
)
STOP_WORDS = frozenset(_STOP_TEXT.split())
"""Words that say what to do with data rather than which data; matching them against names or values misleads."""
_QUOTED = re.compile(r"['\"‘’“”]([^'\"‘’“”]{2,60})['\"‘’“”]")
# Names of columns more often than parts of a value, so that a search for them finds too much.
_RARELY_VALUES = "during first last least less mean sum top day week month year"
_NOT_SEARCHED = STOP_WORDS | frozenset(_RARELY_VALUES.split())
MOST_SEARCHED = 12


def words(text: str) -> tuple[str, ...]:
    """The words of a text in its own spelling, numbers included."""
    return tuple(_WORD.findall(text))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A crude English stem: lower case without the endings of plurals and of a few verb forms.

    It only has to be the same for two spellings of one word; it need not be a word. Anything finer (Porter) merges more than it
    separates on identifiers.
    """
    word = word.lower()
    for ending, rest in (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x")):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word[: -len(ending)] + rest
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


@lru_cache(maxsize=65536)
def identifier_words(name: str) -> tuple[str, ...]:
    """The parts of a name in lower case: ``customerIDs`` → (customer, ids), ``home_city2`` → (home, city, 2)."""
    return tuple(part.lower() for word in _WORD.findall(name.replace("_", " ")) for part in _HUMP.split(word) if part)


@lru_cache(maxsize=65536)
def identifier_stems(name: str) -> tuple[str, ...]:
    """The stems of the parts of a name: ``customerIDs`` → (customer, id)."""
    return tuple(stem(part) for part in identifier_words(name))


def content_stems(text: str) -> tuple[str, ...]:
    """The stems of a question's words that may name data, first occurrence first, without repetition."""
    seen: dict[str, None] = {}
    for word in words(text):
        if word.lower() not in STOP_WORDS:
            seen.setdefault(stem(word))
    return tuple(seen)


def searched_words(question: str | None) -> list[str]:
    """What to look for in a database before all else: quoted phrases, then words of three letters or more, lower case."""
    text = (question or "")[:5_000]
    found = [phrase.strip().lower() for phrase in _QUOTED.findall(text)]
    found += [word.lower() for word in words(text) if len(word) >= 3 and word.lower() not in _NOT_SEARCHED]
    return list(dict.fromkeys(word for word in found if word))[:MOST_SEARCHED]


def relevance(record: dict[str, Any], searched: list[str]) -> int:
    """How many of the words `searched`, singular or plural, occur in the table's name (counted twice) or in a column's name."""
    stems = [stem(word) for word in searched]
    name = ".".join(record["reference"]).lower()
    columns = " ".join(column["name"] for column in record["columns"]).lower()
    return sum(2 * (part in name) + (part in columns) for part in stems if part)
