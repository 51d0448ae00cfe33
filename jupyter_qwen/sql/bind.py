"""Binding: does DuckDB resolve every name and type of a statement against the schema? Nothing is executed."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import duckdb
from sqlglot import exp

from jupyter_qwen.schema.collector.interruption import interrupted_after
from jupyter_qwen.schema.patience import Patience
from jupyter_qwen.schema.quoting import quote_reference
from jupyter_qwen.sql.read.functions import listed, standing
from jupyter_qwen.sql.read.lexer import tokens
from jupyter_qwen.sql.read.parse import Statement

from ..schema.model import Schema, Table
from .clone import Clone, clones
from .duckdb_errors import diagnose, fields
from .model import Diagnostic, StatementKind

#: Kinds that EXPLAIN plans without doing anything.
BINDABLE: Final[frozenset[StatementKind]] = frozenset(
    ("query", "insert", "update", "delete", "merge", "create", "alter", "drop")
)
_COLUMN: Final = re.compile(r'(?:Referenced column|does not have a column named) "((?:[^"]|"")+)"')
_MAX_OWNERS: Final = 5
_PREFIX: Final = "EXPLAIN (FORMAT json) "
#: Operators of DuckDB's plans that compute or read tables. Functions that give rows are operators of their own names.
_READING_OPERATORS: Final = listed(
    """
    ORDER_BY LIMIT STREAMING_LIMIT LIMIT_PERCENT TOP_N WINDOW STREAMING_WINDOW UNNEST UNGROUPED_AGGREGATE HASH_GROUP_BY
    PERFECT_HASH_GROUP_BY PARTITIONED_AGGREGATE FILTER PROJECTION RESERVOIR_SAMPLE STREAMING_SAMPLE SEQ_SCAN TABLE_SCAN
    INDEX_SCAN DUMMY_SCAN COLUMN_DATA_SCAN CHUNK_SCAN RECURSIVE_CTE_SCAN REC_CTE_SCAN REC_REC_CTE_SCAN CTE_SCAN DELIM_SCAN
    EXPRESSION_SCAN POSITIONAL_SCAN BLOCKWISE_NL_JOIN NESTED_LOOP_JOIN HASH_JOIN CROSS_PRODUCT PIECEWISE_MERGE_JOIN IE_JOIN
    LEFT_DELIM_JOIN RIGHT_DELIM_JOIN DELIM_JOIN POSITIONAL_JOIN ASOF_JOIN UNION EXCEPT INTERSECT RECURSIVE_CTE REC_CTE
    RECURSIVE_KEY_CTE REC_KEY_CTE CTE EMPTY_RESULT INOUT_FUNCTION PIVOT RESULT_COLLECTOR DESCRIBE SHOW_REF
    PRAGMA_SHOW
    """
)


@dataclass(frozen=True)
class Binding:
    """What the binder said: `error` is None when everything resolved; `outside` says that it stopped at a file or address.

    `doubts` are operators in the plan of a query that are not known to read only. `unfinished`: the binder was stopped.
    """

    error: Diagnostic | None = None
    notes: tuple[Diagnostic, ...] = ()
    outside: bool = False
    hidden_types: bool = False
    doubts: tuple[str, ...] = ()
    unfinished: bool = False


def bind(statement: Statement, schema: Schema, *, time_limit_s: float = 2.0) -> Binding:
    """Plan `statement` on empty clones of the tables of `schema`, for at most `time_limit_s` seconds."""
    with clones.use(schema) as clone:
        clone.admit(statement.body)
        plan, stopped = _explain(clone, statement, time_limit_s)
        notes = _notes(clone, statement)
    if not isinstance(plan, duckdb.Error):
        wrong = _misspelled_frame(statement, schema)
        doubts = tuple(name for name in _operators(plan) if not _only_reads(name)) if statement.kind == "query" else ()
        return Binding(error=wrong, notes=notes, doubts=doubts)
    error = plan
    found = diagnose(error, statement.body, offset=len(_PREFIX))
    found = _moved(found, statement)
    if statement.kind == "query" and "read-only mode" in found.message:
        return Binding(error=replace(found, severity="warning", code="writes"), notes=notes, outside=True)
    if isinstance(error, duckdb.PermissionException):
        return Binding(error=replace(found, severity="warning", code="reads-outside"), notes=notes, outside=True)
    if stopped:
        found = replace(found, message=f"The binder took longer than {time_limit_s:g} s.", severity="warning")
        return Binding(error=found, notes=notes, unfinished=True)
    if isinstance(error, duckdb.OutOfMemoryException):
        found = replace(found, message="The binder needed more memory than it may have.", severity="warning")
        return Binding(error=found, notes=notes, unfinished=True)
    if statement.reading.dynamic and _may_be_for_want_of_rows(found, statement):
        hint = "A PIVOT takes columns from the rows, of which there are none where it was checked."
        found = replace(found, severity="warning", code="columns-from-rows", hint=hint)
        return Binding(error=found, notes=notes, unfinished=True)
    if "Could not choose a best candidate function" in found.message and any(
        not c.type for t in schema.tables for c in t.columns
    ):
        return Binding(error=found, notes=notes, hidden_types=True)
    return Binding(error=_with_near_tables(found, error, schema), notes=notes)


def _explain(clone: Clone, statement: Statement, time_limit_s: float) -> tuple[str | duckdb.Error, bool]:
    """The plan as JSON, or the error, and whether it was interrupted.

    A query is planned in a transaction that may only read, so that nothing else passes for one.
    """
    values = dict.fromkeys(statement.parameters) if statement.parameters else None
    connection = clone.connection
    connection.execute("BEGIN TRANSACTION READ ONLY" if statement.kind == "query" else "BEGIN TRANSACTION")
    try:
        with interrupted_after(connection, Patience(time_limit_s)) as interruption:
            rows = connection.execute(_PREFIX + statement.body, values).fetchall()
        return (str(rows[0][-1]) if rows else ""), False
    except duckdb.Error as error:
        return error, interruption.sent
    finally:
        connection.execute("ROLLBACK")


def _operators(plan: str) -> Iterator[str]:
    """The names of all operators of a plan in JSON; one that is none when it cannot be read."""
    try:
        waiting = list(json.loads(plan))
    except (ValueError, RecursionError):
        yield "unreadable plan"
        return
    while waiting:
        node = waiting.pop()
        yield str(node.get("name", "")).strip()
        waiting.extend(node.get("children") or ())


def _only_reads(operator: str) -> bool:
    return operator in _READING_OPERATORS or standing(operator.lower(), table=True) == "allowed"


def _may_be_for_want_of_rows(found: Diagnostic, statement: Statement) -> bool:
    """Whether a PIVOT over values that only the data know may have failed because the clone is empty."""
    if "SELECT list is empty" in found.message:
        return True
    words = [word.lower for word in tokens(statement.body)]
    return "not found in FROM clause" in found.message and (words[0] != "pivot" or "order" in words)


def _moved(found: Diagnostic, statement: Statement) -> Diagnostic:
    """The diagnostic about `statement.body` as one about `statement.sql`."""
    if found.start is None or not statement.body_start:
        return found
    start = found.start + statement.body_start
    return replace(
        found, start=start, end=None if found.end is None else found.end + statement.body_start,
        line=statement.sql.count("\n", 0, start) + 1, column=start - (statement.sql.rfind("\n", 0, start) + 1) + 1,
    )  # fmt: skip


def _notes(clone: Clone, statement: Statement) -> tuple[Diagnostic, ...]:
    folded = statement.body.casefold()
    return tuple(
        Diagnostic("type-substituted", "info", f"{place} has type {kind}, which was proved as VARCHAR.")
        for place, kind in clone.substituted.items()
        if all(part.casefold() in folded for part in place.rsplit(".", 1))
    )


def _with_near_tables(found: Diagnostic, error: duckdb.Error, schema: Schema) -> Diagnostic:
    """Add candidates from the whole schema: DuckDB proposes only among the tables that were cloned."""
    details = fields(error)
    if details.get("type") != "Table":
        return _with_owners(found, schema)
    near = near_tables(str(details.get("name", "")), schema)
    return replace(found, candidates=tuple(dict.fromkeys((*near, *found.candidates))))


def _with_owners(found: Diagnostic, schema: Schema) -> Diagnostic:
    """Say which tables have the column that was not found where it was looked for."""
    match = _COLUMN.search(found.message)
    owners = (
        [quote_reference(t.reference) for t in schema.tables if t.column(match[1].replace('""', '"'))] if match else []
    )
    if match is None or not owners:
        return found
    return replace(found, hint=f"{match[1]} is a column of {', '.join(owners[:_MAX_OWNERS])}.")


def near_tables(name: str, schema: Schema) -> tuple[str, ...]:
    """References, quoted as a query writes them, of the tables whose names are closest to `name`."""
    folded = name.rsplit(".", 1)[-1].casefold()
    by_name: dict[str, Table] = {table.name.casefold(): table for table in reversed(schema.tables)}
    return tuple(
        quote_reference(by_name[found].reference)
        for found in difflib.get_close_matches(folded, list(by_name), cutoff=0.6)
    )


def _misspelled_frame(statement: Statement, schema: Schema) -> Diagnostic | None:
    """A DataFrame is found under the exact name of its variable only, while the clone of it is found in any case."""
    frames = {t.name for t in schema.tables if t.kind == "dataframe"}
    if not frames or statement.tree is None:
        return None
    folded = {name.casefold(): name for name in frames}
    taken = {t.name.casefold() for t in schema.tables if t.kind != "dataframe"}
    taken |= {cte.alias_or_name.casefold() for cte in statement.tree.find_all(exp.CTE)}
    for table in statement.tree.find_all(exp.Table):
        name = table.name
        if name and name not in frames and name.casefold() in folded and name.casefold() not in taken and not table.db:
            right = folded[name.casefold()]
            return Diagnostic(
                "catalog-error", "error", f"Catalog Error: Table with name {name} does not exist!\nDid you mean \"{right}\"?",
                hint="A DataFrame must be spelled exactly like its Python variable.", candidates=(quote_reference((right,)),),
            )  # fmt: skip
    return None
