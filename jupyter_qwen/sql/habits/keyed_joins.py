"""Join conditions that go against the keys: the model joins by columns that only look alike.

Two cases, both certain by the keys (declared, or inferred by `schema.keys`): a condition on a column that its table does not
have, where exactly one key joins the two tables; and a key that points elsewhere, `death.ship_id = battle.id`, where the table
it does point at leads on to the one that was meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from jupyter_qwen.schema.keys import with_inferred_keys
from jupyter_qwen.schema.model import Table

from ..scopes import ScopeView, Source
from ..tree import identifier
from .bound import Bound


@dataclass(frozen=True)
class _Edge:
    """`source`.`column` holds values of `target`.`key`."""

    source: Table
    column: str
    target: Table
    key: str


def join_by_keys(bound: Bound) -> str | None:
    """Put such conditions right. The query may not bind before or after."""
    edges = tuple(_edges(with_inferred_keys(bound.schema.tables)))
    reasons: list[str] = []
    for view in bound.over_tables():
        for join in list(view.select.args.get("joins") or ()):
            reason = _put_right(view, join, edges)
            if reason:
                reasons.append(reason)
    return " ".join(reasons) or None


def _edges(tables: tuple[Table, ...]) -> Iterator[_Edge]:
    by_name: dict[str, Table] = {}
    for table in tables:
        by_name.setdefault(table.name.casefold(), table)
        by_name.setdefault(".".join(table.reference).casefold(), table)
    for table in tables:
        for key in table.foreign_keys:
            target = by_name.get(key.table.casefold())
            if target is not None and len(key.columns) == 1 == len(key.referenced_columns):
                yield _Edge(table, key.columns[0], target, key.referenced_columns[0])


def _put_right(view: ScopeView, join: exp.Join, edges: tuple[_Edge, ...]) -> str | None:
    condition = join.args.get("on")
    if not isinstance(condition, exp.EQ):
        return None
    left, right = condition.this, condition.expression
    if not (isinstance(left, exp.Column) and isinstance(right, exp.Column) and left.table and right.table):
        return None
    one, two = view.owner(left), view.owner(right)
    if one is None or two is None or one is two or one.table is None or two.table is None:
        return None
    first, second = one.table, two.table
    between = [e for e in edges if {e.source.reference, e.target.reference} == {first.reference, second.reference}]
    if not one.has(left.name) or not two.has(right.name):
        if len(between) != 1 or first.reference == second.reference:
            return None
        edge = between[0]
        source, target = (one, two) if edge.source.reference == first.reference else (two, one)
        join.set("on", exp.EQ(this=source.written(edge.column), expression=target.written(edge.key)))
        return f"{first.name} and {second.name} are joined by {edge.source.name}.{edge.column}."
    if between or not isinstance(join.this, exp.Table):
        return None
    return _over_the_key(view, join, (left, one), (right, two), edges) or _over_the_key(
        view, join, (right, two), (left, one), edges
    )


def _over_the_key(
    view: ScopeView,
    join: exp.Join,
    pointing: tuple[exp.Column, Source],
    other: tuple[exp.Column, Source],
    edges: tuple[_Edge, ...],
) -> str | None:
    """Put the table that `pointing` refers to between the two, when a key leads from it to the `other` one's table."""
    (column, start), (compared, end) = pointing, other
    table, last = start.table, end.table
    assert table is not None
    assert last is not None
    away = [e for e in edges if e.source.reference == table.reference and e.column.casefold() == column.name.casefold()]
    if len(away) != 1 or any(
        e.source.reference == last.reference and e.target.reference == away[0].target.reference for e in edges
    ):
        return None
    middle = away[0].target
    onward = [e for e in edges if {e.source.reference, e.target.reference} == {middle.reference, last.reference}]
    if len(onward) != 1 or view.source(middle.name) is not None or not _is_key(compared, last):
        return None
    edge = onward[0]
    bridge = Source(middle.name, {}, exp.Table(this=identifier(middle.name)), middle)
    near = exp.EQ(this=start.written(column.name), expression=bridge.written(away[0].key))
    far_column, end_column = (
        (edge.column, edge.key) if edge.source.reference == middle.reference else (edge.key, edge.column)
    )
    far = exp.EQ(this=bridge.written(far_column), expression=end.written(end_column))
    joins = view.select.args["joins"]
    # The table that this join brings in comes last, whichever end of the path it is.
    first, second = (near, far) if end.node is join.this else (far, near)
    join.set("on", second)
    view.select.set(
        "joins", [*joins[: joins.index(join)], exp.Join(this=bridge.node, on=first), *joins[joins.index(join) :]]
    )
    return f"{table.name}.{column.name} refers to {middle.name}, which leads to {last.name}."


def _is_key(column: exp.Column, table: Table) -> bool:
    return [column.name.casefold()] == [name.casefold() for name in table.primary_key]
