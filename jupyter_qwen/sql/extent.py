"""How far the expression reaches that an error is about, where DuckDB tells only its beginning, as versions before 2 do.

Found from the words alone, since a parser may not know the text; the same text that DuckDB 2 marks in the cases that repairs
and squiggles need: a name, a call, a CASE, a comparison with both of its sides.
"""

from __future__ import annotations

from typing import Final

from jupyter_qwen.sql.read.lexer import Token, tokens

_COMPARES: Final = frozenset(("=", "==", "<", ">", "<=", ">=", "<>", "!="))
_OPENS: Final = frozenset(("(", "[", "case"))
_CLOSES: Final = frozenset((")", "]", "end"))
_BEFORE_WORDS: Final = "where and or not on having qualify select distinct when then else by all return"
_BEFORE: Final = frozenset(_BEFORE_WORDS.split())
_BEHIND_WORDS: Final = """
    and or then else when from where group order having limit offset qualify window join left right inner full cross natural
    semi anti positional asof union except intersect as asc desc nulls using is sample tablesample
    """
_BEHIND: Final = frozenset(_BEHIND_WORDS.split())
#: Operators that are words, with the number of their operands to the right.
_OPERATOR_WORDS: Final = {"like": 1, "ilike": 1, "glob": 1, "between": 2}
_FUNCTIONS_TOO: Final = frozenset(("left", "right"))


def word_at(sql: str, start: int) -> tuple[int, int]:
    """`(start, end)`, in characters, of the word at character `start` of `sql`: what a parser stops at."""
    found = list(tokens(sql))
    here = _at(found, start)
    if here is not None:
        return found[here].start, found[here].end
    # Behind the last word: that word is marked, since a mark of no width would be invisible.
    return (found[-1].start, found[-1].end) if found and start >= found[-1].end else (start, min(start + 1, len(sql)))


def extent(sql: str, start: int) -> tuple[int, int]:
    """`(start, end)`, in characters, of the expression that begins, or has its operator, at character `start` of `sql`."""
    found = list(tokens(sql))
    here = _at(found, start)
    if here is None:
        return word_at(sql, start)
    token = found[here]
    if token.lower == "not":
        here = next((i for i in range(here, len(found)) if found[i].text in _COMPARES), here)
    if found[here].text in _COMPARES:
        return _comparison(found, here)
    if token.lower in _OPERATOR_WORDS:
        last = here
        for _ in range(_OPERATOR_WORDS[token.lower]):
            last = _right_side(found, last + 1)
        return token.start, found[last].end
    if token.lower == "in" and here + 1 < len(found):
        return found[here + 1].start, _closing(found, here + 1).end
    if token.text == "(" or token.lower == "case":
        return token.start, _closing(found, here).end
    if token.kind not in ("word", "quoted"):
        return token.start, token.end
    last = here
    while last + 2 < len(found) and found[last + 1].text == "." and found[last + 2].kind in ("word", "quoted"):
        last += 2
    if last + 1 < len(found) and found[last + 1].text == "(":
        return token.start, _closing(found, last + 1).end
    return token.start, found[last].end


def _at(found: list[Token], start: int) -> int | None:
    return next((i for i, token in enumerate(found) if token.start <= start < token.end), None)


def _comparison(found: list[Token], here: int) -> tuple[int, int]:
    left, depth = here, 0
    while left > 0:
        word = found[left - 1]
        if depth == 0 and (word.lower in _OPENS or word.lower in _BEFORE or _ends_a_side(word)):
            break
        depth += (word.lower in _CLOSES) - (word.lower in _OPENS)
        left -= 1
    return found[left].start, found[_right_side(found, here + 1)].end


def _right_side(found: list[Token], first: int) -> int:
    """The index of the last word of the operand that begins at `first`."""
    last, depth = first - 1, 0
    while last + 1 < len(found):
        word = found[last + 1]
        called = last + 2 < len(found) and found[last + 2].text == "("
        stops = word.lower in _BEHIND and not (called and word.lower in _FUNCTIONS_TOO)
        if depth == 0 and last >= first and (word.lower in _CLOSES or stops or _ends_a_side(word)):
            break
        depth += (word.lower in _OPENS) - (word.lower in _CLOSES)
        last += 1
    return last


def _ends_a_side(word: Token) -> bool:
    return word.text in (",", ";") or word.text in _COMPARES


def _closing(found: list[Token], here: int) -> Token:
    """What closes the parenthesis or CASE at `here`; the last word of the text when nothing does."""
    depth = 0
    for word in found[here:]:
        depth += (word.lower in _OPENS) - (word.lower in _CLOSES)
        if depth == 0:
            return word
    return found[-1]
