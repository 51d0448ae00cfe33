"""The first rows that a trial of a cell gave, as a user may see them: by the same rules as those of a query (`sql/first_rows`).

Rows of a sample are no answer. Of a plain chain the query says which columns more rows could change, and only the others are
shown; of every other cell nothing is, since nobody knows what it computes over rows.
"""

from __future__ import annotations

import ast
from typing import Any, Final

from jupyter_qwen.python.words import query_of
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.first_rows import SHOWN_COLUMNS, SHOWN_ROWS, FirstRows, TableRead, over_rows, shown_text

from .model import CellTrial

_UNNAMED: Final = "value"
_PRINTED: Final = "printed"


def trial_rows(source: str, trial: CellTrial | None, schema: Schema) -> FirstRows | None:
    """What is shown of `trial`, which ran `source`; ``None`` where it gave nothing that has rows, or values stay private.

    A cell that prints has its lines as rows.
    """
    if trial is None or trial.status != "ran" or schema.privacy != "samples" or trial.figure is not None:
        return None
    columns, rows, count = _of_result(trial)
    if not columns:
        return None
    width = len(columns)
    hidden = () if trial.complete else _hidden(source, schema, width)
    shown = tuple(
        tuple(None if i in hidden else shown_text(value) for i, value in enumerate(row[:SHOWN_COLUMNS]))
        for row in rows[:SHOWN_ROWS]
    )
    return FirstRows(
        columns[:SHOWN_COLUMNS], shown if len(hidden) < width else (), trial.complete, count if trial.complete else None,
        _read(source, trial, schema), tuple(i for i in hidden if i < SHOWN_COLUMNS),
        more=len(rows) > SHOWN_ROWS or width > SHOWN_COLUMNS or (trial.complete and count is not None and count > SHOWN_ROWS),
    )  # fmt: skip


def _of_result(trial: CellTrial) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...], int | None]:
    """Columns, rows and their number; no column for what has no rows."""
    result = trial.result
    if result is not None and (result.rows or (result.shape is not None and result.columns)):
        width = max((len(row) for row in result.rows), default=len(result.columns))
        names = [name or _UNNAMED for name, _ in result.columns] or [_UNNAMED] * width
        return tuple(names[:width]), result.rows, result.shape[0] if result.shape else len(result.rows)
    lines = [line for line in trial.printed.splitlines() if line.strip()]
    return ((_PRINTED,), tuple((line,) for line in lines), len(lines)) if lines else ((), (), None)


def _hidden(source: str, schema: Schema, width: int) -> tuple[int, ...]:
    query = query_of(source, schema)
    return over_rows(query, width, schema) if query is not None else tuple(range(width))


def _read(source: str, trial: CellTrial, schema: Schema) -> tuple[TableRead, ...]:
    """The frames that the cell names and the tables of which it had a part, each once."""
    sampled = {part.table: part for part in trial.sampled}
    names = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    whole = {
        table.name: TableRead(table.name, table.row_count, table.row_count)
        for table in schema.tables
        if table.kind == "dataframe" and table.name in names and table.row_count is not None
    }
    return tuple({**whole, **sampled}.values())
