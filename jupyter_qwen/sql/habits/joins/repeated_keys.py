"""A table to look things up in that has a key several times: joined, it repeats what is added up."""

from __future__ import annotations

from sqlglot import exp

from jupyter_qwen.schema.model import Table

from ...scopes import FromItem, ScopeView
from ...tree import identifier
from ..bound import Bound


def join_rows_once(bound: Bound) -> str | None:
    """`JOIN (SELECT DISTINCT country, region FROM regions) AS r` for `JOIN regions AS r` where figures of others are added up.

    Only where all rows are at hand and those with the same key differ in nothing that the query reads.
    """
    once: list[str] = []
    for view in bound.over_tables():
        figures = [node for node in view.select.find_all(exp.Sum, exp.Avg, exp.Count)]
        if len(view.sources) < 2 or not figures or any(isinstance(node, exp.Count) for node in figures):
            continue
        for source in view.sources:
            used = _used(view, source)
            if used is None or any(
                view.owner(column) is source for node in figures for column in node.find_all(exp.Column)
            ):
                continue
            if source.table is None or not isinstance(source.node, exp.Table) or not _repeats(source.table, *used):
                continue
            bare = source.node.copy()
            bare.set("alias", None)
            distinct = exp.select(*(identifier(name) for name in used[1])).from_(bare).distinct()
            source.node.replace(exp.Subquery(this=distinct, alias=exp.TableAlias(this=identifier(source.alias))))
            once.append(source.table.name)
    return f"{', '.join(once)} has a key several times; each is joined once." if once else None


def _used(view: ScopeView, source: FromItem) -> tuple[str, list[str]] | None:
    """The one column of `source` that a join compares, and all that the query reads; None where that is not certain."""
    columns = list(view.select.find_all(exp.Column))
    if any(column.is_star or (view.owner(column) is None and not _is_output(view, column)) for column in columns):
        return None
    names = {source.columns[c.name.casefold()]: None for c in columns if view.owner(c) is source}
    joined = {
        source.columns[side.name.casefold()]
        for join in view.select.args.get("joins") or ()
        for part in (join.args["on"].find_all(exp.EQ) if join.args.get("on") is not None else ())
        for side in (part.left, part.right)
        if isinstance(side, exp.Column) and view.owner(side) is source
    }
    return (joined.pop(), list(names)) if len(joined) == 1 and len(names) > 1 else None


def _is_output(view: ScopeView, column: exp.Column) -> bool:
    return not column.table and column.name.casefold() in view.aliases


def _repeats(table: Table, key: str, used: list[str]) -> bool:
    """Whether rows share `key`, and those that do are the same in the `used` columns."""
    places = [next(i for i, column in enumerate(table.columns) if column.name == name) for name in used]
    if not table.rows_complete or not table.rows:
        return False
    different = {tuple(repr(row[place]) for place in places) for row in table.rows}
    keys = {row[used.index(key)] for row in different}
    return len(keys) == len(different) < len(table.rows)
