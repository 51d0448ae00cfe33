"""Text search that minds case where people do not."""

from __future__ import annotations

from sqlglot import exp

from jupyter_qwen.schema.words import stem, words

from .bound import Bound

_LETTERS_AT_LEAST = 3  # a single letter may be meant as it is written


def search_without_case(bound: Bound) -> str | None:
    """ILIKE in place of LIKE where the words that are searched come from the question, which is written as people write."""
    found: list[str] = []
    for like in list(bound.tree.find_all(exp.Like)):
        pattern = like.expression
        if not isinstance(like.this, exp.Column) or not isinstance(pattern, exp.Literal) or not pattern.is_string:
            continue
        searched = [stem(word) for word in words(pattern.this.replace("%", " ").replace("_", " "))]
        if not searched or not pattern.this.startswith("%") or max(map(len, searched)) < _LETTERS_AT_LEAST:
            continue
        if all(part in bound.asked for part in searched):
            like.replace(exp.ILike(**like.args))  # with `negate`, where it is NOT LIKE
            found.append(pattern.this)
    return f"{found[0]!r} is searched whatever its case." if found else None
