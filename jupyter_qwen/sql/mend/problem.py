"""What a repair rule sees: the text that does not bind, its tree, DuckDB's complaint taken apart, and the schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from sqlglot import exp

from ...schema.model import Schema
from ..model import Diagnostic
from ..scopes import ScopeView, scope_views
from ..tree import syntax_tree, write

_PATTERNS: Final = {
    "column-of-table": re.compile(r'Table "(?P<table>.+?)" does not have a column named "(?P<name>.+?)"', re.DOTALL),
    "column": re.compile(r'Referenced column "(?P<name>.+?)" not found', re.DOTALL),
    "column-before-alias": re.compile(r'Column "(?P<name>.+?)" referenced that exists in the SELECT clause', re.DOTALL),
    "ambiguous": re.compile(r"Ambiguous reference to column name \"(?P<name>.+?)\"", re.DOTALL),
    "alias": re.compile(r'Referenced table "(?P<table>.+?)" not found', re.DOTALL),
    "table": re.compile(r"Table with name (?P<table>.+?) does not exist", re.DOTALL),
    "function": re.compile(r"Function with name \"?(?P<name>.+?)\"? does not exist", re.DOTALL),
    "grouping": re.compile(r'column "?(?P<name>.+?)"? must appear in the GROUP BY', re.DOTALL | re.IGNORECASE),
    "arguments": re.compile(
        r"No function matches the given name and argument types '(?P<name>.+?)\((?P<types>.*?)\)'\. ", re.DOTALL
    ),
    "comparison": re.compile(
        r"Cannot (?:compare|mix) values of type (?P<left>.+?) (?:and|with)[^A-Z\"]*(?P<right>[A-Z\"].*?)(?: in | - |$|\.)",
        re.DOTALL,
    ),
    "nested-aggregate": re.compile(r"aggregate function calls cannot (?:be nested|contain)"),
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """A proposal of one rule: the whole new text, and the reason in words for the user."""

    sql: str
    reason: str


@dataclass(frozen=True)
class Problem:
    """A text that DuckDB refuses. `sort` classifies `error`; `names` holds what its message names."""

    sql: str
    error: Diagnostic
    schema: Schema
    sort: str = ""
    names: dict[str, str] = field(default_factory=dict)

    @cached_property
    def _tree(self) -> exp.Expr | None:
        return syntax_tree(self.sql)

    def tree(self) -> exp.Expr | None:
        """A copy of the tree that the rule may change."""
        return self._tree.copy() if self._tree is not None else None

    @cached_property
    def views(self) -> tuple[ScopeView, ...]:
        """The scopes of a tree that is only read."""
        return scope_views(self._tree, self.schema) if self._tree is not None else ()

    def edit(self) -> tuple[exp.Expr, tuple[ScopeView, ...]] | None:
        """A tree to change, and its scopes in the order of `views`."""
        tree = self.tree()
        return None if tree is None else (tree, scope_views(tree, self.schema))

    def write(self, tree: exp.Expr) -> str:
        """`tree` as text, on several lines when the original had several."""
        return write(tree, like=self.sql)

    def is_about(self, *sorts: str) -> bool:
        return self.sort in sorts


Rule = Callable[[Problem], Iterable[Change]]


def problem(sql: str, error: Diagnostic, schema: Schema) -> Problem:
    """Take the message of `error` apart."""
    if error.code == "parser-error":
        return Problem(sql, error, schema, "parser")
    for sort, pattern in _PATTERNS.items():
        match = pattern.search(error.message)
        if match:
            names = {key: value.replace('""', '"') for key, value in match.groupdict().items() if value is not None}
            return Problem(sql, error, schema, sort, names)
    return Problem(sql, error, schema, error.code)
