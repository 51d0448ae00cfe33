"""A receipt in the process that holds the connection."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jupyter_qwen.schema.collector.probing import ProbeRun
from jupyter_qwen.schema.patience import Patience

from .computing import compute
from .model import Receipt

if TYPE_CHECKING:
    import duckdb

UNASKED_SECONDS = 1.5
"""Of the processor's time, in all; then it is asked whether to go on."""
CONSENT_SECONDS = 120.0
"""By the clock."""


def receipt(
    sql: str, con: duckdb.DuckDBPyConnection | None = None, *, count_large: bool = False, seconds: float | None = None
) -> Receipt:
    """What `sql` does with the rows of the tables that `con` sees: joins, what they repeat and lose, and what is suspicious.

    Only SELECTs run, in a READ ONLY transaction of a cursor of `con`; nothing is written and no setting is changed. Tables
    of more than a million rows together are counted with `count_large` alone, and so is what takes longer than 1.5 s of the
    processor's time; else the receipt's `state` is ``asks``. `seconds` sets another limit; what was not counted with
    `count_large` by then (120 s) is said in the notes.
    `con` left out is DuckDB's default connection. DataFrames of the caller may be named, as in ``con.sql``.
    """
    if not isinstance(sql, str):
        raise TypeError(f"receipt() needs the SQL as text, not {type(sql).__name__}.")
    if con is None:
        import duckdb as module

        con = module.default_connection()  # type: ignore[call-arg,unused-ignore]
    frame = sys._getframe(1)
    namespace = {**frame.f_globals, **frame.f_locals}
    limit = seconds if seconds is not None else CONSENT_SECONDS if count_large else UNASKED_SECONDS
    patience = Patience(limit, starved=1) if count_large else Patience(limit)

    def ask(probes: list[str]) -> Mapping[str, Mapping[str, Any]]:
        return ProbeRun(con, namespace, patience).answers(probes)

    return compute(sql, ask, consent=count_large)
