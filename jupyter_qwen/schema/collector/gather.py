"""Step 1 in the kernel: one look at a namespace, one catalogue of what a query in it could name."""

from __future__ import annotations

from typing import Any

from ..privacy import LEVELS, allows, is_secret, secret_columns, without_members
from .collection_limits import Clock, CollectionLimits
from .connections import Reader, find_connections
from .contents import Contents
from .copies import trial_copies
from .dataframes import find_frames
from .duckdb_tables import TableSource, read_catalogue

_COLUMN = {"type": "", "nullable": True, "comment": None, "values": [], "values_complete": False, "distinct": None}
_TABLE = {"primary_key": [], "foreign_keys": [], "rows": [], "rows_complete": False, "index": [], "labels": ""}


def collect(
    namespace: dict[str, Any],
    *,
    privacy: str = "samples",
    question: str | None = None,
    limits: CollectionLimits | None = None,
) -> dict[str, Any]:
    """The wire form of `schema.model.Schema` for `namespace`, holding no more than `privacy` allows.

    Where not everything can be read in time, tables and values that `question` speaks of come first.

    Leaves no trace in the namespace, imports nothing, and calls no code of the user's classes. Never raises for what it
    finds: what could not be read is said in `notes`. Raises ValueError for an unknown privacy level.
    """
    if privacy not in LEVELS:
        raise ValueError(f"privacy must be one of {', '.join(LEVELS)}, not {privacy!r}")
    limits = limits or CollectionLimits()
    clock = Clock(limits.seconds)
    notes: list[str] = []
    names = [name for name in list(namespace) if type(name) is str and name.isidentifier() and name[0] != "_"]
    sources: list[Any] = list(find_frames(names, namespace, limits, clock, notes))
    connections, readers, tables = _connections(names, namespace, limits, notes)
    sources += tables
    if len(sources) > limits.tables:
        notes.append(f"{limits.tables} of {len(sources)} tables are listed")
        del sources[limits.tables :]
    if allows(privacy, "values"):
        notes += Contents(sources, privacy, question, limits, clock).fill()
    for reader in readers:
        reader.close()
    trial = trial_copies(names, namespace, Clock(limits.copy_seconds)) if allows(privacy, "samples") else None
    return {
        "version": 1,
        "trial": trial,
        "tables": [_finished(source.record, privacy, limits) for source in sources],
        "connections": connections,
        "privacy": privacy,
        "notes": notes[:50],
        "seconds": round(clock.elapsed(), 4),
    }


def _connections(
    names: list[str], namespace: dict[str, Any], limits: Any, notes: list[str]
) -> tuple[list[dict[str, Any]], list[Reader], list[TableSource]]:
    connections, readers, sources = [], [], []
    for name, connection, is_default in find_connections(names, namespace):
        try:
            reader = Reader(connection)
        except Exception:  # noqa: BLE001, S112 (a closed connection is no connection; nothing to tell)
            continue
        try:
            described, tables = read_catalogue(name, reader, limits, notes)
        except Exception as error:  # noqa: BLE001 (one broken connection must not hide the others; the note tells)
            notes.append(f"the tables of {name} could not be listed: {type(error).__name__}")
            reader.close()
            continue
        connections.append({**described, "is_default": is_default})
        readers.append(reader)
        sources += tables
    return connections, readers, sources


def _told_level(found: dict[str, Any], privacy: str) -> dict[str, Any]:
    """A level of an index as a column, without what the privacy level keeps back."""
    told = {**_COLUMN, "name": found["name"]}
    if allows(privacy, "values") and not is_secret(found["name"]):
        return {**told, "type": found["type"], "values": found["values"]}
    return {**told, "type": without_members(found["type"])} if allows(privacy, "types") else told


def _finished(record: dict[str, Any], privacy: str, limits: Any) -> dict[str, Any]:
    """The record with every field of the wire form, and without what the privacy level keeps back."""
    table = {**_TABLE, **{key: value for key, value in record.items() if not key.startswith("_")}}
    secrets = secret_columns(record)
    columns = []
    for index, found in enumerate(record["columns"]):
        column = {**_COLUMN, **{key: value for key, value in found.items() if not key.startswith("_")}}
        if index in secrets or not allows(privacy, "values") or len(column["type"]) > limits.type_chars:
            column["type"] = without_members(column["type"])
        if len(column["type"]) > limits.type_chars:
            column["type"] = ""
        if not allows(privacy, "types"):
            column = {**_COLUMN, "name": column["name"]}
        columns.append(column)
    table["columns"] = columns
    table["index"] = [_told_level(level, privacy) for level in table["index"]]
    if not allows(privacy, "types"):
        table["comment"], table["row_count"] = None, None
    return table
