"""Small questions to sqlglot's tree of a query."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp


def conjuncts(node: exp.Expr | None) -> list[exp.Expr]:
    """The conditions that AND connects in `node`."""
    if node is None:
        return []
    while isinstance(node, exp.Paren):
        node = node.this
    return [part for item in node.flatten() for part in conjuncts(item)] if isinstance(node, exp.And) else [node]


def unaliased(node: exp.Expr) -> exp.Expr:
    """`node` without the alias around it."""
    return node.this if isinstance(node, exp.Alias) else node


def aggregates_in(node: exp.Expr) -> list[exp.Expr]:
    """The aggregates in `node` that no window and no subquery holds."""
    found: list[exp.Expr] = []
    for item in node.find_all(exp.AggFunc):
        around = item.parent
        inside = False
        while around is not None and item is not node and around is not node.parent:
            if (isinstance(around, exp.Window) and around.this.find(exp.AggFunc) is item) or isinstance(
                around, exp.Query
            ):
                inside = True
                break
            around = around.parent
        if not inside and not isinstance(item.parent, exp.Window) and not item.find_ancestor(exp.AggFunc):
            found.append(item)
    return found


def own_columns(node: exp.Expr) -> Iterator[exp.Column]:
    """The columns in `node` that no subquery in it holds."""
    for item in node.walk(prune=lambda found: found is not node and isinstance(found, exp.Query)):
        if isinstance(item, exp.Column) and not isinstance(item.this, exp.Star):
            yield item


def all_columns(select: exp.Select) -> Iterator[exp.Column]:
    """The columns of all clauses of `select`, none of a subquery's, FROM or WITH."""
    for name, value in select.args.items():
        if name == "with_":
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, exp.Join):
                on = item.args.get("on")
                if on is not None:
                    yield from own_columns(on)
            elif isinstance(item, exp.Expr) and name != "from_":
                yield from own_columns(item)


def sql_of(node: exp.Expr | None) -> str:
    """`node` as DuckDB reads it."""
    return node.sql(dialect="duckdb", comments=False) if node is not None else ""


def read_sql(text: str) -> exp.Expr:
    """The tree of SQL that was put together here. Raises sqlglot's errors."""
    tree: exp.Expr = exp.maybe_parse(text, dialect="duckdb")
    return tree


def within(node: exp.Expr) -> exp.Expr:
    """What stands in the parentheses around `node`."""
    while isinstance(node, exp.Paren):
        node = node.this
    return node
