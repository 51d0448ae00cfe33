"""The example of the library whose question is built like the user's, or none.

Masked questions are compared by the words that are left, by pairs of neighbours, and by pairs with one word between
(tf-idf, cosine). The nearest wordings vote for their shape, so that one odd wording decides nothing. Other ways were
measured by ``benchmarks/shapes.py``: docs/explanation/log.md, "Prompt".
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from jupyter_qwen.prompt.shapes.library import PLAIN, Pair, library
from jupyter_qwen.prompt.shapes.masking import (
    NAMED,
    NUMBER,
    SPEAKING_OF_SHAPE,
    YEAR,
    explained,
    masked,
    stems_of,
    tokens,
)
from jupyter_qwen.schema.model import Schema

THRESHOLD = 0.25
"""Likeness (0 to 1) below which nothing fits. Chosen on the odd cases of a development pack: see ``benchmarks/shapes.py``."""

_VOTES = 9
_OF_PAIRS = 0.6  # what a pair of words counts against a single word
_COMMON_IN = (
    2  # databases of the library whose questions use a word: then it speaks of shapes, whatever a column's name is
)
_Feature = str | tuple[str, str] | tuple[str, str, str]


@dataclass(frozen=True)
class Example:
    """A worked example: `question` and `sql` are shown; `tables` are the definitions it is about; `score` is 0 to 1."""

    shape: str
    question: str
    sql: str
    tables: str
    score: float


@dataclass(frozen=True)
class Match:
    """The library's best pair for a question, whether or not it is good enough to be shown."""

    pair: Pair
    score: float


def fitting(question: str, schema: Schema) -> Example | None:
    """The one worked example to show with `question`; None when nothing fits or none is needed. Some milliseconds."""
    best = index().best(question, explained(question, schema))
    if best is None or best.pair.shape == PLAIN or best.score < THRESHOLD:
        return None
    pair = best.pair
    return Example(pair.shape, pair.question, pair.sql, pair.database.definitions, round(best.score, 3))


@lru_cache(maxsize=1)
def index() -> Index:
    """The index over the whole library, made at the first question."""
    return Index(library())


class Index:
    """Wordings of `pairs` by their features; 1,000 of them are compared in a few milliseconds."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        rows = [(pair, wording) for pair in pairs for wording in pair.wordings]
        self._pairs = [pair for pair, _ in rows]
        spoken = [tokens(wording.text) for _, wording in rows]
        own = {pair.database.name: _own_words(pair) for pair in self._pairs}
        self._own = own
        users: defaultdict[str, set[str]] = defaultdict(set)
        for pair, said in zip(self._pairs, spoken, strict=True):
            for token in set(said) - own[pair.database.name]:
                users[token].add(pair.database.name)
        self._known = frozenset(users) | {NUMBER, YEAR}
        self._cues = SPEAKING_OF_SHAPE | {token for token, names in users.items() if len(names) >= _COMMON_IN}
        counted = [
            _features(masked(said, own[pair.database.name] - self._cues))
            for pair, said in zip(self._pairs, spoken, strict=True)
        ]
        frequency = Counter(feature for features in counted for feature in features)
        self._weight = {
            feature: math.log(1 + len(rows) / times) * (1.0 if isinstance(feature, str) else _OF_PAIRS)
            for feature, times in frequency.items()
        }
        self._where: defaultdict[_Feature, list[tuple[int, float]]] = defaultdict(list)
        for row, features in enumerate(counted):
            for feature, weight in self._vector(features).items():
                self._where[feature].append((row, weight))

    def best(self, question: str, named: frozenset[str]) -> Match | None:
        """The pair whose shape the nearest wordings agree on; `named` are the tokens that the schema explains."""
        said = tokens(question)
        unknown = {token for token in said if token not in self._known}
        wanted = self._vector(_features(masked(said, (named - self._cues) | unknown)))
        scores: defaultdict[int, float] = defaultdict(float)
        for feature, weight in wanted.items():
            for row, theirs in self._where[feature]:
                scores[row] += weight * theirs
        nearest = sorted(scores, key=lambda row: (-scores[row], row))[:_VOTES]
        if not nearest:
            return None
        votes: defaultdict[str, float] = defaultdict(float)
        for row in nearest:
            votes[self._pairs[row].shape] += scores[row] ** 2
        shape = max(votes, key=lambda name: votes[name])
        first = next(row for row in nearest if self._pairs[row].shape == shape)
        return Match(self._pairs[first], scores[first])

    def names(self, database: str) -> frozenset[str]:
        """The tokens that name something of that invented database."""
        return self._own[database]

    def _vector(self, features: Counter[_Feature]) -> dict[_Feature, float]:
        """Weights of known features, of length 1."""
        weights = {
            feature: math.sqrt(min(times, 2)) * self._weight[feature]
            for feature, times in features.items()
            if feature in self._weight
        }
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {feature: weight / length for feature, weight in weights.items()}


def _features(said: tuple[str, ...]) -> Counter[_Feature]:
    framed = ("^", *said, "$")
    found: Counter[_Feature] = Counter(token for token in said if token != NAMED)
    found.update(pairwise(framed))
    found.update((first, "_", second) for first, second in zip(said, said[2:], strict=False))
    return found


def _own_words(pair: Pair) -> frozenset[str]:
    """What the pair's questions say when they speak of its tables: names of tables and columns, and texts in their rows."""
    names: list[str] = []
    for name, body in re.findall(r"CREATE TABLE (\w+) \((.*)\);", pair.database.definitions):
        names += [name, *re.findall(r"(?:^|, )\"?([\w %]+?)\"? [A-Z]", body)]
    values = re.findall(r"'([^']+)'", pair.database.setup)
    return stems_of([*names, *(value for value in values if not value[0].isdigit())])
