"""The search for the shortest chain of repairs after which a query binds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from jupyter_qwen.schema.patience import Patience
from jupyter_qwen.sql.read.parse import Statement, parse

from ...schema.model import Schema
from ..bind import BINDABLE, bind
from ..elsewhere import is_child, proof_of
from ..model import Diagnostic, Proof, Repair
from ..tree import UNREADABLE
from ..validate import PROOF_SECONDS, judge, prove
from .problem import Rule, problem
from .rules.aggregates_in_where import move_condition
from .rules.ambiguous import qualify_ambiguous
from .rules.bridge import bridge_join
from .rules.casts import cast_arguments, cast_compared
from .rules.columns import move_column, named_in_full, near_column, struct_field, swap_aliases
from .rules.dialects import known_function, other_dialect, quote_unit
from .rules.grouping import aggregate_as_key, bare_columns
from .rules.join_in import join_in
from .rules.nested import nested_aggregate
from .rules.projection import keep_column
from .rules.text import foreign_quotes, literal_in_double_quotes, quote_alias, quote_names, strip_prose
from .rules.unknown_tables import near_table, right_alias

#: In order of certainty: the first chain that binds is kept.
RULES: Final[tuple[Rule, ...]] = (
    foreign_quotes,
    quote_names,
    quote_alias,
    strip_prose,
    swap_aliases,
    move_column,
    struct_field,
    right_alias,
    qualify_ambiguous,
    quote_unit,
    keep_column,
    named_in_full,
    bridge_join,
    join_in,
    literal_in_double_quotes,
    near_table,
    near_column,
    known_function,
    aggregate_as_key,
    bare_columns,
    move_condition,
    nested_aggregate,
    cast_compared,
    cast_arguments,
    other_dialect,
)
MAX_DEPTH: Final = 6
MAX_BINDS: Final = 80
BEAM: Final = 4


@dataclass(frozen=True)
class _State:
    """A text on the way, what DuckDB says against it, and the repairs made so far."""

    sql: str
    error: Diagnostic
    repairs: tuple[Repair, ...] = ()


def mend(sql: str, schema: Schema, *, time_limit_s: float = 3.0, rules: tuple[Rule, ...] = RULES) -> Proof:
    """Prove `sql`; when DuckDB rejects it, the nearest text that binds, with every repair named.

    Mechanical: no model, and nothing is executed. A query that binds is not touched; one that cannot be mended comes back as it
    was, rejected. `repairs` hold the texts before and after each step, so each can be taken back. Blocking, for about
    `time_limit_s` seconds at most.
    """
    if not is_child():
        names = None if rules is RULES else [rule.__name__ for rule in rules]
        seconds = time_limit_s + PROOF_SECONDS
        return proof_of("mend", sql, schema, seconds=seconds, time_limit_s=time_limit_s, rules=names)
    patience = Patience(time_limit_s)
    proof = prove(sql, schema)
    if proof.verdict == "rejected" and proof.diagnostics:
        return _bound(proof, schema, rules, patience)
    return proof


def _bound(proof: Proof, schema: Schema, rules: tuple[Rule, ...], patience: Patience) -> Proof:
    """Breadth first over chains of repairs, `BEAM` texts wide; `proof` itself when none of them binds."""
    level = [_State(proof.sql, proof.diagnostics[0])]
    seen = {proof.sql}
    binds = 0
    for _ in range(MAX_DEPTH):
        following: list[_State] = []
        for state in level:
            for name, text, reason in _proposals(state.sql, state.error, schema, rules):
                if text in seen:
                    continue
                seen.add(text)
                binds += 1
                if binds > MAX_BINDS or patience.over:
                    return proof
                found = _error(text, schema)
                repairs = (*state.repairs, Repair(name, reason, state.sql, text))
                if isinstance(found, Statement):
                    return replace(judge(found, schema), repairs=repairs)
                if found is not None and _is_progress(state.error, found):
                    following.append(_State(text, found, repairs))
        level = following[:BEAM]
        if not level:
            break
    return proof


def _proposals(sql: str, error: Diagnostic, schema: Schema, rules: tuple[Rule, ...]) -> Iterator[tuple[str, str, str]]:
    complaint = problem(sql, error, schema)
    for rule in rules:
        try:
            for change in rule(complaint):
                yield rule.__name__.replace("_", "-"), change.sql, change.reason
        except UNREADABLE:
            continue  # a tree that sqlglot cannot write: this rule has nothing to propose


def _error(sql: str, schema: Schema) -> Statement | Diagnostic | None:
    """The statement when it binds, DuckDB's complaint when it does not, None when a repair turned it into something else."""
    statement = parse(sql)
    if isinstance(statement, Diagnostic):
        return statement
    if statement.kind not in BINDABLE or statement.consent:
        return None
    return bind(statement, schema).error or statement


def _is_progress(before: Diagnostic, after: Diagnostic) -> bool:
    """A repair may uncover the next complaint, but must not leave the same one or break the syntax."""
    if after.code == "parser-error" and before.code != "parser-error":
        return False
    return after.message != before.message or (after.start or 0) > (before.start or 0)
