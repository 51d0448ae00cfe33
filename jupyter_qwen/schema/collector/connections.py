"""The DuckDB connections of a kernel, and how to read through them without being noticed.

Two ways: a cursor of the user's connection (its own transaction, so neither a pending result nor an open transaction is
touched) and, where DuckDB itself refuses to disturb a pending result (2.0 and later) and nothing else can be running (the
main thread), the connection itself: only it sees temporary tables, registered frames, uncommitted changes and USE.

Functions are called as ``system.main.name``: a macro of the same name in the user's database would be found first. DuckDB 1
does not take that for table functions, so a cursor searches DuckDB's own schema alone.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

from .dataframes import imported, is_instance
from .encoding import class_path
from .jupysql import jupysql_connections

BUILT_IN = "system.main."
_HERE = f"SELECT {BUILT_IN}current_database(), {BUILT_IN}current_schema(), CAST({BUILT_IN}txid_current() AS VARCHAR)"
_BUILT_IN_ONLY = "SET search_path = 'system.main'"
_MACHINERY = frozenset(
    [
        "threading",
        "concurrent",
        "asyncio",
        "selectors",
        "queue",
        "socketserver",
        "socket",
        "multiprocessing",
        "sqlite3",
        "weakref",
        "contextlib",
        "ipykernel",
        "IPython",
        "zmq",
        "tornado",
        "jupyter_client",
        "anyio",
        "decorator",
        "traitlets",
        "tqdm",
        "debugpy",
        "_pydevd_bundle",
        # threads of jupyter_qwen.ask: they wait for the engine and never touch a connection of the user
        "jupyter_qwen",
        "subprocess",
        "pydevd",
    ]
)


class Reader:
    """Runs our queries for one user connection; `own` says that they run on the connection itself."""

    def __init__(self, connection: Any) -> None:
        self._class: Any = imported("duckdb", "DuckDBPyConnection")  # its own methods: a subclass may have others
        self.cursor = self._class.cursor(connection)
        self.connection = connection
        self.own = False
        self.in_transaction = False
        self.busy = False
        self.place = ("memory", "main")
        self._look_at_connection()
        self.cursor.execute(_BUILT_IN_ONLY)

    def _look_at_connection(self) -> None:
        try:
            if self._may_use_connection():
                first = self._class.sql(self.connection, _HERE).fetchall()[0]
                second = self._class.sql(self.connection, _HERE).fetchall()[0]
                self.own, self.place, self.in_transaction = True, first[:2], first[2] == second[2]
                return
        except Exception:  # noqa: BLE001 (a pending result, an aborted transaction: the cursor serves)
            self.busy = True
        self.place = tuple(self.cursor.execute(_HERE).fetchall()[0][:2])

    def _may_use_connection(self) -> bool:
        version = str(imported("duckdb", "__version__") or "0").split(".")[0]
        guarded = version.isdigit() and int(version) >= 2
        if not guarded or threading.current_thread() is not threading.main_thread() or other_threads_compute():
            return False
        # with profiling switched on, each of our queries would print its plan into the user's cell
        return '"disabled"' in str(self._class.get_profiling_information(self.connection))

    def query(self, sql: str, own: bool = False) -> list[Any]:
        """All rows of `sql`; on the connection itself when `own` and allowed, else on the cursor."""
        if own and self.own:
            return list(self._class.sql(self.connection, sql).fetchall())
        return list(self.cursor.execute(sql).fetchall())

    def interrupt(self) -> None:
        """Stop what the cursor is computing; the user's connection is never interrupted."""
        self.cursor.interrupt()

    def close(self) -> None:
        """Give the cursor back."""
        self.cursor.close()


def other_threads_compute() -> bool:
    """Whether a thread other than this one has code on its stack that is neither Python's nor the kernel's machinery.

    Such a thread may be about to use the user's connection, and DuckDB 2 refuses a second caller instead of making it wait.
    """
    own = threading.get_ident()
    for identity, frame in sys._current_frames().items():
        walked: Any = frame if identity != own else None
        while walked is not None:
            root = str(walked.f_globals.get("__name__", "")).partition(".")[0]
            if root not in _MACHINERY:
                return True
            walked = walked.f_back
    return False


def find_connections(names: list[str], namespace: dict[str, Any]) -> list[tuple[str, Any, bool]]:
    """(expression, connection, is the module's default) of each open connection; the default only when the user has `duckdb`.

    A connection of JupySQL has no expression; it stands as ``%sql`` and its name there.
    """
    cls = imported("duckdb", "DuckDBPyConnection")
    found: list[tuple[str, Any, bool]] = []
    if not isinstance(cls, type):
        return found
    seen = set()
    for name in names:
        value = namespace[name]
        if class_path(type(value)) == ("ibis.backends.duckdb", "Backend"):
            name, value = f"{name}.con", object.__getattribute__(value, "con")
        if is_instance(value, cls) and id(value) not in seen:
            seen.add(id(value))
            found.append((name, value, False))
    for name, connection in jupysql_connections():
        if id(connection) not in seen:
            seen.add(id(connection))
            found.append((name, connection, False))
    default = _default_connection(names, namespace)
    if default is not None and id(default[1]) not in seen:
        found.append(default)
    return found


def _default_connection(names: list[str], namespace: dict[str, Any]) -> tuple[str, Any, bool] | None:
    module = sys.modules["duckdb"]
    contents = {id(value) for value in vars(module).values() if callable(value)}
    alias = next((name for name in names if namespace[name] is module), None)
    if alias is None and not any(id(namespace[name]) in contents for name in names):
        return None
    default = imported("duckdb", "default_connection")
    connection = default() if callable(default) and not hasattr(default, "cursor") else default
    return (alias or "duckdb", connection, True)
