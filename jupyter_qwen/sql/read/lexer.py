"""Words of a SQL text with their offsets: enough to look at, or change, text that no parser accepts yet.

A parser is asked wherever one can answer; this is for what comes before: comments, several statements, foreign quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

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


_PATTERN: Final = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))
  | (?P<text>[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|\$(?P<tag>[A-Za-z_]*)\$.*?\$(?P=tag)\$)
  | (?P<quoted>"(?:[^"]|"")*")
  | (?P<number>\d+(?:_\d+)*(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
  | (?P<word>[^\W\d]\w*)
  | (?P<symbol>::|<=|>=|<>|!=|\|\||.)
    """,
    re.VERBOSE | re.DOTALL,
)


def tokens(sql: str, *, spaces: bool = False) -> Iterator[Token]:
    """The tokens of `sql` in order; white space and comments only when `spaces`. An open quote ends up as a symbol."""
    for match in _PATTERN.finditer(sql):
        kind = match.lastgroup
        if kind == "tag":
            kind = "text"
        if spaces or kind not in ("space", "comment"):
            yield Token(kind, match.group(), match.start(), match.end())  # type: ignore[arg-type]
