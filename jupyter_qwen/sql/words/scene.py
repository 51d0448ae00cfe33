"""What a reader of one SELECT knows: its language, its sources, and how to read what stands inside.

`sql.scopes` says what a name could mean; a scene says what may be told of it: whose rows the joined rows are, which sources
only lack rows, what has been said already.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from sqlglot import exp

from jupyter_qwen.language.phrasebook import Phrasebook
from jupyter_qwen.schema.model import Column, Schema, Table

_CODE_CHARACTERS: Final = 48
_TIMES: Final = ("DATE", "TIMESTAMP", "TIME")


@dataclass(frozen=True, eq=False)
class Source:
    """One thing in FROM: the `alias` that the query uses, the `name` that is shown, its table where the schema has it.

    `side` of its join: "", LEFT, RIGHT, FULL, CROSS, SEMI, ANTI … `on` is its condition.
    """

    alias: str
    name: str
    table: Table | None = None
    side: str = ""
    on: exp.Expr | None = None
    using: tuple[str, ...] = ()


class Reads(Protocol):
    """Reads a query inside a query; `sentence` provides it, since it leads."""

    def source_of(self, query: exp.Expr, schema: Schema, book: Phrasebook) -> str | None:
        """What an EXISTS or IN asks for, as in ``orders where total above 5``; None where it cannot be said."""
        ...

    def value_of(self, query: exp.Expr, schema: Schema, book: Phrasebook) -> str | None:
        """The single value that a subquery gives."""
        ...


@dataclass
class Scene:
    """One SELECT while it is read. `grain` is the source whose rows the joined rows are, None where that is not
    certain; `hidden` are sources that give no rows, only lack them.
    """

    book: Phrasebook
    schema: Schema
    reads: Reads
    sources: list[Source] = field(default_factory=list)
    aliases: dict[str, exp.Expr] = field(default_factory=dict)
    grain: Source | None = None
    hidden: list[Source] = field(default_factory=list)
    depth: int = 0

    def say(self, key: str, **parts: object) -> str:
        return self.book.say(key, **parts)

    def code(self, node: exp.Expr) -> str:
        """`node` as SQL in backticks: what there are no words for."""
        text = " ".join(
            node.unalias().sql(dialect="duckdb", comments=False, normalize_functions=False).split()
        ).replace("`", "'")
        return f"`{text if len(text) <= _CODE_CHARACTERS else text[: _CODE_CHARACTERS - 1] + '…'}`"

    def source(self, alias: str) -> Source | None:
        folded = alias.casefold()
        return next((source for source in self.sources if source.alias.casefold() == folded), None)

    def owner(self, column: exp.Column) -> Source | None:
        """The source that a column belongs to; None when that is not certain."""
        if column.table:
            return self.source(column.table)
        found = [s for s in self.sources if s.table is not None and s.table.column(column.name) is not None]
        if len(self.sources) == 1:
            return self.sources[0]
        return found[0] if len(found) == 1 and all(s.table is not None for s in self.sources) else None

    def column(self, column: exp.Column) -> Column | None:
        """What the schema knows of it."""
        owner = self.owner(column)
        return owner.table.column(column.name) if owner is not None and owner.table is not None else None

    def named(self, column: exp.Column) -> str:
        """A column's name, with its table's where another source has one that is called the same."""
        name = column.name
        owner = self.owner(column)
        same = [s for s in self.sources if s.table is None or s.table.column(name) is not None]
        if owner is None or len(same) < 2 or len(self.sources) < 2:
            return f"{column.table}.{name}" if owner is None and column.table else name
        return f"{owner.alias if self._twice(owner) else owner.name}.{name}"

    def shown(self, source: Source) -> str:
        """A source's name, with its alias where the same table comes twice."""
        return f"{source.name} {source.alias}" if self._twice(source) else source.name

    def _twice(self, source: Source) -> bool:
        return sum(other.name == source.name for other in self.sources) > 1

    def is_time(self, node: exp.Expr) -> bool:
        """Whether `node` gives dates or times."""
        if isinstance(node, exp.Column):
            if not node.table and node.name.casefold() in self.aliases:
                inner = self.aliases[node.name.casefold()]
                return not _mentions(inner, node.name) and self.is_time(inner)
            known = self.column(node)
            return known is not None and known.type.upper().startswith(_TIMES)
        if isinstance(node, exp.Cast):
            return node.to.sql("duckdb").upper().startswith(_TIMES)
        if isinstance(node, (exp.Max, exp.Min, exp.Paren, exp.AnyValue)):
            return self.is_time(node.this)
        return isinstance(node, (exp.TimestampTrunc, exp.DateTrunc, exp.CurrentDate, exp.CurrentTimestamp, exp.Year))

    def is_text(self, node: exp.Expr) -> bool:
        if isinstance(node, exp.Column) and not node.table and node.name.casefold() in self.aliases:
            inner = self.aliases[node.name.casefold()]
            return not _mentions(inner, node.name) and self.is_text(inner)
        known = self.column(node) if isinstance(node, exp.Column) else None
        if known is not None:
            return known.type.upper().startswith(("VARCHAR", "TEXT", "ENUM", "UUID"))
        return isinstance(node, (exp.TimeToStr, exp.Lower, exp.Upper))


def _mentions(node: exp.Expr, name: str) -> bool:
    return any(column.name.casefold() == name.casefold() for column in node.find_all(exp.Column))


def bare(node: Any) -> Any:
    """`node` without parentheses, aliases, rounding and casts that change no meaning."""
    while True:
        if isinstance(node, (exp.Paren, exp.Alias)) or (
            isinstance(node, exp.Round)
            or (isinstance(node, (exp.Cast, exp.TryCast)) and _keeps_meaning(node))
        ):  # fmt: skip
            node = node.this
        else:
            return node


def _keeps_meaning(node: exp.Cast) -> bool:
    """A cast to a wider number, or of a period to a date."""
    kind = node.to.sql("duckdb").upper()
    inner = node.this.unnest() if isinstance(node.this, exp.Paren) else node.this
    if kind.startswith(("DOUBLE", "FLOAT", "REAL", "DECIMAL", "NUMERIC", "HUGEINT")):
        return not (isinstance(inner, exp.Literal) and inner.is_string)
    return kind.startswith("DATE") and isinstance(inner, (exp.TimestampTrunc, exp.DateTrunc))


def number_of(node: Any) -> float | None:
    """The number that a literal is, with its sign."""
    node = bare(node)
    if isinstance(node, exp.Neg):
        inner = number_of(node.this)
        return -inner if inner is not None else None
    if isinstance(node, exp.Literal) and not node.is_string:
        try:
            return float(node.this)
        except ValueError:
            return None
    return None
