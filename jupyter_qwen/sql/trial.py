"""A trial run: what a read query gives on the sample rows, in a second throw-away database that holds nothing else.

It needs the privacy level *samples*. The user's connection is never touched; files, network and extensions are off; it is
interrupted at its time limit. Samples are not the data: an empty result means something only when `complete` is true.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import duckdb

from jupyter_qwen.schema.collector.interruption import interrupted_after
from jupyter_qwen.schema.patience import Patience
from jupyter_qwen.schema.quoting import quote_reference
from jupyter_qwen.sql.read.parse import parse

from ..schema.model import Schema, Table
from .clone import Clone, CloneCache, declared, visible_columns
from .duckdb_errors import diagnose
from .elsewhere import WorkerFailed, WorkerStopped, is_child, result_of
from .model import Diagnostic
from .packing import unpack, unpack_diagnostic

MAX_ROWS: Final = 1000
_CONNECTIONS_KEPT: Final = 4
_NESTED: Final = ("STRUCT", "MAP", "UNION", "JSON", "VARIANT")


@dataclass(frozen=True)
class Trial:
    """The outcome. `rows` are Python values as DuckDB's client gives them, at most `MAX_ROWS` of them.

    `row_count` counts them, `truncated` says that there were more. `complete`: every table named holds all of its rows, so
    this is the answer on the real data. `diagnostic` says what went wrong with the other statuses;
    ``exhausted`` means that it took more memory than it may.
    """

    status: Literal["ok", "error", "timeout", "exhausted", "refused"]
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    row_count: int = 0
    truncated: bool = False
    complete: bool = False
    seconds: float = 0.0
    diagnostic: Diagnostic | None = None

    @property
    def message(self) -> str:
        return self.diagnostic.message if self.diagnostic else ""


class FilledClone(Clone):
    """Clones with the sample rows in them. A value that its column's type refuses is NULL."""

    def __init__(self, schema: Schema) -> None:
        super().__init__(schema, optimize=True)
        self.incomplete: set[tuple[str, ...]] = set()

    def _create(self, table: Table) -> None:
        super()._create(table)
        if not table.rows_complete:
            self.incomplete.add(table.reference)
        if table.rows:
            self._fill(table)

    def _fill(self, table: Table) -> None:
        statement, rows = filling(table, self.substituted)
        try:
            self.connection.execute(statement, [rows])
        except duckdb.Error:
            # A value no cast can be tried on, such as a lone surrogate: better no rows than no trial.
            self.incomplete.add(table.reference)


def filling(table: Table, substituted: Container[str] = ()) -> tuple[str, str]:
    """The statement that fills the clone of `table` with its rows, and its parameter.

    One JSON text per table: 60,000 cells take 30 ms; `executemany` takes seconds (docs/explanation/sql.md). Columns
    in `substituted` (as ``table.column``) are VARCHAR there.
    """
    values = []
    for i, (_, column) in enumerate(visible_columns(table)):
        kind, cell = declared(column), f"x[{i + 1}]"
        if f"{table.name}.{column.name}" in substituted:
            values.append(cell)
        elif kind.upper().startswith(_NESTED) or kind.endswith("]"):
            values.append(f"coalesce(TRY_CAST(TRY_CAST({cell} AS JSON) AS {kind}), TRY_CAST({cell} AS {kind}))")
        else:
            values.append(f"TRY_CAST({cell} AS {kind})")
    statement = (
        f"INSERT INTO {quote_reference(table.reference[-3:], always=True)} "
        f"SELECT {', '.join(values)} FROM (SELECT unnest(from_json($1, '[[\"VARCHAR\"]]')) AS x)"
    )
    return statement, _json(table.rows)


_filled: Final = CloneCache(FilledClone, id, size=_CONNECTIONS_KEPT)


def run(sql: str, schema: Schema, *, time_limit_s: float = 1.0) -> Trial:
    """Run one read query on the sample rows of `schema`, blocking for at most about `time_limit_s` seconds.

    Anything that writes, or that would read outside, is refused. The first run for a schema loads its rows.
    """
    started = time.perf_counter()
    if not is_child():
        return _elsewhere(sql, schema, time_limit_s)
    statement = parse(sql)
    if isinstance(statement, Diagnostic):
        return Trial("refused", diagnostic=statement)
    if statement.kind != "query" or statement.consent:
        reason = " ".join(statement.consent) or f"It is not a query ({statement.kind})."
        return Trial("refused", diagnostic=Diagnostic("needs-consent", "info", reason))
    with _filled.use(schema) as clone:
        assert isinstance(clone, FilledClone)
        clone.admit(statement.sql)
        folded = statement.sql.casefold()
        complete = not any(reference[-1].casefold() in folded for reference in clone.incomplete)
        try:
            with interrupted_after(clone.connection, Patience(time_limit_s)) as interruption:
                values = dict.fromkeys(statement.parameters) if statement.parameters else None
                result = clone.connection.execute(statement.sql, values)
                columns = tuple(entry[0] for entry in result.description)
                rows = result.fetchmany(MAX_ROWS + 1)
                if len(rows) > MAX_ROWS:
                    # Another statement closes the open result, which DuckDB 1.x takes for a transaction (see `bind`).
                    clone.connection.execute("SELECT 1").fetchall()
        except (MemoryError, duckdb.OutOfMemoryException):
            message = "The trial run needed more memory than it may have."
            return Trial(
                "exhausted",
                seconds=time.perf_counter() - started,
                diagnostic=Diagnostic("out-of-memory", "warning", message),
            )
        except (duckdb.Error, OverflowError, ValueError) as error:
            # The client raises plain ValueErrors for dates outside Python's range.
            found = Diagnostic("value-error", "error", str(error))
            if isinstance(error, duckdb.Error):
                found = diagnose(error, statement.sql)
            if interruption.sent:
                found = replace(found, message=f"The trial run took longer than {time_limit_s:g} s.")
                return Trial("timeout", seconds=time.perf_counter() - started, diagnostic=found)
            return Trial("error", seconds=time.perf_counter() - started, diagnostic=found)
    kept = tuple(rows[:MAX_ROWS])
    return Trial(
        "ok", columns, kept, len(kept), len(rows) > MAX_ROWS, complete, time.perf_counter() - started
    )  # fmt: skip


def _elsewhere(sql: str, schema: Schema, time_limit_s: float) -> Trial:
    started = time.perf_counter()
    try:
        found = result_of("try", sql, schema, seconds=time_limit_s, time_limit_s=time_limit_s)
    except WorkerStopped as error:
        stopped = Diagnostic("not-finished", "warning", f"The trial run did not end. {error}")
        return Trial("timeout", seconds=time.perf_counter() - started, diagnostic=stopped)
    except WorkerFailed as error:
        failed = Diagnostic("not-finished", "warning", f"The trial run failed with an error of its own: {error}")
        return Trial("refused", seconds=time.perf_counter() - started, diagnostic=failed)
    told = found["diagnostic"]
    return Trial(
        **{
            **found,
            "columns": tuple(found["columns"]),
            "rows": tuple(tuple(unpack(row)) for row in found["rows"]),
            "diagnostic": unpack_diagnostic(told) if told else None,
        }
    )


def _json(rows: Sequence[Sequence[Any]]) -> str:
    def finite(value: Any) -> Any:
        return str(value) if isinstance(value, float) and not math.isfinite(value) else value

    return json.dumps([[finite(value) for value in row] for row in rows], default=str)
