"""Whether two questions ask for the same in other words: a taught query may then answer both.

Everything that the one says must be in the other, but for words that say nothing about the data, a verb here and there, and the
name of a table that is neither counted nor grouped by ("total paid per city" is what riders paid). It is strict, because whoever
is given a query that was verified for something else is worse off than whoever waits for the model. The ways of asking are
English; questions in other languages are the same only in the same words.
"""

from __future__ import annotations

import re
from itertools import pairwise

from jupyter_qwen.schema.words import identifier_stems, stem, words

# Ways to say one thing, each found as whole words; the first that fits is taken, so longer phrases come first.
_SAYINGS = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), f" {said} ")
    for pattern, said in (
        (r"(?:in|by) descending order|(?:largest|most|highest|biggest|greatest|top|best|longest) first", "DOWN"),
        (r"(?:in|by) ascending order|(?:smallest|least|lowest|fewest|shortest|worst) first", "UP"),
        (r"how many|(?:the )?(?:number|count) of|count (?:the|all)", "COUNT"),
        (r"for (?:each|every)|(?:of|in|within|by) (?:each|every)|per|each|every|by", "EACH"),
        (r"monthly", "EACH month"),
        (r"yearly|annual(?:ly)?", "EACH year"),
        (r"weekly", "EACH week"),
        (r"daily", "EACH day"),
        (r"quarterly", "EACH quarter"),
        (r"shares?|percentages?|percent|per cent|proportions?|fractions?", "SHARE"),
        (r"averages?|mean|on average", "MEAN"),
        (r"in total|totals?|sum(?: of)?|altogether", "SUM"),
        (r"most recent|latest|newest", "LATEST"),
        (r"most|highest|largest|biggest|greatest|maximum", "MOST"),
        (r"least|lowest|smallest|fewest|minimum", "LEAST"),
        (r"never|not|without|nobody|none|no|(?:do|does|did|is|are|was|were|has|have|had|could)n['’]?t", "NOT"),
        (r"kinds?|types?|sorts?", "KIND"),
    )
)
_ROOTS = {
    "paid": "pay", "sold": "sell", "bought": "buy", "rode": "ride", "ridden": "ride", "took": "take", "taken": "take",
    "made": "make", "spent": "spend", "went": "go", "gone": "go", "sent": "send", "began": "begin", "begun": "begin",
    "left": "leave", "came": "come", "gave": "give", "given": "give", "lost": "lose", "won": "win", "held": "hold",
    "wrote": "write", "written": "write", "drove": "drive", "driven": "drive", "flew": "fly", "flown": "fly",
}  # fmt: skip
# Words that say nothing about the data. What "and", "or" and "only" join or stress is compared.
_SILENT_TEXT = (
    "a an and any all am are as at be been being but can could do does did for from get give given gives got "
    "had has have how i if in into is it its just let list made make makes me much my need of on or our out "
    "pass passed please return see show so take taken takes taking that the their them then there these they "
    "this those to took tell up us use used uses using want was we were what when where which while who whom "
    "whose will with would you your only"
)
_SILENT = frozenset(_SILENT_TEXT.split())
_MAY_BE_UNSAID = frozenset({"DOWN", "UP"})  # whoever does not ask for an order may be given one
_SAID = re.compile(r"[A-Z]{2,}")  # of _SAYINGS
_FROM = re.compile(r"\b(?:from|join)\s+([\w.]+)", re.IGNORECASE)
_ABOUT_THE_NEXT = frozenset({"COUNT", "EACH", "SHARE", "MEAN", "SUM", "NOT"})
_UNITS = frozenset({"second", "minut", "hour", "day", "week", "month", "year"})
_MISSING_AT_MOST = 1


def says_the_same(taught: str, asked: str, sql: str) -> bool:
    """Whether `asked` asks for what `taught` asks for, whose query is `sql`."""
    known, said = _tokens(taught), _tokens(asked)
    if not known or not said or set(said) - set(known):
        return False
    missing = set(known) - set(said) - _MAY_BE_UNSAID
    named = {_root(part) for name in words(sql) for part in identifier_stems(name)}
    tables = {_root(part) for name in _FROM.findall(sql) for part in identifier_stems(name)}
    told = {after for before, after in pairwise(known) if before in _ABOUT_THE_NEXT}
    if len(missing) > _MISSING_AT_MOST or not all(
        _elapsed(token, known) if _SAID.fullmatch(token) else token not in named or token in tables - told
        for token in missing
    ):
        return False
    if "than" in known or "than" in said:  # more of these than of those: the order says which
        return known == said
    return _denied(known) == _denied(said) and _given(known, named) == _given(said, named)


def _elapsed(token: str, tokens: list[str]) -> bool:
    """Whether `token` is the "how many" of "how many days passed", which whoever says "days between" leaves out."""
    return (
        token == "COUNT"
        and tokens.count(token) == 1
        and any(after in _UNITS for before, after in pairwise(tokens) if before == token)
    )


def _tokens(text: str) -> list[str]:
    for pattern, said in _SAYINGS:
        text = pattern.sub(said, text)
    return [_root(word) for word in words(text) if _SAID.fullmatch(word) or word.casefold() not in _SILENT]


def _root(word: str) -> str:
    """The beginning that "started", "starting" and "starts" share."""
    if _SAID.fullmatch(word):
        return word
    root = _ROOTS.get(word.casefold()) or stem(word)
    for ending in ("ing", "ed"):
        if root.endswith(ending) and len(root) > len(ending) + 3:
            root = root[: -len(ending)]
            return root[:-1] if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "ls" else root
    return root.removesuffix("e") if len(root) > 4 else root


def _denied(tokens: list[str]) -> list[str]:
    """What stands behind each denial."""
    return [after for before, after in pairwise(tokens) if before == "NOT"]


def _given(tokens: list[str], named: set[str]) -> list[str]:
    """Numbers and values of the query, in the order in which they are said: from one to the other is not the way back."""
    return [token for token in tokens if token.isdigit() or (token in named and any(c.isdigit() for c in token))]
