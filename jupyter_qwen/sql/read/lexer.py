"""Words of a SQL text with their offsets, cut where DuckDB cuts them; for text that no parser accepts yet.

A parser is asked wherever one can answer; this is for what comes before: comments, several statements, foreign quotes. What
is easily missed: a bare carriage return ends a ``--`` comment, block comments nest, ``$`` stands inside names, and the tag of
a dollar-quoted text may hold digits. `like_duckdb` compares with `duckdb.tokenize`, and whoever decides by words what a text
does asks the user where the two differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import duckdb

TokenKind = Literal["word", "quoted", "text", "number", "comment", "symbol", "space"]


@dataclass(frozen=True)
class Token:
    """`source[start:end] == text`. A ``quoted`` token is an identifier in double quotes, a ``text`` a string literal."""

    kind: TokenKind
    text: str
    start: int
    end: int

    @property
    def lower(self) -> str:
        return self.text.lower()

    @property
    def name(self) -> str:
        """The identifier that a ``word`` or ``quoted`` token spells."""
        return self.text[1:-1].replace('""', '"') if self.kind == "quoted" else self.text


#: Letters are ASCII letters and every character beyond ASCII, as in DuckDB, which looks at bytes.
_PATTERN: Final = re.compile(
    r"""
    (?P<space>[ \t\n\r\f\v]+)
  | (?P<comment>--[^\n\r]*|/\*)
  | (?P<text>[eE]'(?:[^'\\]|\\.|'')*'|[xXbB]?'(?:[^']|'')*'
            |\$(?P<tag>(?:[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_\x80-\U0010ffff]*)?)\$.*?\$(?P=tag)\$)
  | (?P<quoted>"(?:[^"]|"")*")
  | (?P<number>[0-9]+(?:_[0-9]+)*(?:\.(?:[0-9]+(?:_[0-9]+)*)?)?(?:[eE][+-]?[0-9]+(?:_[0-9]+)*)?
            |\.[0-9]+(?:_[0-9]+)*(?:[eE][+-]?[0-9]+(?:_[0-9]+)*)?)
  | (?P<word>[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_$\x80-\U0010ffff]*)
  | (?P<symbol>::|<=|>=|<>|!=|\|\||.)
    """,
    re.VERBOSE | re.DOTALL,
)
#: What `duckdb.tokenize` calls a keyword although it is an operator, such as ``::`` in DuckDB 1.x, begins with one of these.
_OPERATORS: Final = frozenset(b":-<>=!|&*+/%^~@#")
_WORDS: Final = (duckdb.token_type.identifier, duckdb.token_type.keyword, duckdb.token_type.string_const)
_COMMENT_EDGE: Final = re.compile(r"/\*|\*/")


def tokens(sql: str, *, spaces: bool = False) -> Iterator[Token]:
    """The tokens of `sql` in order; white space and comments only when `spaces`. An open quote ends up as a symbol."""
    here = 0
    while here < len(sql):
        match = _PATTERN.match(sql, here)
        assert match is not None  # the last alternative takes any character
        kind, start = match.lastgroup, here
        here = _end_of_comment(sql, match.end()) if match.group() == "/*" else match.end()
        if kind == "tag":
            kind = "text"
        if spaces or kind not in ("space", "comment"):
            yield Token(kind, sql[start:here], start, here)  # type: ignore[arg-type]


def _end_of_comment(sql: str, here: int) -> int:
    """Where the block comment ends whose inside begins at `here`; the end of the text when nothing ends it."""
    depth = 1
    while depth:
        edge = _COMMENT_EDGE.search(sql, here)
        if edge is None:
            return len(sql)
        depth += 1 if edge.group() == "/*" else -1
        here = edge.end()
    return here


def like_duckdb(sql: str) -> bool:
    """Whether DuckDB begins its names, keywords and texts where `tokens` does, and so takes the same parts for comments."""
    raw = sql.encode("utf-8", "replace")
    theirs = [place for place, kind in duckdb.tokenize(sql) if kind in _WORDS and raw[place] not in _OPERATORS]
    ours, counted, at = [], 0, 0
    for token in tokens(sql):
        if token.kind in ("word", "quoted", "text"):
            at += token.start - counted if sql.isascii() else len(sql[counted : token.start].encode("utf-8", "replace"))
            counted = token.start
            ours.append(at)
    return theirs == ours
