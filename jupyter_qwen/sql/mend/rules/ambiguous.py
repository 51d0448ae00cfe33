"""A bare column that two sources have gets a qualifier."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jupyter_qwen.schema.keys import is_foreign_key

from ...scopes import FromItem
from ..problem import Change, Problem
from .columns import point


def qualify_ambiguous(problem: Problem) -> Iterator[Change]:
    """The source for which the column is its own, not a key that points elsewhere, comes first."""
    if not problem.is_about("ambiguous"):
        return
    name = problem.names["name"]
    # DuckDB 2 writes ``'t.id' or 'u.id'``, versions before it ``"t.id" or "u.id"``.
    offered = set(re.findall(r"['\"]+([^'\"]+?)\"?\.", problem.error.message.split("(use:", 1)[-1]))
    options: dict[str, tuple[bool, int]] = {}
    for view in problem.views:
        for order, source in enumerate(view.holders(name)):
            if len(view.holders(name)) > 1 and any(True for _ in view.named(name, "")):
                options.setdefault(source.alias, (_points_elsewhere(source, name), order))
    for alias in sorted(options, key=lambda a: options[a]):
        if offered and alias.casefold() not in {o.casefold() for o in offered}:
            continue
        edited = problem.edit()
        if edited is None:
            return
        tree, views = edited
        for view in views:
            if len(view.holders(name)) > 1 and view.source(alias):
                for column in list(view.named(name, "")):
                    point(column, alias, column.name)
        yield Change(problem.write(tree), f"Several tables have a column {name}; {alias} is meant.")


def _points_elsewhere(source: FromItem, name: str) -> bool:
    return source.table is not None and is_foreign_key(source.table, name)
