"""Groups by a name that several rows share."""

from __future__ import annotations

from sqlglot import exp

from jupyter_qwen.schema.model import Table
from jupyter_qwen.schema.words import identifier_stems

from .bound import Bound

_NAMES_A_ROW = 0.7  # share of distinct values from which on a text column is taken for the name of its row
_ROWS_AT_LEAST = 3


def group_by_key(bound: Bound) -> str | None:
    """The key added where a query groups rows of a joined table by a name that is not unique.

    "How many friends does each student have" means students, not their first names. Only for text columns that name nearly
    every row differently, in tables whose rows are all there and which have a key of one column.
    """
    named: list[str] = []
    for view in bound.over_tables():
        group = view.select.args.get("group")
        if group is None or not view.select.args.get("joins"):
            continue
        grouped = [column for column in group.expressions if isinstance(column, exp.Column)]
        if not grouped or len(grouped) != len(group.expressions):
            continue
        for source in view.sources:
            own = [column.name for column in grouped if view.owner(column) is source]
            if own and source.table is not None and any(_asked_itself(source.table, name, bound.asked) for name in own):
                continue
            if own and source.table is not None and _almost_names_rows(source.table, own):
                group.append("expressions", source.written(source.table.primary_key[0]))
                named.append(f"{source.table.name}.{own[0]}")
    return f"Several rows share a value of {', '.join(named)}, so the key tells them apart." if named else None


def _asked_itself(table: Table, column: str, asked: frozenset[str]) -> bool:
    """Whether the question says what the column holds and not what the table does: "rides of each zone", not of each stop."""
    own = set(identifier_stems(column)) - {"name", "title"}
    return bool(own) and own <= asked and not set(identifier_stems(table.name)) & asked


def _almost_names_rows(table: Table, columns: list[str]) -> bool:
    if len(table.primary_key) != 1 or not table.rows_complete or len(table.rows) < _ROWS_AT_LEAST:
        return False
    pointing = {name.casefold() for key in table.foreign_keys for name in key.columns}
    positions: list[int] = []
    for name in columns:
        column = table.column(name)
        if column is None or column.name == table.primary_key[0] or column.name.casefold() in pointing:
            return False
        if column.type != "VARCHAR":
            return False
        positions.append(table.columns.index(column))
    distinct = len({tuple(row[i] for i in positions) for row in table.rows})
    return _NAMES_A_ROW * len(table.rows) <= distinct < len(table.rows)
