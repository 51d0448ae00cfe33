"""What a habit looks at: a query that may bind and be wrong, as a tree with its scopes, and the question that it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp

from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.words import stem, words

from ..scopes import ScopeView, scope_views
from ..tree import UNREADABLE, syntax_tree, write


@dataclass(frozen=True)
class Bound:
    """A habit changes `tree` in place and says why; `sql` is the text that it came from."""

    sql: str
    tree: exp.Expr
    question: str
    schema: Schema

    @cached_property
    def views(self) -> tuple[ScopeView, ...]:
        return scope_views(self.tree, self.schema)

    def over_tables(self) -> Iterator[ScopeView]:
        """The SELECTs whose sources are all tables of the schema."""
        return (view for view in self.views if view.of_tables)

    @cached_property
    def asked(self) -> frozenset[str]:
        """The stems of the question's words."""
        return frozenset(stem(word) for word in words(self.question))


Habit = Callable[[Bound], "str | None"]
"""Puts `tree` right and gives the reason for the user; ``None`` when there is nothing to change, and then `tree` is as it was."""


def changed(habit: Habit, sql: str, question: str, schema: Schema) -> tuple[str, str] | None:
    """The text without the habit and the reason; None when it is not there, or sqlglot cannot read or write the query."""
    tree = syntax_tree(sql)
    if tree is None:
        return None
    try:
        reason = habit(Bound(sql, tree, question, schema))
        return (write(tree, like=sql), reason) if reason else None
    except UNREADABLE:
        return None
