"""A table joined with itself over its own key: both are the same row, and one is enough."""

from __future__ import annotations

from sqlglot import exp

from jupyter_qwen.schema.keys import is_primary_key

from ...scopes import FromItem, ScopeView
from ...tree import conjuncts
from ..bound import Bound


def join_row_once(bound: Bound) -> str | None:
    """`singer AS a JOIN … AS b ON a.id = b.singer_id JOIN singer AS c ON b.singer_id = c.id` without c, which is a.

    The result stays the same; what then serves nothing is a needless join. Only for inner joins and keys of one column.
    """
    merged: list[str] = []
    for view in bound.over_tables():
        joins: list[exp.Join] = list(view.select.args.get("joins") or ())
        if any(join.side or join.args.get("using") or join.args.get("on") is None for join in joins):
            continue
        classes = _equal(view, joins)
        for join in joins:
            again = next((source for source in view.sources if source.node is join.this), None)
            first = next((s for s in view.sources if again is not None and _same_row(s, again, classes)), None)
            if again is None or first is None:
                continue
            _merge(view, join, again, first)
            merged.append(again.alias)
    return f"{', '.join(merged)} is the row that the query has already." if merged else None


def _equal(view: ScopeView, joins: list[exp.Join]) -> list[set[tuple[str, str]]]:
    """Columns as (alias, name), in sets of those that the joins make equal."""
    classes: list[set[tuple[str, str]]] = []
    for join in joins:
        for part in conjuncts(join.args["on"]):
            if not isinstance(part, exp.EQ):
                continue
            sides = [_place(view, side) for side in (part.left, part.right)]
            pair = {side for side in sides if side is not None}
            if len(pair) == 2:
                touching = [known for known in classes if known & pair]
                classes = [known for known in classes if not known & pair] + [pair.union(*touching)]
    return classes


def _place(view: ScopeView, node: exp.Expr) -> tuple[str, str] | None:
    owner = view.owner(node) if isinstance(node, exp.Column) else None
    return (owner.alias.casefold(), node.name.casefold()) if owner is not None else None


def _same_row(first: FromItem, again: FromItem, classes: list[set[tuple[str, str]]]) -> bool:
    if first is again or first.table is None or again.table is None or first.table.reference != again.table.reference:
        return False
    keys = [name for name in first.columns if is_primary_key(first.table, name)]
    return len(keys) == 1 and any(
        {(first.alias.casefold(), keys[0]), (again.alias.casefold(), keys[0])} <= known for known in classes
    )


def _merge(view: ScopeView, join: exp.Join, again: FromItem, first: FromItem) -> None:
    """Leave `join` out; what was read from `again` is read from `first`, and its condition goes where it still says something."""
    condition = join.args["on"]
    join.pop()
    for column in (*view.select.find_all(exp.Column), *condition.find_all(exp.Column)):
        if column.table.casefold() == again.alias.casefold():
            column.set("table", first.written(column.name).args["table"])
    said = [part for other in view.select.args.get("joins") or () for part in conjuncts(other.args["on"])]
    kept = [part for part in conjuncts(condition) if not _says_nothing(part, said)]
    if kept:
        where = view.select.args.get("where")
        whole = [*([where.this] if where is not None else []), *(part.copy() for part in kept)]
        view.select.set("where", exp.Where(this=exp.and_(*whole, copy=False)))
    view.sources.remove(again)


def _says_nothing(part: exp.Expr, said: list[exp.Expr]) -> bool:
    """Whether `part` compares a column with itself, or says again what one of `said` does."""
    if not isinstance(part, exp.EQ):
        return part in said
    turned = exp.EQ(this=part.right.copy(), expression=part.left.copy())
    return part.left == part.right or part in said or turned in said
