"""Counting on the user's own data for a receipt: SELECTs that were judged before they came, on a cursor that only reads.

A cursor shares the database and has a transaction of its own, opened READ ONLY: neither a pending result nor an open
transaction of the user's is touched, and an error ends ours alone. What only the user's connection sees (temporary tables,
registered frames) is asked there when `Reader` allows it and no transaction is open.
"""

from __future__ import annotations

import contextlib
import importlib
from typing import Any

from ..patience import Patience
from ..quoting import quote_reference
from .connections import Reader, find_connections
from .dataframes import imported
from .encoding import clean_text
from .interruption import interrupted_after
from .jupysql import MAGIC

#: The name of no connection of the user's: a merge of frames is counted in a database of its own.
FRAMES = ":frames:"
_TEXT = 200
_ASK = "connection.execute(sql).fetchall()"
_ASK_OWN = "connection.sql(sql).fetchall()"
_UNSEEN = "only your own connection sees this table (it is temporary, registered, or not committed yet)"


class ProbeRun:
    """Probes on one connection, until `patience` is over. `namespace` has the frames that a query may name."""

    def __init__(self, connection: Any, namespace: dict[str, Any], patience: Patience) -> None:
        self._reader = Reader(connection)
        self._class: Any = imported("duckdb", "DuckDBPyConnection")
        self._cursor = self._class.cursor(connection)
        self._own = connection
        self._names = namespace
        self._patience = patience
        # frames named in a query are looked up in the frame that runs it: a copy, so that nothing is left in the original
        self._scope = {**namespace, "__builtins__": {}}

    def answers(self, probes: list[str]) -> dict[str, dict[str, Any]]:
        """``{"rows": …}`` or ``{"error": …}`` for each probe. Never raises for what the database says."""
        try:
            if self._reader.own:
                self._cursor.execute("USE " + quote_reference(self._reader.place, True))
            self._cursor.execute("BEGIN TRANSACTION READ ONLY")
            return {sql: self._answer(sql) for sql in probes}
        finally:
            self._cursor.close()
            self._reader.close()

    def _answer(self, sql: str) -> dict[str, Any]:
        if self._patience.over:
            return self._too_late()
        try:
            return {"rows": self._rows(_ASK, self._cursor, sql)}
        except Exception as error:  # noqa: BLE001 (whatever the database says is the answer)
            failed = error
        if self._patience.over:
            return self._too_late()
        self._restart()
        if type(failed).__name__ not in ("CatalogException", "BinderException"):
            return {"error": _said(failed)}
        if not self._reader.own or self._reader.in_transaction:
            return {"error": f"{_said(failed)} ({_UNSEEN})" if _is_missing(failed) else _said(failed)}
        try:
            return {"rows": self._rows(_ASK_OWN, self._own, sql)}
        except Exception as error:  # noqa: BLE001
            return {"error": _said(error)}

    def _too_late(self) -> dict[str, Any]:
        return {"error": f"The time limit of {self._patience.seconds:g} s is over."}

    def _restart(self) -> None:
        """A new transaction of our own: an error may have ended the last one."""
        with contextlib.suppress(Exception):  # it was ended already
            self._cursor.execute("ROLLBACK")
        self._cursor.execute("BEGIN TRANSACTION READ ONLY")

    def _rows(self, code: str, connection: Any, sql: str) -> list[list[Any]]:
        with interrupted_after(connection, self._patience):
            found = eval(code, self._scope, {"connection": connection, "sql": sql})
        return [[_plain(value) for value in row] for row in found]


def probe(
    namespace: dict[str, Any], connection: str | None, probes: list[str], seconds: float, *, by_clock: bool = False
) -> dict[str, Any]:
    """``{"answers": {sql: answer}, "seconds": …}`` from the connection of that name, or the one there is; else ``{"error": …}``.

    What takes longer than `seconds` is interrupted: of the processor's time, up to four times as long by the clock, or of the
    clock alone with `by_clock`. The seconds that are told are those that were used up.
    """
    patience = Patience(seconds, starved=1) if by_clock else Patience(seconds)
    if connection == FRAMES:
        return _on_frames(namespace, probes, patience)
    names = [name for name in list(namespace) if type(name) is str and name.isidentifier() and name[0] != "_"]
    found = find_connections(names, namespace)
    chosen = found
    if connection == MAGIC.strip():
        chosen = [one for one in found if one[0].startswith(MAGIC)][:1] or found
    elif connection:
        chosen = [one for one in found if one[0] in (connection, MAGIC + connection)]
    if not chosen:
        return {
            "error": f"There is no DuckDB connection named {connection} in the kernel."
            if connection
            else "There is no DuckDB connection in the kernel."
        }
    if len(chosen) > 1:
        chosen = [one for one in chosen if not one[2]]
    if len(chosen) > 1:
        listed = ", ".join(one[0] for one in chosen)
        return {"error": f"There are several connections ({listed}): say which one."}
    answers = ProbeRun(chosen[0][1], namespace, patience).answers(probes)
    return {"answers": answers, "seconds": patience.spent}


def _on_frames(namespace: dict[str, Any], probes: list[str], patience: Patience) -> dict[str, Any]:
    """The answers over the kernel's frames alone, in a database in memory that is closed again."""
    try:
        duckdb = importlib.import_module("duckdb")
    except ImportError:
        return {"error": "Counting the rows of frames needs duckdb in the kernel's environment: pip install duckdb."}
    with duckdb.connect() as connection:
        answers = ProbeRun(connection, namespace, patience).answers(probes)
    return {"answers": answers, "seconds": patience.spent}


def _is_missing(error: Exception) -> bool:
    return "does not exist" in str(error)


def _said(error: Exception) -> str:
    return clean_text(f"{type(error).__name__}: {error}".split("\n", 1)[0], _TEXT)


def _plain(value: Any) -> Any:
    if value is None or type(value) in (bool, int, str):
        return clean_text(value, _TEXT) if type(value) is str else value
    if type(value) is float:
        return value if value == value and abs(value) != float("inf") else str(value)
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value[:20]]
    if type(value).__name__ == "Decimal":
        return float(value)
    return clean_text(str(value), _TEXT)
