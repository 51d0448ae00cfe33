"""A receipt in the process that holds the connection."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jupyter_qwen.schema.collector.probing import ProbeRun

from .computing import compute
from .model import Receipt

if TYPE_CHECKING:
    import duckdb

UNASKED_SECONDS = 10.0
CONSENT_SECONDS = 120.0


def receipt(
    sql: str, con: duckdb.DuckDBPyConnection | None = None, *, count_large: bool = False, seconds: float | None = None
) -> Receipt:
    """What `sql` does with the rows of the tables that `con` sees: joins, what they repeat and lose, and what is suspicious.

    Only SELECTs run, in a READ ONLY transaction of a cursor of `con`; nothing is written and no setting is changed. Tables
    of more than a million rows together are counted with `count_large` alone; else the receipt's `state` is ``asks``.
    `seconds` limits the time (10 s, or 120 s with `count_large`); what was not counted by then is said in the notes.
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
    ends = time.monotonic() + limit

    def ask(probes: list[str]) -> Mapping[str, Mapping[str, Any]]:
        return ProbeRun(con, namespace, max(0.0, ends - time.monotonic())).answers(probes)

    return compute(sql, ask, consent=count_large)
