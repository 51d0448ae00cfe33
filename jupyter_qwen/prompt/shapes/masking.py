"""A question without what it is about: names and values of the schema, numbers and quoted texts become placeholders.

What is left says which analysis is wanted ("the two longest visits of each doctor" → ``the # longest @ of each @``), and that
can be compared with questions about other tables.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.words import identifier_stems, stem

NAMED = "@"
"""Stands for words that name a table, a column or a value, or that no shape speaks of."""
NUMBER = "#"
YEAR = "#year"

_WORDS_OF_ANALYSIS = """
    age average change count date day first hour last mean median minute month name number order percent place price quarter
    rank rate share sum time total week year"""
SPEAKING_OF_SHAPE = frozenset(_WORDS_OF_ANALYSIS.split())
"""Words that tables use as names and questions as words of analysis: never masked."""

_QUOTED = re.compile(r"(?<!\w)'[^']{1,60}'(?!\w)|\"[^\"]{1,60}\"|“[^”]{1,60}”|‘[^’]{1,60}’|`[^`]{1,60}`")
_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_TOKEN = re.compile(rf"%|[{_IDEOGRAPHS}]|[^\W_{_IDEOGRAPHS}]+")
_YEAR = re.compile(r"(?:19|20)\d\ds?")
_AS_WORD = "quotedvalue"
_COUNTING_WORDS = """
    two three four five six seven eight nine ten twelve dozen zwei drei vier fünf sechs zehn deux trois quatre cinq dix
    dos tres cuatro cinco diez"""
_COUNTING = frozenset(_COUNTING_WORDS.split())
_VALUES_LOOKED_AT = 20_000
_OF_THE_ANSWER = re.compile(
    r"(?<=[.?!;])\s+(?:return|give|show|list|report|include|print|display|name|order|sort|round|use)\b[^.?!]*", re.I
)
"""Sentences after the question that only say which columns come back, and in which order."""


def tokens(question: str) -> tuple[str, ...]:
    """The stems of a question's words in order; quoted texts, years and numbers as placeholders. Chinese goes by character."""
    text = _OF_THE_ANSWER.sub("", _QUOTED.sub(f" {_AS_WORD} ", question))
    return tuple(_token(word) for word in _TOKEN.findall(text))


def _token(word: str) -> str:
    if word == "%":
        return "percent"
    if word == _AS_WORD:
        return NAMED
    if _YEAR.fullmatch(word):
        return YEAR
    if word[0].isdigit() or word.casefold() in _COUNTING:
        return NUMBER
    return stem(word)


def masked(found: Iterable[str], named: Collection[str]) -> tuple[str, ...]:
    """`found`, the tokens of a question, with those in `named` masked and runs of placeholders as one."""
    kept: list[str] = []
    for token in found:
        shown = NAMED if token in named else token
        if not (shown == NAMED and kept and kept[-1] == NAMED):
            kept.append(shown)
    return tuple(kept)


def stems_of(names: Iterable[str]) -> frozenset[str]:
    """What a question says when it speaks of `names`."""
    return frozenset(part for name in names for part in identifier_stems(name))


def explained(question: str, schema: Schema) -> frozenset[str]:
    """Those tokens of `question` that the schema's names and values explain."""
    said = frozenset(tokens(question))
    names: set[str] = set()
    for table in schema.tables:
        names.update(said.intersection(identifier_stems(table.name)))
        for column in table.columns:
            names.update(said.intersection(identifier_stems(column.name)))
    folded = question.casefold()
    looked_at = 0
    for table in schema.tables:
        for column in table.columns:
            looked_at += len(column.values)
            for value in column.values if looked_at < _VALUES_LOOKED_AT else ():
                if 2 < len(value) <= 60 and value.casefold() in folded:
                    names.update(tokens(value))
    return frozenset(names)
