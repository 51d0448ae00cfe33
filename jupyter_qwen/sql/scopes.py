"""The scopes of a query with the columns of each source: what a name could mean where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from ..schema.model import Column, Schema, Table
from .clone import visible_columns
from .tree import UNREADABLE, identifier


@dataclass
class FromItem:
    """One thing in a FROM clause. `table` is known for tables of the schema, `inner` for a CTE or subquery.

    `node` is what stands in the tree: the table, or the subquery with its alias.

    `columns` maps folded names to the names as declared, in order; `open` says that there may be more (``*`` of
    something unknown).
    """

    alias: str
    columns: dict[str, str]
    node: exp.Expr
    table: Table | None = None
    inner: exp.Expr | None = None
    open: bool = False

    def has(self, name: str) -> bool:
        return name.casefold() in self.columns

    def written(self, name: str) -> exp.Column:
        """Its column `name`, qualified as the query calls it."""
        named = self.node.args.get("alias")
        found = named.this if isinstance(named, exp.TableAlias) else self.node.this
        qualifier = found.copy() if isinstance(found, exp.Identifier) else identifier(self.alias)
        return exp.Column(this=identifier(name), table=qualifier)


@dataclass
class ScopeView:
    """One SELECT: its `sources` in order, the `columns` that are resolved in it, the scope around it."""

    select: exp.Expr
    sources: list[FromItem]
    columns: list[exp.Column]
    parent: ScopeView | None = None
    aliases: frozenset[str] = frozenset()
    children: list[ScopeView] = field(default_factory=list)

    def source(self, alias: str) -> FromItem | None:
        folded = alias.casefold()
        return next((s for s in self.sources if s.alias.casefold() == folded), None)

    def holders(self, name: str) -> list[FromItem]:
        return [s for s in self.sources if s.has(name)]

    @property
    def of_tables(self) -> bool:
        """Whether every source is a table of the schema."""
        return bool(self.sources) and all(source.table is not None for source in self.sources)

    def owner(self, column: exp.Column) -> FromItem | None:
        """The source that `column` belongs to; None when that is not certain."""
        found = [self.source(column.table)] if column.table else self.holders(column.name)
        return found[0] if len(found) == 1 else None

    def resolves(self, name: str) -> bool:
        """Whether the bare `name` means something here or further out."""
        if name.casefold() in self.aliases or any(s.has(name) or s.open for s in self.sources):
            return True
        return self.parent is not None and self.parent.resolves(name)

    def named(self, name: str, table: str | None = None) -> Iterator[exp.Column]:
        """The references to `name` here; with `table`, those qualified so ('' for bare ones)."""
        for column in self.columns:
            if column.name.casefold() == name.casefold() and (
                table is None or column.table.casefold() == table.casefold()
            ):
                yield column


def scope_views(tree: exp.Expr, schema: Schema) -> tuple[ScopeView, ...]:
    """Every SELECT of `tree`, inner ones first; empty where sqlglot cannot tell the scopes."""
    try:
        scopes = list(traverse_scope(tree))
    except UNREADABLE:
        return ()
    views: dict[int, ScopeView] = {}
    result = []
    for scope in scopes:
        if not isinstance(scope.expression, exp.Select):
            continue
        try:
            columns = [c for c in scope.columns if isinstance(c, exp.Column)]
        except UNREADABLE:
            columns = [c for c in scope.find_all(exp.Column)]
        try:
            chosen = list(scope.selected_sources.items())
        except UNREADABLE:  # a PIVOT among the sources
            return ()
        view = ScopeView(
            select=scope.expression,
            sources=[_source(alias, node, source, schema) for alias, (node, source) in chosen],
            columns=columns,
            aliases=frozenset(e.alias.casefold() for e in scope.expression.expressions if isinstance(e, exp.Alias)),
        )
        views[id(scope)] = view
        result.append(view)
    for scope in scopes:
        inner = views.get(id(scope))
        outer = views.get(id(scope.parent)) if scope.parent is not None else None
        if inner is not None and outer is not None and (scope.is_subquery or scope.is_udtf):
            inner.parent = outer
            outer.children.append(inner)
    return tuple(result)


def column_of(view: ScopeView, column: exp.Column) -> tuple[Table, Column] | None:
    """The table and column of the schema that `column` means, when that is certain."""
    source = view.owner(column)
    if source is None or source.table is None:
        return None
    known = source.table.column(column.name)
    return (source.table, known) if known is not None else None


def _source(alias: str, node: exp.Expr, source: exp.Expr | Scope, schema: Schema) -> FromItem:
    if isinstance(source, exp.Table):
        table = lookup(source, schema)
        if table is None:
            return FromItem(alias, {}, node, open=not source.name)
        return FromItem(alias, {name.casefold(): name for name, _ in visible_columns(table)}, node, table)
    if not isinstance(source, Scope):
        return FromItem(alias, {}, node, open=True)
    expression = source.expression
    columns, open_ = _outputs(expression, schema, source)
    renamed = [c.name for c in (node.args.get("alias") or exp.TableAlias()).args.get("columns") or []]
    if renamed:
        columns = {**{n.casefold(): n for n in renamed}, **dict(list(columns.items())[len(renamed) :])}
    return FromItem(alias, columns, node, inner=expression, open=open_)


def lookup(table: exp.Table, schema: Schema) -> Table | None:
    """The table of the schema that `table` names."""
    parts = ".".join(part.name for part in table.parts)
    return schema.table(parts) or (schema.table(table.name) if not table.db else None)


def _outputs(expression: exp.Expr, schema: Schema, scope: Scope) -> tuple[dict[str, str], bool]:
    while isinstance(expression, exp.SetOperation):
        expression = expression.left
        if not scope.set_operation_scopes:
            break
        scope = scope.set_operation_scopes[0]
    if not isinstance(expression, exp.Select):
        return {}, True
    columns: dict[str, str] = {}
    open_ = False
    for item in expression.expressions:
        if item.is_star:
            wanted = item.table if isinstance(item, exp.Column) else ""
            for alias, (node, source) in scope.selected_sources.items():
                if wanted and alias.casefold() != wanted.casefold():
                    continue
                inner_source = _source(alias, node, source, schema)
                columns |= inner_source.columns
                open_ = open_ or inner_source.open
        elif item.alias_or_name:
            columns[item.alias_or_name.casefold()] = item.alias_or_name
    return columns, open_
