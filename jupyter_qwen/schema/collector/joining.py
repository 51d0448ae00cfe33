"""Which rows of a large table belong to the sample rows already taken from others, so that a trial join finds partners."""

from __future__ import annotations

from typing import Any

_KEY_ENDINGS = ("id", "key", "code", "no", "nr", "uuid")
MOST_VALUES = 1_000


def joining_values(
    record: dict[str, Any], read: list[dict[str, Any]], secrets: frozenset[int]
) -> tuple[int, list[Any]] | None:
    """A column of `record` and the values that sample rows of a table in `read` hold in the column that joins it.

    By a declared foreign key, else by a column of the same name that ends like a key.
    """
    positions = {column["name"].lower(): i for i, column in enumerate(record["columns"]) if i not in secrets}
    for other in read:
        if other.get("connection") != record["connection"] or not other.get("rows"):
            continue
        for name, own_name in _pairs(record, other):
            position = positions.get(own_name.lower())
            index = next((i for i, c in enumerate(other["columns"]) if c["name"].lower() == name.lower()), None)
            if position is None or index is None:
                continue
            values = {row[index] for row in other["rows"] if type(row[index]) in (int, str)}
            if values:
                return position, sorted(values, key=str)[:MOST_VALUES]
    return None


def _pairs(record: dict[str, Any], other: dict[str, Any]) -> list[tuple[str, str]]:
    """(column of `other`, column of `record`) that may join."""
    declared = [
        (key["columns"][0], key["referenced_columns"][0])
        for key in other.get("foreign_keys", ())
        if key["table"] == record["reference"][-1] and len(key["columns"]) == 1 and key["referenced_columns"]
    ]
    shared = {column["name"].lower() for column in record["columns"]}
    names = [column["name"] for column in other["columns"]]
    return declared + [(name, name) for name in names if name.lower() in shared and name.lower().endswith(_KEY_ENDINGS)]
