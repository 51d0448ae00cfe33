"""A column that its source lacks: another source in scope has it, or a name so like it that it must be meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from jupyter_qwen.schema.keys import is_foreign_key
from jupyter_qwen.schema.words import identifier_stems

from ...likeness import closest
from ...scopes import FromItem, ScopeView
from ...tree import identifier
from ..problem import Change, Problem

_LETTERS_AT_LEAST = 4
_KEY_WORDS = frozenset(("code", "number"))


def move_column(problem: Problem) -> Iterator[Change]:
    """``T1.name`` where only T2 has a name becomes ``T2.name``."""
    if not problem.is_about("column-of-table"):
        return
    table, name = problem.names["table"], problem.names["name"]
    options = {holder.alias for view in problem.views if _lacks(view, table, name) for holder in view.holders(name)}
    for alias in _in_order(problem, options):
        edited = problem.edit()
        if edited is None:
            return
        tree, views = edited
        for view in views:
            if _lacks(view, table, name) and (holder := view.source(alias)) and holder.has(name):
                for column in list(view.named(name, table)):
                    point(column, alias, column.name)
        if not compares_with_itself(tree):
            yield Change(problem.write(tree), f"{table} has no column {name}; {alias} has it.")


def swap_aliases(problem: Problem) -> Iterator[Change]:
    """``SELECT T2.name, count(T1.track_id) FROM genre T1 JOIN track T2``: the two aliases are confused throughout."""
    if not problem.is_about("column-of-table"):
        return
    table, name = problem.names["table"], problem.names["name"]
    for number, view in enumerate(problem.views):
        if not _lacks(view, table, name):
            continue
        for holder in view.holders(name):
            swapped = _swapped(view, table, holder.alias)
            if not swapped:
                continue
            edited = problem.edit()
            if edited is None:
                return
            tree, views = edited
            for column in _swapped(views[number], table, holder.alias):
                mine = column.table.casefold() == table.casefold()
                point(column, holder.alias if mine else table, column.name)
            yield Change(problem.write(tree), f"{table} and {holder.alias} are confused.")


def _swapped(view: ScopeView, one: str, other: str) -> list[exp.Column]:
    """The columns to swap: those of both aliases outside the join conditions, when each then has what it is asked for."""
    a, b = view.source(one), view.source(other)
    if a is None or b is None:
        return []
    both = (a.alias.casefold(), b.alias.casefold())
    columns = [c for c in view.columns if c.table.casefold() in both and c.find_ancestor(exp.Join) is None]
    mine = [c for c in columns if c.table.casefold() == a.alias.casefold()]
    its = [c for c in columns if c.table.casefold() == b.alias.casefold()]
    if not its or not all(b.has(c.name) for c in mine) or not all(a.has(c.name) for c in its):
        return []
    return columns


def struct_field(problem: Problem) -> Iterator[Change]:
    """``name`` where a source has a STRUCT column with a field of that name."""
    if not problem.is_about("column", "column-of-table"):
        return
    table, name = problem.names.get("table"), problem.names["name"]
    for number, view in enumerate(problem.views):
        for source in view.sources:
            if source.table is None or (table and source.alias.casefold() != table.casefold()):
                continue
            for holder in source.table.columns:
                if not _has_field(holder.type, name):
                    continue
                edited = problem.edit()
                if edited is None:
                    return
                tree, views = edited
                for column in list(views[number].named(name, table or "")):
                    outer = exp.column(identifier(holder.name), table=column.args.get("table"))
                    field = exp.Dot(this=outer, expression=identifier(name))
                    selected = column.parent is views[number].select
                    column.replace(exp.alias_(field, name) if selected else field)
                yield Change(problem.write(tree), f"{name} is a field of {holder.name}.")


def _has_field(type_name: str, name: str) -> bool:
    match = re.match(r"STRUCT\s*\((.*)\)\Z", type_name, re.IGNORECASE | re.DOTALL)
    return match is not None and re.search(rf'(?:\A|,)\s*"?{re.escape(name)}"?\s', match[1], re.IGNORECASE) is not None


def near_column(problem: Problem) -> Iterator[Change]:
    """``depart_delay`` where there is a ``dep_delay``; the qualifier's own table first, then the others in scope."""
    if not problem.is_about("column-of-table", "column", "column-before-alias"):
        return
    table, name = problem.names.get("table"), problem.names["name"]
    seen: set[tuple[str, str]] = set()
    proposals: list[tuple[float, str, str]] = []
    for view in problem.views:
        if not (_lacks(view, table, name) if table else _unresolved(view, name)):
            continue
        for source in view.sources:
            own = table is None or source.alias.casefold() == table.casefold()
            for score, right in closest(name, source.columns.values()):
                if (source.alias, right) not in seen:
                    seen.add((source.alias, right))
                    proposals.append((score if own else score - 0.08, source.alias, right))
    for _, alias, right in sorted(proposals, key=lambda p: -p[0])[:4]:
        edited = problem.edit()
        if edited is None:
            return
        tree, views = edited
        for view in views:
            if view.source(alias) and (_lacks(view, table, name) if table else _unresolved(view, name)):
                for column in list(view.named(name, table or "")):
                    point(column, alias if column.table else "", right)
        if not compares_with_itself(tree):
            yield Change(problem.write(tree), f"There is no column {name}; the closest name in {alias} is {right}.")


def named_in_full(problem: Problem) -> Iterator[Change]:
    """``c.name`` where c has a ``companyname`` and no other column that ends so: nearer than a join to another table's name.

    The last word says what a column is: a company's name is a name, a state's code is no state.
    """
    if not problem.is_about("column-of-table", "column"):
        return
    table, name = problem.names.get("table"), problem.names["name"]
    for number, view in enumerate(problem.views):
        if not (_lacks(view, table, name) if table else _unresolved(view, name)):
            continue
        sources = [s for s in view.sources if table is None or s.alias.casefold() == table.casefold()]
        found = [(s, right) for s in sources for right in s.columns.values() if _in_full(name, right, s)]
        edited = problem.edit()
        if len(found) != 1 or edited is None:
            continue
        (source, right), (tree, views) = found[0], edited
        for column in list(views[number].named(name, table or "")):
            shown = column.parent is views[number].select
            point(column, source.alias if column.table else "", right)
            if shown:
                column.replace(exp.alias_(column.copy(), name))
        yield Change(problem.write(tree), f"The {name} of {source.alias} is called {right}.")


def _in_full(name: str, column: str, source: FromItem) -> bool:
    """Whether `column` is `name` with something before it, and no key of another table."""
    wanted = "".join(identifier_stems(name))
    full = "".join(identifier_stems(column))
    if len(wanted) < _LETTERS_AT_LEAST or not full.endswith(wanted) or full == wanted or name.casefold() in _KEY_WORDS:
        return False
    return source.table is None or not is_foreign_key(source.table, column)


def point(column: exp.Column, alias: str, name: str) -> None:
    """Let `column` mean ``alias.name``; without `alias` it stays bare."""
    column.set("this", identifier(name))
    column.set("table", identifier(alias) if alias else None)
    column.set("db", None)
    column.set("catalog", None)


def compares_with_itself(tree: exp.Expr) -> bool:
    """Whether a condition says ``T2.x = T2.x``: it joins nothing, so the repair that led there was the wrong one."""
    return any(equals.left == equals.right for equals in tree.find_all(exp.EQ))


def _lacks(view: ScopeView, table: str, name: str) -> bool:
    source = view.source(table)
    return source is not None and not source.has(name) and any(True for _ in view.named(name, table))


def _unresolved(view: ScopeView, name: str) -> bool:
    return not view.resolves(name) and any(True for _ in view.named(name, ""))


def _in_order(problem: Problem, aliases: set[str]) -> list[str]:
    """Sources in the order in which the query names them; tables of the schema before derived ones."""
    found: list[FromItem] = [s for view in problem.views for s in view.sources if s.alias in aliases]
    return list(dict.fromkeys(s.alias for s in sorted(found, key=lambda s: s.table is None)))
