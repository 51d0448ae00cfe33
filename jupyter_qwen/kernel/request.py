"""One question as an AskRequest of docs/reference/protocol.md: the user's words, the session's cells, the live tables."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from string import Formatter
from typing import Any

from IPython.core.error import UsageError
from IPython.utils.text import DollarFormatter

from jupyter_qwen.schema.collector.gather import collect
from jupyter_qwen.schema.collector.jupysql import MAGIC

from .client import Client
from .server_errors import ServerError

_CODE_MODES = ("explain", "fix")


def interpolated(text: str, namespace: Mapping[str, Any], mode: str) -> str:
    """`text` with ``{expr}`` and ``$name`` replaced, as IPython does for magics; unchanged where that is not possible.

    Modes that take code leave it alone: there braces are code.
    """
    if mode in _CODE_MODES or ("{" not in text and "$" not in text):
        return text
    formatter: Formatter = DollarFormatter()
    try:
        return formatter.vformat(text, (), dict(namespace))
    except Exception:  # noqa: BLE001 (whatever the expression raises: IPython too leaves such text as it is)
        return text


def shared_settings(client: Client) -> dict[str, Any]:
    """The settings of JupyterLab's editor that hold for this user, which the magic shares with panel and completion.

    Empty for a server that knows of none. Raises ServerError: what may leave the kernel must not be guessed.
    """
    try:
        found = client.get("settings").get("settings")
    except ServerError as error:
        if error.status == 404:
            return {}
        raise
    return found if isinstance(found, dict) else {}


def schema_for(namespace: dict[str, Any], *, privacy: str, question: str, tables: list[str]) -> dict[str, Any]:
    """The live tables on the wire, only `tables` where given. Raises UsageError for a name that is not there."""
    schema = collect(namespace, privacy=privacy, question=question)
    if not tables:
        return schema
    known = {".".join(table["reference"]).casefold(): table for table in schema["tables"]}
    for table in schema["tables"]:
        known.setdefault(table["reference"][-1].casefold(), table)
    chosen = []
    for name in tables:
        table = known.get(name.casefold())
        if table is None:
            close = difflib.get_close_matches(name.casefold(), list(known), n=3) or sorted(known)[:5]
            offered = f"; there are: {', '.join(close)}" if close else "; no table or DataFrame exists here yet"
            raise UsageError(f"%%qwen: no table or DataFrame is called {name!r}{offered}")
        if table not in chosen:
            chosen.append(table)
    return {**schema, "tables": chosen}


def table_names(namespace: dict[str, Any]) -> list[str]:
    """What ``--tables`` can name: tables and DataFrames as a query would write them, without a look at their contents."""
    return [".".join(table["reference"]) for table in collect(namespace, privacy="names")["tables"]]


def connection_for(schema: Mapping[str, Any], wanted: str | None) -> str | None:
    """The connection to query: the wanted one, or ``None`` to let the assistant pick. Raises UsageError."""
    if wanted is None:
        return None
    names = [connection["name"] for connection in schema["connections"]]
    if MAGIC + wanted in names:  # JupySQL's own, by the name that it has there
        return MAGIC + wanted
    if wanted not in names:
        there = ", ".join(names) or "none; open one with duckdb.connect()"
        raise UsageError(f"%%qwen: {wanted!r} is no open DuckDB connection; there are: {there}")
    return wanted
