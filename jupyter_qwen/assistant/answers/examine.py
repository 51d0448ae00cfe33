"""One query looked at from all sides: mended, proved, looked at again, held against the question, tried on sample rows."""

from __future__ import annotations

import re
from dataclasses import replace

from jupyter_qwen.assistant.answers.votes import DEFAULT_STRATEGY, NO_SUCH_VALUE, Candidate, Origin, Outcome, Strategy
from jupyter_qwen.prompt.tokens import restore
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.demands.doubts import unmet_demands, unmet_meanings
from jupyter_qwen.sql.habits import look_again
from jupyter_qwen.sql.habits.bound import changed
from jupyter_qwen.sql.habits.joins.by_keys import join_by_keys
from jupyter_qwen.sql.mend import mend, mend_values
from jupyter_qwen.sql.model import Proof, Repair
from jupyter_qwen.sql.results import result_key
from jupyter_qwen.sql.trial import Trial
from jupyter_qwen.sql.trial import run as run_trial


def examine(
    sql: str,
    schema: Schema,
    *,
    question: str = "",
    origin: Origin = "plain",
    strategy: Strategy = DEFAULT_STRATEGY,
    meanings: tuple[str, ...] = (),
) -> Candidate:
    """Prove, mend, look at again and try one query. Blocking: up to some seconds for hostile SQL, usually 50 ms."""
    written = restore(sql)
    proof = _mended(written, question, schema)
    if question:
        proof = look_again(proof, question, schema)
    unmet = unmet_demands(question, proof.sql, schema) if question and proof.verdict != "rejected" else ()
    if proof.verdict != "rejected":
        unmet += unmet_meanings(meanings, proof.sql, schema)
    same_text = " ".join(proof.sql.casefold().split())
    if proof.verdict == "rejected":
        error = next((d for d in proof.diagnostics if d.severity == "error"), None)
        failure = error.message if error else "it does not bind"
        return Candidate(proof.sql, proof, "rejected", None, origin, failure, unmet, written)
    if proof.verdict != "bound" or proof.needs_consent or proof.kind != "query" or schema.privacy != "samples":
        return Candidate(proof.sql, proof, "untried", same_text, origin, "", unmet, written)
    if any(finding.code in NO_SUCH_VALUE for finding in proof.diagnostics):
        # No row can equal such a literal, whether or not the query finds others, so spelling it right only helps.
        respelled = mend_values(proof.sql, schema)
        proof = replace(respelled, repairs=(*proof.repairs, *respelled.repairs))
    trial = run_trial(proof.sql, schema, time_limit_s=strategy.trial_seconds)
    fingerprint = result_key(trial.rows) if trial.status == "ok" else same_text
    outcome = outcome_of(trial)
    return Candidate(proof.sql, proof, outcome, fingerprint, origin, trial.message, unmet, written, trial)


def _mended(written: str, question: str, schema: Schema) -> Proof:
    """`written` mended, its names in DuckDB's own quotes, its joins put right by the keys beforehand where the result binds."""
    sql = _own_quotes(written)
    quoted = (Repair("foreign-quotes", "DuckDB's own quotes for names are double ones.", written, sql),) * (
        sql != written
    )
    joined = changed(join_by_keys, sql, question, schema)
    if joined is not None:
        text, reason = joined
        proof = mend(text, schema)
        if proof.verdict == "bound":
            return replace(proof, repairs=(*quoted, Repair("join-by-key", reason, sql, text), *proof.repairs))
    proof = mend(sql, schema)
    return replace(proof, repairs=(*quoted, *proof.repairs))


def _own_quotes(sql: str) -> str:
    """Names in backticks, which a query could be read differently for, in double quotes; texts stay as they are."""
    parts = _TEXT_OR_NAME.split(sql)
    parts[::2] = [_BACKTICKS.sub(r'"\1"', part) for part in parts[::2]]
    return "".join(parts)


_TEXT_OR_NAME = re.compile(r"""('(?:[^']|'')*'|"(?:[^"]|"")*")""")
_BACKTICKS = re.compile(r"`([^`\"]+)`")


def outcome_of(trial: Trial) -> Outcome:
    """What a trial says. An empty result on a mere sample of the rows says nothing; a timeout is no fault of the query."""
    if trial.status == "error":
        return "failed"
    if trial.status != "ok":
        return "untried"
    if not trial.rows:
        return "empty" if trial.complete else "untried"
    if all(value is None for row in trial.rows for value in row):
        return "nulls"
    return "rows"
