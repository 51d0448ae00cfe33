"""``SELECT * FROM t EXCEPT SELECT a FROM t``: all columns but a, which DuckDB writes with EXCLUDE."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ..problem import Change, Problem


def exclude_columns(problem: Problem) -> Iterator[Change]:
    """Only when both sides read the same table alone and the right one names columns."""
    if "Set operations can only apply" not in problem.error.message:
        return
    tree = problem.tree()
    if not isinstance(tree, exp.Except):
        return
    left, right = tree.left, tree.right
    if not isinstance(left, exp.Select) or not isinstance(right, exp.Select) or not left.is_star:
        return
    tables = [list(side.find_all(exp.Table)) for side in (left, right)]
    names = [item.name for item in right.expressions if isinstance(item, exp.Column)]
    if any(len(found) != 1 for found in tables) or tables[0][0].name.casefold() != tables[1][0].name.casefold():
        return
    if names and len(names) == len(right.expressions) and right.args.get("where") is None:
        left.set("expressions", [exp.Star(except_=[exp.to_identifier(name) for name in names])])
        yield Change(problem.write(left), "All columns but these are meant: * EXCLUDE.")
