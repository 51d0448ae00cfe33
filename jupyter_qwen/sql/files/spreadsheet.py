"""The first sheet of an Excel file, read by openpyxl, which is what pandas reads it with. Without it nothing is read."""

from __future__ import annotations

import datetime
import os
from itertools import islice
from typing import Any, Final

MISSING: Final = "reading Excel files needs openpyxl (pip install openpyxl)"
_MOST_BYTES: Final = 20 * 1024 * 1024
_MOST_COLUMNS: Final = 500
_KINDS: Final = ((bool, "BOOLEAN"), (int, "BIGINT"), (float, "DOUBLE"), (datetime.datetime, "TIMESTAMP"))


def sheet(path: str, wanted: Any, most: int) -> tuple[list[tuple[str, str]], list[list[Any]]]:
    """Columns as (name, type of DuckDB), and at most `most` rows, of the sheet `wanted`: a name, a position, or None.

    Raises ValueError for a file that is too large, without openpyxl, and for a sheet that is not there; else what openpyxl
    raises.
    """
    try:
        import openpyxl
    except ImportError as error:
        raise ValueError(MISSING) from error
    if os.path.getsize(path) > _MOST_BYTES:
        raise ValueError(f"it has more than {_MOST_BYTES // 1024 // 1024} MB, which is much to unpack for its columns")
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        names = book.sheetnames
        name = (
            wanted
            if isinstance(wanted, str)
            else names[wanted]
            if isinstance(wanted, int) and wanted < len(names)
            else None
        )
        if name is None and wanted is None:
            name = names[0]
        if name not in names:
            raise ValueError(f"it has no sheet {wanted!r}")
        rows = [list(row[:_MOST_COLUMNS]) for row in islice(book[name].iter_rows(values_only=True), most + 1)]
    finally:
        book.close()
    if not rows or all(value is None for value in rows[0]):
        raise ValueError("its first row names no columns")
    header, body = rows[0], rows[1:]
    columns: list[tuple[str, str]] = []
    taken: set[str] = set()
    for position, value in enumerate(header):
        title = f"Unnamed: {position}" if value is None else str(value)
        while title.casefold() in taken:
            title += ".1"
        taken.add(title.casefold())
        columns.append((title, type_of_values([row[position] for row in body if position < len(row)])))
    return columns, [_fitting(row, columns) for row in body]


def type_of_values(values: list[Any]) -> str:
    """The type of DuckDB for a column that pandas makes of `values`."""
    present = [value for value in values if value is not None]
    for kind, name in _KINDS:
        if present and all(
            isinstance(value, kind) and (kind is bool or not isinstance(value, bool)) for value in present
        ):
            return "DOUBLE" if name == "BIGINT" and len(present) < len(values) else name
    if present and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in present):
        return "DOUBLE"
    return "VARCHAR"


def _fitting(row: list[Any], columns: list[tuple[str, str]]) -> list[Any]:
    padded = row + [None] * (len(columns) - len(row))
    return [
        value if value is None or kind != "VARCHAR" else str(value)
        for value, (_, kind) in zip(padded, columns, strict=False)
    ]
