"""In what two readings of one question differ, in words: the first difference that a user would name."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlglot import exp

from jupyter_qwen.sql.tree import syntax_tree

_MOST_NAMED = 3


def difference(sql: str, other: str) -> tuple[str, str]:
    """What `sql` does and `other` does instead, as two phrases: ``("reads `orders`", "reads `order_items`")``.

    Tables first, then what is computed, conditions, groups and how many rows are kept; two empty texts where none of them
    differs, or one of the two cannot be read.
    """
    one, two = syntax_tree(sql), syntax_tree(other)
    if one is None or two is None:
        return "", ""
    for said, found in _PARTS:
        ours, theirs = found(one), found(two)
        if ours != theirs:
            alone, instead = _only(ours, theirs), _only(theirs, ours)
            return _phrase(said, alone), _phrase(said, instead)
    return "", ""


def _only(ours: list[str], theirs: list[str]) -> list[str]:
    return [text for text in ours if text not in theirs]


def _phrase(said: tuple[str, str], texts: list[str]) -> str:
    with_some, with_none = said
    if not texts:
        return with_none
    more = " …" if len(texts) > _MOST_NAMED else ""
    return f"{with_some} {', '.join(f'`{text}`' for text in texts[:_MOST_NAMED])}{more}"


def _texts(nodes: Iterable[exp.Expr]) -> list[str]:
    return sorted(dict.fromkeys(_bare(node).sql(dialect="duckdb") for node in nodes))


def _bare(node: exp.Expr) -> exp.Expr:
    """Without the aliases of tables, which differ where nothing else does."""
    copy = node.copy()
    for column in copy.find_all(exp.Column):
        column.set("table", None)
    return copy


def _tables(tree: exp.Expr) -> list[str]:
    made = {cte.alias.casefold() for cte in tree.find_all(exp.CTE)}
    return sorted({table.name for table in tree.find_all(exp.Table) if table.name.casefold() not in made})


def _computed(tree: exp.Expr) -> list[str]:
    return _texts(tree.find_all(exp.AggFunc))


def _conditions(tree: exp.Expr) -> list[str]:
    found: list[exp.Expr] = []
    for clause in tree.find_all(exp.Where, exp.Having, exp.Qualify):
        found += clause.this.flatten() if isinstance(clause.this, exp.And) else [clause.this]
    return _texts(found)


def _groups(tree: exp.Expr) -> list[str]:
    return _texts(item for group in tree.find_all(exp.Group) for item in group.expressions)


def _limits(tree: exp.Expr) -> list[str]:
    return _texts(limit.expression for limit in tree.find_all(exp.Limit))


def _joins(tree: exp.Expr) -> list[str]:
    return sorted(join.side or "inner" for join in tree.find_all(exp.Join))


def _shown(tree: exp.Expr) -> list[str]:
    return _texts(item.unalias() for item in tree.selects) if isinstance(tree, exp.Query) else []


_PARTS: tuple[tuple[tuple[str, str], Callable[[exp.Expr], list[str]]], ...] = (
    (("reads", "reads nothing else"), _tables),
    (("computes", "computes nothing else"), _computed),
    (("keeps rows where", "keeps all rows"), _conditions),
    (("groups by", "makes no such groups"), _groups),
    (("keeps at most", "keeps every row"), _limits),
    (("joins", "joins otherwise"), _joins),
    (("shows", "shows less"), _shown),
)
