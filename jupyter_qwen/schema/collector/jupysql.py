"""The DuckDB connections that JupySQL's ``%sql`` opened: they live in JupySQL, not in the user's variables.

Read from attributes only; https://jupysql.ploomber.io keeps them in ``sql.connection.ConnectionManager``.
"""

from __future__ import annotations

from typing import Any

from .dataframes import imported
from .encoding import class_path

MAGIC = "%sql "  # how the name of a connection begins that only a %%sql cell reaches


def jupysql_connections() -> list[tuple[str, Any]]:
    """(``%sql`` and the connection's name in JupySQL, DuckDB connection) of each one that is open, the current one first."""
    manager = imported("sql.connection", "ConnectionManager")
    opened = vars(manager).get("connections") if isinstance(manager, type) else None
    if type(opened) is not dict:
        return []
    current = vars(manager).get("current")
    found = []
    for key, connection in sorted(opened.items(), key=lambda item: item[1] is not current):
        raw = _raw(connection)
        if raw is not None and type(key) is str:
            found.append((MAGIC + key, raw))
    return found


def _raw(connection: Any) -> Any:
    """DuckDB's own connection below SQLAlchemy's; ``None`` for another database, a closed one, and a variable of the user's.

    What ``%sql con`` hands over is found under its own name.
    """
    if class_path(type(connection)) != ("sql.connection.connection", "SQLAlchemyConnection"):
        return None
    pooled = vars(connection).get("_connection_sqlalchemy")
    if pooled is None or pooled.closed or pooled.invalidated:
        return None
    wrapper = pooled.connection.dbapi_connection
    if class_path(type(wrapper)) != ("duckdb_engine", "ConnectionWrapper"):
        return None
    return vars(wrapper).get("_ConnectionWrapper__c")
