"""A query as sqlglot's tree: read, written, and put together of names that are quoted where SQL needs it.

sqlglot knows less than DuckDB and recurses where a query is nested. What it cannot read has no tree, and whatever walks or
writes a tree catches `UNREADABLE`: such a query stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlglot import ErrorLevel, exp
from sqlglot.errors import SqlglotError

from jupyter_qwen.schema.quoting import is_plain
from jupyter_qwen.sql.read.parse import syntax_tree

__all__ = ["UNREADABLE", "conjuncts", "equal_columns", "free_alias", "identifier", "syntax_tree", "table_as", "write"]

#: What sqlglot raises at syntax that it does not know, at a query that is nested too deeply for it, and where its own
#: assumptions do not hold, as with a PIVOT that is joined.
UNREADABLE: Final = (SqlglotError, RecursionError, ValueError, AssertionError)


def write(tree: exp.Expr, *, like: str) -> str:
    """`tree` for DuckDB, on several lines when `like` has several; what cannot be written is left to the binder."""
    return tree.sql(dialect="duckdb", pretty="\n" in like.strip(), unsupported_level=ErrorLevel.IGNORE)


def conjuncts(condition: exp.Expr) -> list[exp.Expr]:
    """The parts of `condition` that must all hold; itself where it is no AND."""
    return list(condition.flatten()) if isinstance(condition, exp.And) else [condition]


def identifier(name: str) -> exp.Identifier:
    return exp.Identifier(this=name, quoted=not is_plain(name))


def table_as(reference: Sequence[str], alias: str) -> exp.Table:
    """``reference AS alias``; the alias is left out where it says nothing new."""
    parts = dict(zip(("this", "db", "catalog"), map(identifier, reversed(reference)), strict=False))
    named = None if len(reference) == 1 and reference[0] == alias else exp.TableAlias(this=identifier(alias))
    return exp.Table(**parts, alias=named)


def equal_columns(left: str, right: str, pairs: Iterable[tuple[str, str]]) -> exp.Expr:
    """``left.a = right.b AND …`` for the aliases `left` and `right`."""

    def column(alias: str, name: str) -> exp.Column:
        return exp.Column(this=identifier(name), table=identifier(alias))

    return exp.and_(*(exp.EQ(this=column(left, a), expression=column(right, b)) for a, b in pairs), copy=False)


def free_alias(name: str, taken: Iterable[str]) -> str:
    """`name`, or `name` with the first number that makes it new among `taken`."""
    folded = {alias.casefold() for alias in taken}
    alias, number = name, 2
    while alias.casefold() in folded:
        alias, number = f"{name}_{number}", number + 1
    return alias
