"""A table or alias that does not exist: the alias its table has here, or the table whose name is closest."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ...likeness import closest, likeness
from ...tree import identifier
from ..problem import Change, Problem
from .columns import compares_with_itself, point


def right_alias(problem: Problem) -> Iterator[Change]:
    """``orders.total`` where orders is called ``o``, ``T3.total`` where only one source has a total, a near-miss alias."""
    if not problem.is_about("alias"):
        return
    wrong = problem.names["table"]
    for number, view in enumerate(problem.views):
        columns = [c for c in view.columns if c.table.casefold() == wrong.casefold()]
        if not columns or view.source(wrong) is not None:
            continue
        scored: list[tuple[float, str]] = []
        for source in view.sources:
            if not all(source.has(c.name) or source.open for c in columns):
                continue
            named = source.table is not None and source.table.name.casefold() == wrong.casefold()
            score = (
                2.0
                if named
                else max(likeness(wrong, source.alias), likeness(wrong, source.table.name) if source.table else 0.0)
            )
            scored.append((score, source.alias))
        for _, alias in sorted(scored, key=lambda pair: -pair[0])[:3]:
            edited = problem.edit()
            if edited is None:
                return
            tree, views = edited
            for column in list(views[number].columns):
                if column.table.casefold() == wrong.casefold():
                    point(column, alias, column.name)
            if not compares_with_itself(tree):
                yield Change(problem.write(tree), f"Nothing is called {wrong} here; {alias} has the column.")


def near_table(problem: Problem) -> Iterator[Change]:
    """``custmers`` becomes ``customers``; a wrong schema or catalogue before a known table is dropped."""
    if not problem.is_about("table") and problem.error.code != "catalog-error":
        return
    wrong = problem.names.get("table", "").split(" ")[0].strip('"')
    wrong = wrong.rsplit(".", 1)[-1]
    references = {t.name: t.reference for t in reversed(problem.schema.tables)}
    options = [table.name for table in problem.schema.tables if table.name.casefold() == wrong.casefold()]
    options += [name for _, name in closest(wrong, references, at_least=0.7)]
    for right in dict.fromkeys(options):
        tree = problem.tree()
        if tree is None:
            return
        for table in list(tree.find_all(exp.Table)):
            if table.name.casefold() != wrong.casefold():
                continue
            before = table.alias_or_name
            parts = references[right]
            for key, part in zip(("this", "db", "catalog"), reversed(parts), strict=False):
                table.set(key, identifier(part))
            for key in ("this", "db", "catalog")[len(parts) :]:
                table.set(key, None)
            if not table.alias:
                for column in tree.find_all(exp.Column):
                    if column.table.casefold() == before.casefold():
                        column.set("table", identifier(right))
        yield Change(problem.write(tree), f"There is no table {wrong}; {right} is the closest name.")
