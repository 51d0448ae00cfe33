"""A column that no source in scope has, but a table one or two keys away has: that join is missing."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from jupyter_qwen.schema.keys import Edge, edges_from

from ....schema.model import Schema, Table
from ....schema.words import identifier_stems
from ...likeness import likeness
from ...scopes import FromItem, ScopeView
from ...tree import equal_columns, free_alias, table_as
from ..problem import Change, Problem
from .columns import point

_MAX_PATHS = 4
#: Up to so many tables, two keys that only the names suggest are followed one after the other.
_SMALL = 60


def join_in(problem: Problem) -> Iterator[Change]:
    """Bring in the table that has the column, over one key or two; nearest and declared keys first."""
    if not problem.is_about("column-of-table", "column", "alias", "column-before-alias"):
        return
    name, table = problem.names.get("name"), problem.names.get("table")
    for number, view in enumerate(problem.views):
        wanted = _wanted(view, problem.schema, table, name)
        if wanted is None:
            continue
        for path, start, found in _paths(view, problem.schema, wanted, table)[:_MAX_PATHS]:
            edited = problem.edit()
            if edited is None:
                return
            tree, views = edited
            if _apply(views[number], path, start, table, wanted, found):
                names = " and ".join(edge.right.name for edge in path)
                yield Change(
                    problem.write(tree), f"{found} is a column of {path[-1].right.name}, so {names} must be joined."
                )


def _wanted(view: ScopeView, schema: Schema, table: str | None, name: str | None) -> str | None:
    """The column that is missing in `view`, or None when nothing is missing there."""
    if table is not None and name is None:
        # An undefined alias: a table that has every column it qualifies is missing.
        used = [c for c in view.columns if c.table.casefold() == table.casefold()]
        return used[0].name if used and view.source(table) is None else None
    if name is None:
        return None
    if table is not None:
        source = view.source(table)
        missing = source is not None and not source.has(name) and any(True for _ in view.named(name, table))
    else:
        missing = not view.resolves(name) and any(True for _ in view.named(name, ""))
    return name if missing and not view.holders(name) else None


def _paths(
    view: ScopeView, schema: Schema, wanted: str, table: str | None
) -> list[tuple[tuple[Edge, ...], FromItem, str]]:
    """Ways from a source in scope to a table with a column like `wanted`: (edges, where it starts, the column's name)."""
    present = {s.table.reference for s in view.sources if s.table is not None}
    undefined = None
    if table is not None and view.source(table) is None:
        undefined = [c.name for c in view.columns if c.table.casefold() == table.casefold()]
    found: list[tuple[tuple[float, ...], tuple[Edge, ...], FromItem, str]] = []
    for order, source in enumerate(view.sources):
        if source.table is None:
            continue
        for first in edges_from(source.table, schema):
            if first.right.reference in present:
                continue
            further = edges_from(first.right, schema) if first.declared or len(schema.tables) <= _SMALL else ()
            for path in ((first,), *((first, second) for second in further)):
                target = path[-1].right
                if target.reference in present or (len(path) == 2 and target.reference == first.left.reference):
                    continue
                column = _column_like(target, wanted, exact=len(path) == 2)
                if column is None:
                    continue
                named = table is not None and _may_be_called(table, target.name)
                if undefined is not None and not (named and all(target.column(name) for name in undefined)):
                    continue
                guessed = sum(not edge.declared for edge in path)
                fuzzy = column.casefold() != wanted.casefold()
                found.append(((not named, fuzzy, len(path) + guessed, order), path, source, column))
    found.sort(key=lambda item: item[0])
    return [(path, source, column) for _, path, source, column in found]


def _may_be_called(alias: str, name: str) -> bool:
    """Whether a query would call the table `name` so: much the same name, its initials or its beginning."""
    plain = alias.casefold().rstrip("0123456789")
    initials = "".join(word[0] for word in identifier_stems(name))
    return likeness(alias, name) > 0.9 or (bool(plain) and (initials == plain or name.casefold().startswith(plain)))


def _column_like(table: Table, name: str, *, exact: bool) -> str | None:
    column = table.column(name)
    if column is not None:
        return column.name
    if exact:
        return None
    likely = [c.name for c in table.columns if likeness(name, c.name) >= 0.97]
    return likely[0] if len(likely) == 1 else None


def _apply(
    view: ScopeView, path: tuple[Edge, ...], start: FromItem, table: str | None, wanted: str, found: str
) -> bool:
    select = view.select
    if not isinstance(select, exp.Select):
        return False
    left = start.alias
    taken = [s.alias for s in view.sources]
    for edge in path:
        undefined = table is not None and view.source(table) is None and edge is path[-1]
        alias = table if undefined and table else free_alias(edge.right.name, taken)
        taken.append(alias)
        select.join(table_as(edge.right.reference, alias), on=equal_columns(left, alias, edge.on), copy=False)
        left = alias
    for column in list(view.columns):
        same = column.name.casefold() == wanted.casefold()
        if table is not None and column.table.casefold() == table.casefold() and (same or view.source(table) is None):
            point(column, left, found if same else column.name)
        elif table is None and same and not column.table:
            point(column, left, found)
    return True
