"""Terms and verified pairs as values, and which of them a question calls for."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from jupyter_qwen.knowledge.paraphrase import says_the_same
from jupyter_qwen.schema.words import content_stems, stem, words

Scope = Literal["project", "user"]
SCOPES: tuple[Scope, ...] = ("project", "user")
TERMS_AT_ONCE = 6
_ALIKE = 0.5  # share of words in common from which a verified pair is worth its place in a prompt
_LONGEST_EXAMPLE = 800  # characters of a query: some 250 tokens


@dataclass(frozen=True)
class Term:
    """A word of the user's and what it means in these data. `line` is where it stands in its file, from 1."""

    name: str
    meaning: str
    scope: Scope = "project"
    line: int = 0


@dataclass(frozen=True)
class VerifiedPair:
    """A question and the query that somebody has found right. `line` is that of the question's heading."""

    question: str
    sql: str
    scope: Scope = "project"
    line: int = 0


@dataclass(frozen=True)
class LineProblem:
    """A line of a knowledge file that says something else than was probably meant; the rest of the file holds."""

    line: int
    message: str
    scope: Scope = "project"


@dataclass(frozen=True)
class Knowledge:
    """All that is known for one notebook, the project's file before the user's own."""

    terms: tuple[Term, ...] = ()
    pairs: tuple[VerifiedPair, ...] = ()
    problems: tuple[LineProblem, ...] = ()

    def __add__(self, other: Knowledge) -> Knowledge:
        return Knowledge(self.terms + other.terms, self.pairs + other.pairs, self.problems + other.problems)

    def in_scope(self, scope: Scope) -> Knowledge:
        """The same entries, marked as from the file of `scope`."""
        return Knowledge(
            tuple(replace(term, scope=scope) for term in self.terms),
            tuple(replace(pair, scope=scope) for pair in self.pairs),
            tuple(replace(problem, scope=scope) for problem in self.problems),
        )

    def asked_before(self, question: str) -> VerifiedPair | None:
        """The pair whose question has the same words; case, punctuation and white space do not matter."""
        wanted = normalised(question)
        return next((pair for pair in self.pairs if wanted and normalised(pair.question) == wanted), None)

    def asked_otherwise(self, question: str) -> VerifiedPair | None:
        """The one pair whose question asks for the same in other words; None where several do."""
        found = [pair for pair in self.pairs if says_the_same(pair.question, question, pair.sql)]
        return found[0] if len({pair.sql for pair in found}) == 1 else None

    def like(self, question: str) -> VerifiedPair | None:
        """The pair that shares most words with `question`; None when fewer than half are shared."""
        said = _roots(question)
        scored = [
            (2 * len(said & theirs) / (len(said) + len(theirs)), -number, pair)
            for number, pair in enumerate(self.pairs)
            if len(pair.sql) <= _LONGEST_EXAMPLE and (theirs := _roots(pair.question)) and said
        ]
        best = max(scored, key=lambda item: item[:2], default=None)
        return best[2] if best is not None and best[0] >= _ALIKE else None

    def named_in(self, question: str) -> tuple[Term, ...]:
        """The terms that `question` uses, singular or plural, the longest names first, at most `TERMS_AT_ONCE`."""
        said = [stem(word) for word in words(question)]
        folded = unicodedata.normalize("NFKC", question).casefold()
        found = [term for term in self.terms if _uses(said, folded, term.name)]
        unique = {normalised(term.name): term for term in reversed(found)}  # the project's meaning wins over the user's
        return tuple(sorted(unique.values(), key=lambda term: -len(term.name))[:TERMS_AT_ONCE])


def normalised(text: str) -> str:
    """The words of `text` alone, in one spelling: what makes two questions the same question."""
    return " ".join(words(unicodedata.normalize("NFKC", text).casefold()))


def _roots(text: str) -> frozenset[str]:
    """The beginnings of the words that say something, so that "monthly" meets "month"."""
    return frozenset(word[:5] for word in content_stems(text))


def _uses(said: Sequence[str], folded: str, name: str) -> bool:
    wanted = [stem(word) for word in words(name)]
    if any(ord(letter) >= 0x2E80 for letter in name):  # Chinese, Japanese and Korean put no space between words
        return unicodedata.normalize("NFKC", name).casefold() in folded
    size = len(wanted)
    return size > 0 and any(list(said[start : start + size]) == wanted for start in range(len(said) - size + 1))
