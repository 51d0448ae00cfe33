"""The SELECTs of a query, each with its sources and joins, as SQL that can stand alone.

A part that depends on a query around it, on a recursive table, or whose joins are of an unusual kind is left out: nothing
is said about it. `sql.scopes` resolves names by a schema; a receipt has none, so the database itself says what columns there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from sqlglot import exp

from .from_clause import JoinedSource, JoinStep, Unusual, sources_and_joins
from .nodes import aggregates_in, all_columns, own_columns, sql_of, unaliased
from .probes import ProbeFailed, Probes


@dataclass
class SelectPart:
    """One SELECT. `prefix` is the WITH clause that it needs, `top` tells the outermost one."""

    select: exp.Select
    probes: Probes
    prefix: str
    sources: list[JoinedSource]
    steps: list[JoinStep]
    top: bool
    where: exp.Expr | None
    _kept: dict[str, dict[str, str]] = field(default_factory=dict)

    def columns(self, source: JoinedSource) -> dict[str, str]:
        """Names (folded) and types of its columns, in order. Raises as `Probes.rows`."""
        found = self.probes.rows(
            f"{self.prefix}SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {source.plain})"
        )
        return {str(name).casefold(): str(kind) for name, kind in found}

    def owner(self, column: exp.Column) -> JoinedSource | None:
        """The source that `column` comes from; the first of several that USING makes one."""
        if column.table:
            folded = column.table.casefold()
            return next((source for source in self.sources if source.alias.casefold() == folded), None)
        return next((source for source in self.sources if column.name.casefold() in self.columns(source)), None)

    def type_of(self, column: exp.Column) -> str:
        """DuckDB's type of `column`, ``""`` when it is not known."""
        owner = self.owner(column)
        return self.columns(owner).get(column.name.casefold(), "") if owner is not None else ""

    def owners(self, node: exp.Expr) -> list[JoinedSource]:
        """The sources that `node` reads, in the order of the query. Raises ProbeFailed for a name that none of them has."""
        found = set()
        for column in own_columns(node):
            owner = self.owner(column)
            if owner is None:
                raise ProbeFailed(f"{column.name} is of none of the tables.")
            found.add(owner.number)
        return [source for source in self.sources if source.number in found]

    def from_sql(self, *, numbered: bool = False, steps: int | None = None, where: bool = True) -> str:
        """``FROM … WHERE …`` with the first `steps` joins (all of them when None)."""
        chosen = self.steps if steps is None else self.steps[:steps]
        text = "FROM " + (self.sources[0].numbered if numbered else self.sources[0].plain)
        for step in chosen:
            text += " " + step.written(step.source.numbered if numbered else step.source.plain)
        if where and steps is None and self.where is not None:
            text += f" WHERE {sql_of(self.where)}"
        return text

    def ask(self, projection: str, tail: str | None = None) -> list[list[object]]:
        """Rows of ``SELECT projection FROM …``. Raises as `Probes.rows`."""
        return self.probes.rows(f"{self.prefix}SELECT {projection} {tail if tail is not None else self.from_sql()}")

    @cached_property
    def groups(self) -> list[exp.Expr]:
        """The grouping expressions, with aliases and positions resolved. Raises ProbeFailed for sets of them."""
        group = self.select.args.get("group")
        if group is None:
            return []
        if group.args.get("all"):
            return [
                unaliased(item)
                for item in self.select.expressions
                if not aggregates_in(item) and not item.find(exp.Window)
            ]
        if any(group.args.get(name) for name in ("rollup", "cube", "grouping_sets")):
            raise ProbeFailed("It groups by several sets.")
        return [self.resolved(item) for item in group.expressions]

    def resolved(self, node: exp.Expr) -> exp.Expr:
        """`node` of GROUP BY or ORDER BY as it stands in the select list, when it is a position or an alias of it."""
        items = self.select.expressions
        if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit():
            index = int(node.name) - 1
            return unaliased(items[index]) if index < len(items) else node
        if isinstance(node, exp.Column) and not node.table:
            named = next(
                (i for i in items if isinstance(i, exp.Alias) and i.alias.casefold() == node.name.casefold()), None
            )
            if named is not None:
                inner: exp.Expr = named.this
                return inner
        return node

    def aggregates(self) -> list[exp.Expr]:
        """The aggregates of the select list, HAVING and ORDER BY, without window functions."""
        places = [*self.select.expressions, self.select.args.get("having"), self.select.args.get("order")]
        found: dict[str, exp.Expr] = {}
        for place in places:
            if place is not None:
                for node in aggregates_in(place):
                    found.setdefault(sql_of(node), node)
        return list(found.values())


def parts_of(tree: exp.Expr, probes: Probes) -> Iterator[SelectPart]:
    """Every SELECT of `tree` that stands for itself, the outermost first."""
    for select in tree.find_all(exp.Select):
        try:
            part = _part(select, tree, probes)
        except Unusual:
            continue
        yield part


def _part(select: exp.Select, tree: exp.Expr, probes: Probes) -> SelectPart:
    sources, steps = sources_and_joins(select)
    where = select.args["where"].this if select.args.get("where") else None
    known = {source.alias.casefold() for source in sources}
    for column in all_columns(select):
        if column.table and column.table.casefold() not in known:
            raise Unusual  # it is correlated, or reads a field of a struct
    return SelectPart(select, probes, prefix_of(select), sources, steps, select is tree, where)


def prefix_of(select: exp.Expr) -> str:
    """The WITH clause that `select` needs to stand alone, with a space behind it; ``""`` for none. Raises Unusual."""
    tables: list[exp.Expr] = list((select.args.get("with_") or exp.With()).expressions)
    recursive = bool((select.args.get("with_") or exp.With()).args.get("recursive"))
    node: exp.Expr = select
    inside: exp.Expr | None = None
    while node.parent is not None:
        if isinstance(node, exp.CTE):
            inside = node
        node = node.parent
        clause = node.args.get("with_") if not isinstance(node, exp.With) else None
        if clause is None or (node is select):
            continue
        known = list(clause.expressions)
        if inside is not None and any(item is inside for item in known):
            if clause.args.get("recursive"):
                raise Unusual
            known = known[: next(i for i, item in enumerate(known) if item is inside)]
            inside = None
        recursive = recursive or bool(clause.args.get("recursive"))
        tables = [*known, *tables]
    names = [item.alias.casefold() for item in tables]
    if len(set(names)) < len(names):
        raise Unusual
    if not tables:
        return ""
    return f"WITH {'RECURSIVE ' if recursive else ''}{', '.join(sql_of(item) for item in tables)} "
