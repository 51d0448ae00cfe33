"""A column that its source lacks: another source in scope has it, or a name so like it that it must be meant."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ...quoting import quote_identifier
from ..names import closest
from ..problem import Change, Problem
from ..scopes import ScopeView, Source


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
        yield Change(problem.write(tree), f"{table} has no column {name}; {alias} has it.")


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
        yield Change(problem.write(tree), f"There is no column {name}; the closest name in {alias} is {right}.")


def point(column: exp.Column, alias: str, name: str) -> None:
    """Let `column` mean ``alias.name``; without `alias` it stays bare."""
    column.set("this", exp.to_identifier(name, quoted=quote_identifier(name).startswith('"')))
    column.set("table", exp.to_identifier(alias, quoted=quote_identifier(alias).startswith('"')) if alias else None)
    column.set("db", None)
    column.set("catalog", None)


def _lacks(view: ScopeView, table: str, name: str) -> bool:
    source = view.source(table)
    return source is not None and not source.has(name) and any(True for _ in view.named(name, table))


def _unresolved(view: ScopeView, name: str) -> bool:
    return not view.resolves(name) and any(True for _ in view.named(name, ""))


def _in_order(problem: Problem, aliases: set[str]) -> list[str]:
    """Sources in the order in which the query names them; tables of the schema before derived ones."""
    found: list[Source] = [s for view in problem.views for s in view.sources if s.alias in aliases]
    return list(dict.fromkeys(s.alias for s in sorted(found, key=lambda s: s.table is None)))
