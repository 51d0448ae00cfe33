"""What a check looks at: a bound statement, its scopes resolved once for all checks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp

from jupyter_qwen.sql.read.parse import Statement

from ...schema.model import Schema
from ..model import Diagnostic
from ..scopes import ScopeView, scope_views


@dataclass(frozen=True)
class Examined:
    """A statement that binds against `schema`. Checks read its tree and must not change it."""

    statement: Statement
    schema: Schema

    @property
    def tree(self) -> exp.Expr | None:
        return self.statement.tree

    @cached_property
    def views(self) -> tuple[ScopeView, ...]:
        return scope_views(self.tree, self.schema) if self.tree is not None else ()

    def warn(
        self, code: str, message: str, *, at: exp.Expr, hint: str = "", candidates: tuple[str, ...] = ()
    ) -> Diagnostic:
        """A warning at the place of `at`, where its text occurs in the statement exactly once."""
        start, end = self._place(at)
        line = column = None
        if start is not None:
            line = self.statement.sql.count("\n", 0, start) + 1
            column = start - (self.statement.sql.rfind("\n", 0, start) + 1) + 1
        return Diagnostic(code, "warning", message, hint, candidates, start, end, line, column)

    def _place(self, node: exp.Expr) -> tuple[int | None, int | None]:
        marks = [part.meta for part in node.walk() if "start" in part.meta and "end" in part.meta]
        if not marks:
            text = node.sql(dialect="duckdb")
            start = self.statement.sql.find(text)
            return (start, start + len(text)) if start >= 0 and self.statement.sql.count(text) == 1 else (None, None)
        offset = self.statement.body_start
        return min(m["start"] for m in marks) + offset, max(m["end"] for m in marks) + 1 + offset
