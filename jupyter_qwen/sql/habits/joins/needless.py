"""Joins with a table that neither the question nor the rest of the query needs."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from jupyter_qwen.schema.keys import is_primary_key
from jupyter_qwen.schema.model import Table
from jupyter_qwen.schema.words import identifier_stems

from ...scopes import FromItem, ScopeView
from ..bound import Bound

_SHARED_STEM = 4  # letters at the beginning that make two words forms of one (enrolled, enrolment)


def drop_needless_joins(bound: Bound) -> str | None:
    """Leave out inner joins whose table serves nothing but its own join condition and is not in the question.

    Such a join only repeats or loses rows.
    """
    dropped: list[str] = []
    for view in bound.over_tables():
        while (name := _drop_using(view, bound.asked) or _drop_one(view, bound.asked)) is not None:
            dropped.append(name)
    return (
        f"Nothing in the question or in the query needs {', '.join(dropped)}; the join only repeats rows."
        if dropped
        else None
    )


def _drop_using(view: ScopeView, asked: frozenset[str]) -> str | None:
    """Take the second of two tables out, where nothing but the columns of USING is read from it; its name, or None."""
    joins: list[exp.Join] = view.select.args.get("joins") or []
    if len(view.sources) != 2 or len(joins) != 1 or joins[0].side or joins[0].kind in ("CROSS", "LEFT"):
        return None
    first, second = view.sources
    shared = {name.name.casefold() for name in joins[0].args.get("using") or ()}
    if not shared or second.node is not joins[0].this or first.table is None or second.table is None:
        return None
    if any(_is_star(item) for item in view.select.expressions) or _in_question(second.table, [first.table], asked):
        return None
    columns = [c for c in view.select.find_all(exp.Column) if not _names_an_output(view, c)]
    its = [c for c in columns if c.table.casefold() == second.alias.casefold()]
    if any(c.name.casefold() not in shared for c in its) or not all(first.has(c.name) for c in columns if not c.table):
        return None
    for column in its:
        column.set("table", first.written(column.name).args["table"])
    joins[0].pop()
    view.sources.remove(second)
    return second.table.name


def _drop_one(view: ScopeView, asked: frozenset[str]) -> str | None:
    """Take one needless table out of the tree and of `view`; its name, or None when there is none."""
    select = view.select
    joins: list[exp.Join] = select.args.get("joins") or []
    start = select.args.get("from_")
    if not joins or start is None or any(_is_star(column) for column in select.expressions):
        return None
    conditions = {id(c): join for join in joins if join.args.get("on") for c in join.args["on"].find_all(exp.Column)}
    columns = [column for column in select.find_all(exp.Column) if not _names_an_output(view, column)]
    owners = {id(column): view.owner(column) for column in columns}
    if None in owners.values() or any(
        join.args.get("using") or join.side or join.kind in ("CROSS", "LEFT") for join in joins
    ):
        return None
    used = [source for column in columns if id(column) not in conditions and (source := owners[id(column)]) is not None]
    for source in view.sources:
        if source.table is None or any(source is other for other in used):
            continue
        if _in_question(source.table, [other.table for other in used if other.table is not None], asked):
            continue
        joining = {
            id(conditions[id(c)]): conditions[id(c)] for c in columns if id(c) in conditions and owners[id(c)] is source
        }
        if len(joining) != 1 or _rows_are_counted(view, source):
            continue
        (join,) = joining.values()
        if join.this is source.node:
            join.pop()
        elif start.this is source.node and isinstance(join.this, exp.Table) and _joins_only(join, source, owners):
            join.pop()
            start.set("this", join.this)
        else:
            continue
        view.sources.remove(source)
        return source.table.name
    return None


def _rows_are_counted(view: ScopeView, source: FromItem) -> bool:
    """Whether `count(*)` counts the rows of `source` for each row of another table, whose key is grouped by."""
    group = view.select.args.get("group")
    counts = any(isinstance(count.this, exp.Star) for count in view.select.find_all(exp.Count))
    if not counts or not isinstance(group, exp.Group):
        return False
    for key in group.expressions:
        owner = view.owner(key) if isinstance(key, exp.Column) else None
        if owner is None or owner is source or owner.table is None:
            continue
        if is_primary_key(owner.table, key.name) or _unique(owner.table, key.name):
            return True
    return False


def _unique(table: Table, name: str) -> bool:
    """Whether no two of the table's rows, all at hand, share a value of the column."""
    place = next((i for i, column in enumerate(table.columns) if column.name.casefold() == name.casefold()), None)
    if place is None or not table.rows_complete or len(table.rows) < 2:
        return False
    return len({row[place] for row in table.rows}) == len(table.rows)


def _names_an_output(view: ScopeView, column: exp.Column) -> bool:
    """Whether it is an alias of the SELECT, as in `ORDER BY n`, and no table's column."""
    return not column.table and column.name.casefold() in view.aliases and not view.holders(column.name)


def _joins_only(join: exp.Join, source: FromItem, owners: dict[int, FromItem | None]) -> bool:
    """Whether the condition of `join` is between `source` and the table that it brings in, and no third one."""
    others = [owner for c in join.args["on"].find_all(exp.Column) if (owner := owners[id(c)]) is not source]
    return bool(others) and all(owner is not None and owner.node is join.this for owner in others)


def _in_question(table: Table, others: Sequence[Table], asked: frozenset[str]) -> bool:
    """Whether a word of the table's name that the tables in use do not share is among the question's words."""
    shared = {part for other in others for part in identifier_stems(other.name)}
    own = {part for part in identifier_stems(table.name) if len(part) > 2} - shared
    return any(part[:_SHARED_STEM] == word[:_SHARED_STEM] for part in own for word in asked)


def _is_star(column: exp.Expr) -> bool:
    return isinstance(column, exp.Star) or (isinstance(column, exp.Column) and isinstance(column.this, exp.Star))
