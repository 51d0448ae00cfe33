"""SQL for tables that nobody could read: a kernel without a collector, a busy one, a notebook without a kernel."""

from __future__ import annotations

from jupyter_qwen.sql.model import Diagnostic, Proof
from jupyter_qwen.sql.read.harmless import beyond_tables
from jupyter_qwen.sql.read.parse import Statement, parse

REASON = "The tables of this kernel could not be read, so the query was not checked against them."


def unseen(sql: str) -> Proof:
    """The proof that is none: *unchecked*, with consent where it does more than read, or may do so for all that is known.

    Only DuckDB's grammar is known here and the kernel may talk to another database, so a parser error rejects nothing.
    """
    statement = parse(sql)
    found = Diagnostic("tables-unseen", "info", REASON)
    if not isinstance(statement, Statement):
        return Proof(sql.strip().removesuffix(";").rstrip(), "unchecked", "other", (found,), needs_consent=True)
    reasons = (*statement.consent, *beyond_tables(statement.reading))
    consent = tuple(Diagnostic("needs-consent", "info", reason) for reason in reasons)
    return Proof(statement.sql, "unchecked", statement.kind, (found, *consent), needs_consent=bool(consent))
