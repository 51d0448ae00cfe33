"""What a proof says: a verdict, its reasons as fields, and what was repaired on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["bound", "unchecked", "rejected"]
Severity = Literal["error", "warning", "info"]
StatementKind = Literal[
    "query", "insert", "update", "delete", "merge", "create", "alter", "drop", "copy", "attach", "detach", "install",
    "load", "pragma", "set", "transaction", "call", "export", "import", "other",
]  # fmt: skip


@dataclass(frozen=True)
class Diagnostic:
    """One finding about a statement.

    `code` is stable and kebab-case (``binder-error``, ``cross-join``, ``literal-not-in-values``). `message` holds DuckDB's own
    words where they come from DuckDB, without the caret line. `start` and `end` are character offsets into the SQL, or
    ``None``; `line` and `column` count from 1. `candidates` are names that DuckDB, or we, propose.
    """

    code: str
    severity: Severity
    message: str
    hint: str = ""
    candidates: tuple[str, ...] = ()
    start: int | None = None
    end: int | None = None
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True)
class Repair:
    """One mechanical change that made a query bind, or a round of the model. `before` makes it reversible.

    `round` is 0 for a mechanical change, else it counts the model's rounds from 1.
    """

    name: str
    reason: str
    before: str
    after: str
    round: int = 0


@dataclass(frozen=True)
class Proof:
    """The outcome for one piece of SQL.

    `sql` is the text that was proved (after repairs, if any). `needs_consent` is true for whatever writes, deletes, attaches,
    installs or reads outside: it is never inserted and run without asking.
    """

    sql: str
    verdict: Verdict
    kind: StatementKind
    diagnostics: tuple[Diagnostic, ...] = ()
    repairs: tuple[Repair, ...] = ()
    needs_consent: bool = False
