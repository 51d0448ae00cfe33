"""Tables joined on keys of different things: the conditions taken apart, the tables put together again along the keys."""

from __future__ import annotations

from sqlglot import exp

from jupyter_qwen.schema.keys import Edge, edges_from, is_primary_key
from jupyter_qwen.schema.model import Schema, Table

from ...scopes import FromItem, ScopeView
from ...tree import conjuncts, equal_columns, free_alias, table_as

_LONGEST = 3  # keys on the way from one side to the other


def reconnect(view: ScopeView, schema: Schema) -> str | None:
    """Put the key path in place of the one condition of `view` that compares keys of two different things.

    Only for inner joins of tables, and where exactly one shortest way over keys leads from the tables on the one side of that
    condition to those on the other, over tables that the query does not have yet.
    """
    select, start = view.select, view.select.args.get("from_")
    joins: list[exp.Join] = list(select.args.get("joins") or ())
    if not joins or start is None or not view.of_tables or any(not _inner(join) for join in joins):
        return None
    conditions = [part for join in joins for part in conjuncts(join.args["on"])]
    wrong = [part for part in conditions if _different_things(view, part, schema)]
    if len(wrong) != 1:
        return None
    kept = [part for part in conditions if part is not wrong[0]]
    reached = _reached(view, view.sources[0], kept)
    others = [source for source in view.sources if not any(source is one for one in reached)]
    if not others or len(_reached(view, others[0], kept)) != len(others):
        return None
    path = _only_path(view, reached, others, schema)
    if path is None:
        return None
    left, edges, right = path
    tables = [(source.alias, source.node) for source in view.sources]
    alias, taken = left.alias, [source.alias for source in view.sources]
    for edge in edges[:-1]:
        bridge = free_alias(edge.right.name, taken)
        taken.append(bridge)
        tables.append((bridge, table_as(edge.right.reference, bridge)))
        kept.append(equal_columns(alias, bridge, edge.on))
        alias = bridge
    kept.append(equal_columns(alias, right.alias, edges[-1].on))
    return _put_together(view, tables, kept, wrong[0], edges)


def _put_together(
    view: ScopeView,
    tables: list[tuple[str, exp.Expr]],
    conditions: list[exp.Expr],
    wrong: exp.Expr,
    edges: tuple[Edge, ...],
) -> str | None:
    """The joins in an order in which each condition stands where its last table comes in; None when there is none."""
    about = [(part, _aliases(view, part)) for part in conditions]
    placed, joins = {tables[0][0].casefold()}, []
    pending = tables[1:]
    while pending:
        for alias, node in pending:
            here = placed | {alias.casefold()}
            on = [part for part, names in about if alias.casefold() in names and names <= here]
            if any(len(names) > 1 for part, names in about if any(part is one for one in on)):
                joins.append(exp.Join(this=node, on=exp.and_(*on, copy=False)))
                placed = here
                pending = [each for each in pending if each[0] != alias]
                break
        else:
            return None
    view.select.set("joins", joins)
    way = ", ".join(edge.right.name for edge in edges)
    return f"{wrong.sql(dialect='duckdb')} compares two different things; the keys lead over {way}."


def _only_path(
    view: ScopeView, near: list[FromItem], far: list[FromItem], schema: Schema
) -> tuple[FromItem, tuple[Edge, ...], FromItem] | None:
    """The one shortest way over keys from a table of `near` to one of `far`; None when there are none or several."""
    used = {source.table.reference for source in view.sources if source.table is not None}
    ends = {source.table.reference: source for source in far if source.table is not None}
    ways: list[tuple[FromItem, tuple[Edge, ...], Table]] = [
        (source, (), source.table) for source in near if source.table is not None
    ]
    for _ in range(_LONGEST):
        longer = [
            (source, (*edges, edge), edge.right) for source, edges, table in ways for edge in edges_from(table, schema)
        ]
        found = [way for way in longer if way[2].reference in ends]
        if found:
            return (found[0][0], found[0][1], ends[found[0][2].reference]) if len(found) == 1 else None
        ways = [way for way in longer if way[2].reference not in used]
    return None


def _different_things(view: ScopeView, part: exp.Expr, schema: Schema) -> bool:
    """Whether `part` compares two columns that are keys, and not of the same table."""
    if not isinstance(part, exp.EQ) or not isinstance(part.left, exp.Column) or not isinstance(part.right, exp.Column):
        return False
    one, two = view.owner(part.left), view.owner(part.right)
    if one is None or two is None or one is two or one.table is None or two.table is None:
        return False
    if one.table.reference == two.table.reference:
        return False  # rows of one table beside each other, on whatever they share
    first, second = _thing(one.table, part.left.name, schema), _thing(two.table, part.right.name, schema)
    return bool(first) and bool(second) and not first & second


def _thing(table: Table, column: str, schema: Schema) -> set[tuple[str, ...]]:
    """The tables whose rows `column` names."""
    found = {
        edge.right.reference
        for edge in edges_from(table, schema)
        if edge.points and [a.casefold() for a, _ in edge.on] == [column.casefold()]
    }
    if is_primary_key(table, column) or any(
        not edge.points and [a.casefold() for a, _ in edge.on] == [column.casefold()]
        for edge in edges_from(table, schema)
    ):
        found.add(table.reference)
    return found


def _reached(view: ScopeView, start: FromItem, conditions: list[exp.Expr]) -> list[FromItem]:
    """The sources that `conditions` connect with `start`, itself among them."""
    names, grown = {start.alias.casefold()}, True
    while grown:
        grown = False
        for part in conditions:
            about = _aliases(view, part)
            if about & names and not about <= names:
                names |= about
                grown = True
    return [source for source in view.sources if source.alias.casefold() in names]


def _aliases(view: ScopeView, part: exp.Expr) -> set[str]:
    named = set()
    for column in part.find_all(exp.Column):
        owner = view.owner(column)
        named.add((owner.alias if owner is not None else column.table).casefold())
    return named


def _inner(join: exp.Join) -> bool:
    how = str(join.args.get("kind") or "").upper()
    plain = how in ("", "INNER") and not join.side and not join.args.get("using") and not join.args.get("method")
    return plain and join.args.get("on") is not None and isinstance(join.this, exp.Table)
