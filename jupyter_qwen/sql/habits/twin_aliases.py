"""Two aliases of one table that stand for the same row."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ..scopes import ScopeView, Source
from .bound import Bound


def one_row_once(bound: Bound) -> str | None:
    """A table named once where both keys of two aliases equal one column.

    `a JOIN x ON a.id = x.a_id JOIN a AS b ON b.id = x.a_id` says a and b twice; what it returns stays the same.
    """
    merged: list[str] = []
    for view in bound.over_tables():
        by_key: dict[tuple[object, ...], Source] = {}
        for join in [None, *view.select.args.get("joins", ())]:
            for key, source in list(_keyed_rows(view)):
                first = by_key.setdefault(key, source)
                if first is source or join is None or source.node is not join.this or join.side:
                    continue
                for column in list(view.select.find_all(exp.Column)):
                    if column.table.casefold() == source.alias.casefold():
                        column.set("table", first.written(column.name).args["table"])
                merged.append(source.node.name)
                join.pop()
                view.sources.remove(source)
                break
    return f"Two aliases of {', '.join(merged)} stand for the same row." if merged else None


def _keyed_rows(view: ScopeView) -> Iterator[tuple[tuple[object, ...], Source]]:
    """((table, column that its key equals), its source) for every inner join condition `alias.key = other.column`."""
    for join in view.select.args.get("joins") or ():
        condition = join.args.get("on")
        if not isinstance(condition, exp.EQ) or join.side:
            continue
        pair = (condition.this, condition.expression)
        for side, other in (pair, pair[::-1]):
            if not (isinstance(side, exp.Column) and isinstance(other, exp.Column) and side.table):
                continue
            source = view.owner(side)
            if source is None or source.table is None:
                continue
            if [side.name.casefold()] == [name.casefold() for name in source.table.primary_key]:
                yield (source.table.reference, other.table.casefold(), other.name.casefold()), source
