"""Join conditions that go against the keys: the model joins by columns that only look alike.

Two cases, both certain by the keys (declared, or inferred by `prompt.keys`): a condition on a column that its table does not
have, where exactly one key joins the two tables; and a key that points elsewhere, `death.ship_id = battle.id`, where the table
it does point at leads on to the one that was meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from jupyter_qwen.schema.keys import with_inferred_keys
from jupyter_qwen.schema.model import Schema, Table
from jupyter_qwen.sql.habits.query_tree import Query, identifier, parsed, queries, written


@dataclass(frozen=True)
class _Edge:
    """`source`.`column` holds values of `target`.`key`."""

    source: Table
    column: str
    target: Table
    key: str


def join_by_keys(sql: str, question: str, schema: Schema) -> tuple[str, str] | None:
    """The query with such conditions put right, and the reason; None when there are none. It may not bind before or after."""
    tree = parsed(sql)
    if tree is None:
        return None
    edges = tuple(_edges(with_inferred_keys(schema.tables)))
    reasons: list[str] = []
    for query in queries(tree, schema):
        for join in list(query.select.args.get("joins") or ()):
            reason = _put_right(query, join, edges)
            if reason:
                reasons.append(reason)
    return (written(tree, sql), " ".join(reasons)) if reasons else None


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


def _put_right(query: Query, join: exp.Join, edges: tuple[_Edge, ...]) -> str | None:
    condition = join.args.get("on")
    if not isinstance(condition, exp.EQ):
        return None
    left, right = condition.this, condition.expression
    if not (isinstance(left, exp.Column) and isinstance(right, exp.Column) and left.table and right.table):
        return None
    one, two = query.owner(left), query.owner(right)
    if one is None or two is None or one == two:
        return None
    first, second = query.tables[one], query.tables[two]
    between = [e for e in edges if {e.source.reference, e.target.reference} == {first.reference, second.reference}]
    if first.column(left.name) is None or second.column(right.name) is None:
        if len(between) != 1 or first.reference == second.reference:
            return None
        edge = between[0]
        source, target = (one, two) if edge.source.reference == first.reference else (two, one)
        join.set("on", _equal(query.qualifier(source), edge.column, query.qualifier(target), edge.key))
        return f"{first.name} and {second.name} are joined by {edge.source.name}.{edge.column}."
    if between or not isinstance(join.this, exp.Table):
        return None
    return _over_the_key(query, join, (left, one), (right, two), edges) or _over_the_key(
        query, join, (right, two), (left, one), edges
    )


def _over_the_key(
    query: Query,
    join: exp.Join,
    pointing: tuple[exp.Column, str],
    other: tuple[exp.Column, str],
    edges: tuple[_Edge, ...],
) -> str | None:
    """Put the table that `pointing` refers to between the two, when a key leads from it to the `other` one's table."""
    (column, alias), (compared, end) = pointing, other
    table, last = query.tables[alias], query.tables[end]
    away = [e for e in edges if e.source.reference == table.reference and e.column.casefold() == column.name.casefold()]
    if len(away) != 1 or any(
        e.source.reference == last.reference and e.target.reference == away[0].target.reference for e in edges
    ):
        return None
    middle = away[0].target
    onward = [e for e in edges if {e.source.reference, e.target.reference} == {middle.reference, last.reference}]
    if len(onward) != 1 or middle.name.casefold() in query.tables or not _is_key(compared, last):
        return None
    edge = onward[0]
    bridge = identifier(middle.name)
    near = _equal(query.qualifier(alias), column.name, bridge, away[0].key)
    far_column, end_column = (
        (edge.column, edge.key) if edge.source.reference == middle.reference else (edge.key, edge.column)
    )
    far = _equal(bridge, far_column, query.qualifier(end), end_column)
    joined_here = query.nodes[end] is join.this
    joins = query.select.args["joins"]
    position = joins.index(join)
    # The table that this join brings in comes last, whichever end of the path it is.
    first, second = (near, far) if joined_here else (far, near)
    join.set("on", second)
    joins.insert(position, exp.Join(this=exp.Table(this=bridge.copy()), on=first))
    query.select.set("joins", joins)
    return f"{table.name}.{column.name} refers to {middle.name}, which leads to {last.name}."


def _is_key(column: exp.Column, table: Table) -> bool:
    return [column.name.casefold()] == [name.casefold() for name in table.primary_key]


def _equal(left: exp.Identifier, column: str, right: exp.Identifier, other: str) -> exp.EQ:
    return exp.EQ(
        this=exp.Column(this=identifier(column), table=left.copy()),
        expression=exp.Column(this=identifier(other), table=right.copy()),
    )
