"""Join conditions that go against the keys: the model joins by columns that only look alike.

Three cases, all certain by the keys (declared, or inferred by `schema.keys`): a condition on a column that its table does not
have, where exactly one key joins the two tables; a key that points elsewhere, `death.ship_id = battle.id`, where the table
it does point at leads on to the one that was meant; and keys of two different things, `category_id = customer_id`, where just one
way over keys leads from the one side's tables to the other's.
"""

from __future__ import annotations

from sqlglot import exp

from jupyter_qwen.schema.keys import Edge, edges_from, is_primary_key
from jupyter_qwen.schema.model import Schema, Table

from ...scopes import FromItem, ScopeView
from ...tree import identifier
from ..bound import Bound
from .key_paths import reconnect


def join_by_keys(bound: Bound) -> str | None:
    """Put such conditions right. The query may not bind before or after."""
    reasons: list[str] = []
    for view in bound.over_tables():
        for join in list(view.select.args.get("joins") or ()):
            reason = _put_right(view, join, bound.schema)
            if reason:
                reasons.append(reason)
        reason = reconnect(view, bound.schema)
        if reason:
            reasons.append(reason)
    return " ".join(reasons) or None


def _put_right(view: ScopeView, join: exp.Join, schema: Schema) -> str | None:
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
    between = _edges(first, second, schema)
    if not one.has(left.name) or not two.has(right.name):
        if len(between) != 1 or first.reference == second.reference:
            return None
        ((left_name, right_name),) = between[0].on
        join.set("on", exp.EQ(this=one.written(left_name), expression=two.written(right_name)))
        pointing = f"{first.name}.{left_name}" if between[0].points else f"{second.name}.{right_name}"
        return f"{first.name} and {second.name} are joined by {pointing}."
    if between or not isinstance(join.this, exp.Table):
        return None
    return _over_the_key(view, join, (left, one), (right, two), schema) or _over_the_key(
        view, join, (right, two), (left, one), schema
    )


def _over_the_key(
    view: ScopeView,
    join: exp.Join,
    pointing: tuple[exp.Column, FromItem],
    other: tuple[exp.Column, FromItem],
    schema: Schema,
) -> str | None:
    """Put the table that `pointing` refers to between the two, when a key leads from it to the `other` one's table."""
    (column, start), (compared, end) = pointing, other
    table, last = start.table, end.table
    assert table is not None
    assert last is not None
    name = column.name.casefold()
    away = [edge for edge in edges_from(table, schema) if edge.points and [a.casefold() for a, _ in edge.on] == [name]]
    if len(away) != 1:
        return None
    middle = away[0].right
    onward = _edges(middle, last, schema)
    if len(onward) != 1 or view.source(middle.name) is not None or not is_primary_key(last, compared.name):
        return None
    if any(edge.points and edge.right.reference == middle.reference for edge in edges_from(last, schema)):
        return None
    bridge = FromItem(middle.name, {}, exp.Table(this=identifier(middle.name)), middle)
    near = exp.EQ(this=start.written(column.name), expression=bridge.written(away[0].on[0][1]))
    ((far_name, end_name),) = onward[0].on
    far = exp.EQ(this=bridge.written(far_name), expression=end.written(end_name))
    joins = view.select.args["joins"]
    # The table that this join brings in comes last, whichever end of the path it is.
    first, second = (near, far) if end.node is join.this else (far, near)
    join.set("on", second)
    view.select.set(
        "joins", [*joins[: joins.index(join)], exp.Join(this=bridge.node, on=first), *joins[joins.index(join) :]]
    )
    return f"{table.name}.{column.name} refers to {middle.name}, which leads to {last.name}."


def _edges(table: Table, other: Table, schema: Schema) -> list[Edge]:
    """The keys of one column between two tables, whichever holds them."""
    return [e for e in edges_from(table, schema) if e.right.reference == other.reference and len(e.on) == 1]
