"""A search for rows without a partner that asks the wrong side of a join, or asks it of one partner at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from jupyter_qwen.schema.keys import edges_from

from ..scopes import FromItem, ScopeView
from ..tree import conjuncts, identifier, table_as
from .bound import Bound


def missing_partner(bound: Bound) -> str | None:
    """`a LEFT JOIN b ON a.id = b.a_id WHERE a.id IS NULL` finds nothing: rows of b that are missing have `b.a_id IS NULL`.

    The same for a column that only b's namesake can lack, wherever the test stands.
    """
    swapped: list[str] = []
    for select in bound.tree.find_all(exp.Select):
        for join in select.args.get("joins") or ():
            condition = join.args.get("on")
            if join.side != "LEFT" or not isinstance(condition, exp.EQ):
                continue
            sides = [side for side in (condition.left, condition.right) if isinstance(side, exp.Column) and side.table]
            joined = join.this.alias_or_name.casefold()
            inner = [side for side in sides if side.table.casefold() == joined]
            outer = [side for side in sides if side.table.casefold() != joined]
            if len(inner) != 1 or len(outer) != 1:
                continue
            for test in _null_tests(select):
                if test.this == outer[0] or _meant_inside(test.this, joined, bound, select, condition):
                    test.set("this", inner[0].copy())
                    swapped.append(joined)
                    if test.find_ancestor(exp.Where) is None:
                        _count_once(select, outer[0])
    if not swapped:
        return None
    return (
        f"Rows without {', '.join(swapped)} have nothing on that side of the LEFT JOIN; the other side is never empty."
    )


def _null_tests(select: exp.Select) -> Iterator[exp.Is]:
    """The `x IS NULL` of one SELECT: conditions of its WHERE, and those inside what it shows."""
    where = select.args.get("where")
    tests = [*(conjuncts(where.this) if where is not None else ())]
    tests += [test for item in select.expressions for test in item.find_all(exp.Is)]
    for test in tests:
        if isinstance(test, exp.Is) and isinstance(test.expression, exp.Null):
            yield test


def _count_once(select: exp.Select, key: exp.Column) -> None:
    """Count each row of the side that stays once, however many partners it has, where the test stands beside the count."""
    for count in [node for item in select.expressions for node in item.find_all(exp.Count)]:
        counted = count.this
        if isinstance(counted, exp.Star) or (isinstance(counted, exp.Column) and counted.table == key.table):
            count.set("this", exp.Distinct(expressions=[key.copy()]))


def _meant_inside(tested: exp.Expr, joined: str, bound: Bound, select: exp.Select, condition: exp.Expr) -> bool:
    """Whether no row of the side that stays lacks what is tested, and b, of which nothing else is read, has a column so named."""
    if not isinstance(tested, exp.Column) or not tested.table or tested.table.casefold() == joined:
        return False
    view = next((view for view in bound.over_tables() if view.select is select), None)
    source, owner = (view.source(joined), view.owner(tested)) if view is not None else (None, None)
    if source is None or owner is None or owner.table is None or not source.has(tested.name):
        return False
    place = next((i for i, c in enumerate(owner.table.columns) if c.name.casefold() == tested.name.casefold()), None)
    if place is None or not owner.table.rows or any(row[place] is None for row in owner.table.rows):
        return False
    own = {id(column) for column in condition.find_all(exp.Column)}
    return not any(column.table.casefold() == joined for column in select.find_all(exp.Column) if id(column) not in own)


_DENIES = r"(?:not|never|no|none|without|neither|cannot|\w+n['’]t)"
_ONE_THAT_DOES_NOT = re.compile(
    rf"\b(?:an?|some|any|one|at least one) (?:\w+ ){{1,3}}(?:that|which|who)\b[^,.]*\b{_DENIES}\b", re.IGNORECASE
)


_DIFFERENT = re.compile(r"\b(?:different|distinct|unique)\b", re.IGNORECASE)


def none_of_them(bound: Bound) -> str | None:
    """`id NOT IN (SELECT a_id FROM b WHERE x = 'v')` for a join with b and `b.x <> 'v'`, where "not … v" is asked for.

    Whoever has v beside something else is found by the join. Only where the join brings in nothing that is shown: then the
    question is about rows of a, and the condition about all of their partners.
    """
    for view in bound.over_tables():
        where = view.select.args.get("where")
        for denied in conjuncts(where.this) if where is not None else ():
            column, positive = _denied(denied)
            owner = view.owner(column) if column is not None else None
            if positive is None or owner is None or not _says_no(bound.question, positive):
                continue
            partner = _partner(view, owner, denied, bound)
            if partner is None:
                continue
            join, outside, inside = partner
            assert owner.table is not None  # over_tables
            bare = positive.copy()
            for each in bare.find_all(exp.Column):
                each.set("table", None)
            inner = exp.select(identifier(inside)).from_(table_as(owner.table.reference, owner.table.name))
            known = exp.Not(this=exp.Is(this=exp.column(identifier(inside)), expression=exp.Null()))
            query = exp.Subquery(this=inner.where(exp.and_(bare, known, copy=False)))
            denied.replace(exp.Not(this=exp.In(this=outside, query=query)))
            _take_out(view, join, owner)
            if not _DIFFERENT.search(bound.question):  # it undid the rows that the join repeated
                view.select.set("distinct", None)
            return f"A row of {owner.table.name} that has another value says nothing about the others of the same one."
    return None


def _denied(part: exp.Expr) -> tuple[exp.Column | None, exp.Expr | None]:
    """The column and the condition that `part` denies: `x <> 'v'`, `NOT x = 'v'`, `x NOT IN ('v', 'w')`, `x NOT LIKE '%v%'`."""
    inner = part.this.unnest() if isinstance(part, exp.Not) else None
    if isinstance(part, exp.NEQ):
        inner = exp.EQ(this=part.left.copy(), expression=part.right.copy())
    if not isinstance(inner, exp.EQ | exp.In | exp.Like | exp.ILike) or inner.args.get("query") is not None:
        return None, None
    tested = part.left if isinstance(part, exp.NEQ) else inner.this
    literals = inner.expressions if isinstance(inner, exp.In) else [inner.expression]
    if not isinstance(tested, exp.Column) or not all(isinstance(each, exp.Literal) for each in literals):
        return None, None
    return tested, inner


def _says_no(question: str, positive: exp.Expr) -> bool:
    """Whether the question denies before it names a value of `positive`, and does not ask for one that is otherwise."""
    if _ONE_THAT_DOES_NOT.search(question):
        return False
    values = [node.name.strip("%").strip() for node in positive.find_all(exp.Literal)]
    return bool(values) and all(
        re.search(rf"\b{_DENIES}\b.*{re.escape(value)}", question, re.IGNORECASE | re.DOTALL)
        for value in values
        if value
    )


def _partner(
    view: ScopeView, owner: FromItem, denied: exp.Expr, bound: Bound
) -> tuple[exp.Join, exp.Column, str] | None:
    """The join that brings in `owner`, the other side's key and its own that points there; None where more is read from it."""
    joins: list[exp.Join] = view.select.args.get("joins") or []
    start = view.select.args.get("from_")
    if owner.table is None or start is None or any(join.args.get("using") for join in joins):
        return None
    touching = [
        join
        for join in joins
        if join.args.get("on") is not None and any(view.owner(c) is owner for c in join.args["on"].find_all(exp.Column))
    ]
    if len(touching) != 1 or not isinstance(touching[0].args["on"], exp.EQ) or touching[0].side not in ("", "LEFT"):
        return None
    join = touching[0]
    if join.this is not owner.node and (start.this is not owner.node or join.side or len(joins) != 1):
        return None
    if any(isinstance(item, exp.Star) or item.is_star for item in view.select.expressions):
        return None
    sides = [side for side in (join.args["on"].left, join.args["on"].right) if isinstance(side, exp.Column)]
    mine = [side for side in sides if view.owner(side) is owner]
    other = [side for side in sides if view.owner(side) is not owner]
    if len(mine) != 1 or len(other) != 1:
        return None
    points = any(
        edge.points and edge.on[0][0] == mine[0].name for edge in edges_from(owner.table, bound.schema) if edge.on
    )
    allowed = {id(column) for place in (join.args["on"], denied) for column in place.find_all(exp.Column)}
    read = any(view.owner(c) is owner for c in view.select.find_all(exp.Column) if id(c) not in allowed)
    return (join, other[0].copy(), mine[0].name) if points and not read else None


def _take_out(view: ScopeView, join: exp.Join, owner: FromItem) -> None:
    """Leave `owner` out of FROM, whichever side of the join it stands on."""
    start = view.select.args["from_"]
    if start.this is owner.node:
        start.set("this", join.this)
    join.pop()
    view.sources.remove(owner)
