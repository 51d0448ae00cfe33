"""The proof: one statement, its kind, its names and types, and the reasons to look twice. The fourth of the five steps."""

from __future__ import annotations

from typing import Final

from jupyter_qwen.sql.read.parse import Statement, parse

from ..schema.model import Schema
from .bind import BINDABLE, Binding, bind
from .checks import CHECKS, Examined
from .elsewhere import is_child, proof_of
from .model import Diagnostic, Proof

PROOF_SECONDS: Final = 1.0


def prove(sql: str, schema: Schema, *, time_limit_s: float = PROOF_SECONDS) -> Proof:
    """Judge `sql` against the tables of `schema`, which should be what one connection sees (`Schema.visible_from`).

    Blocking, for at most about `time_limit_s` seconds; the first proof for a schema opens its database (about 40 ms), the
    very first one starts the worker in which all of it happens.
    *bound*: DuckDB resolved every name and type. *unchecked*: it cannot be known without leaving the throw-away database
    (files, addresses, settings, types hidden by the privacy level), or the proof was stopped. *rejected*: DuckDB refuses it,
    in its own words.
    """
    if not is_child():
        return proof_of("prove", sql, schema, seconds=time_limit_s, time_limit_s=time_limit_s)
    statement = parse(sql)
    if isinstance(statement, Diagnostic):
        return Proof(sql=sql.strip(), verdict="rejected", kind="other", diagnostics=(statement,), needs_consent=True)
    return judge(statement, schema, time_limit_s=time_limit_s)


def judge(statement: Statement, schema: Schema, *, time_limit_s: float = PROOF_SECONDS) -> Proof:
    """`prove` for what is parsed already."""
    consent = tuple(Diagnostic("needs-consent", "info", reason) for reason in statement.consent)
    if statement.kind not in BINDABLE:
        return Proof(statement.sql, "unchecked", statement.kind, consent, needs_consent=True)
    binding = bind(statement, schema, time_limit_s=time_limit_s)
    if binding.error is not None:
        return _not_bound(statement, binding, consent)
    examined = Examined(statement, schema)
    findings = tuple(finding for check in CHECKS for finding in check(examined))
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
    if binding.hidden_types or binding.unfinished:
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
