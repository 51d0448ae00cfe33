"""Tree nodes made of names: quoted where SQL needs it, whatever the names hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

from ..quoting import is_plain


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
