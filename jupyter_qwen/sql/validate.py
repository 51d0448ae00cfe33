"""The proof: one statement, its kind, its names and types, and the reasons to look twice. The fourth of the five steps."""

from __future__ import annotations

from jupyter_qwen.sql.read.parse import Statement, parse

from ..schema.model import Schema
from .bind import BINDABLE, Binding, bind
from .checks import CHECKS, Subject
from .model import Diagnostic, Proof


def prove(sql: str, schema: Schema, *, time_limit_s: float = 2.0) -> Proof:
    """Judge `sql` against the tables of `schema`, which should be what one connection sees (`Schema.visible_from`).

    Blocking, for at most about `time_limit_s` seconds; the first proof for a schema opens its database (about 40 ms).
    *bound*: DuckDB resolved every name and type. *unchecked*: it cannot be known without leaving the throw-away database
    (files, addresses, settings, types hidden by the privacy level). *rejected*: DuckDB refuses it, in its own words.
    """
    statement = parse(sql)
    if isinstance(statement, Diagnostic):
        return Proof(sql=sql.strip(), verdict="rejected", kind="other", diagnostics=(statement,), needs_consent=True)
    return judge(statement, schema, time_limit_s=time_limit_s)


def judge(statement: Statement, schema: Schema, *, time_limit_s: float = 2.0) -> Proof:
    """`prove` for what is parsed already."""
    consent = tuple(Diagnostic("needs-consent", "info", reason) for reason in statement.consent)
    if statement.kind not in BINDABLE:
        return Proof(statement.sql, "unchecked", statement.kind, consent, needs_consent=True)
    binding = bind(statement, schema, time_limit_s=time_limit_s)
    if binding.error is not None:
        return _not_bound(statement, binding, consent)
    subject = Subject(statement, schema)
    findings = tuple(finding for check in CHECKS for finding in check(subject))
    doubts = [f"DuckDB would do {name} for it." for name in binding.doubts]
    doubts += [f"It calls {name}(), which nobody here knows." for name in statement.reading.unknown]
    consent += tuple(Diagnostic("needs-consent", "info", doubt) for doubt in doubts)
    return Proof(
        statement.sql, "bound", statement.kind, (*findings, *binding.notes, *_hidden(schema), *consent),
        needs_consent=bool(consent),
    )  # fmt: skip


def _not_bound(statement: Statement, binding: Binding, consent: tuple[Diagnostic, ...]) -> Proof:
    assert binding.error is not None
    diagnostics = (binding.error, *binding.notes, *consent)
    if binding.outside:
        reason = Diagnostic("needs-consent", "info", "It does more than read the tables, so it could not be checked.")
        return Proof(statement.sql, "unchecked", statement.kind, (*diagnostics, reason), needs_consent=True)
    if binding.hidden_types:
        return Proof(statement.sql, "unchecked", statement.kind, diagnostics, needs_consent=True)
    if statement.reading.outside:
        # A function of an extension that is not loaded here: refused here, perhaps fine on the user's connection.
        return Proof(statement.sql, "unchecked", statement.kind, diagnostics, needs_consent=True)
    return Proof(statement.sql, "rejected", statement.kind, diagnostics, needs_consent=bool(statement.consent))


def _hidden(schema: Schema) -> tuple[Diagnostic, ...]:
    if schema.privacy != "names":
        return ()
    return (
        Diagnostic("types-hidden", "info", "Names were proved; types were not, since the privacy level hides them."),
    )
