"""Whether the SQL that a suggestion finishes would bind against the kernel's tables. Blocking: callers use a thread."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jupyter_qwen.assistant.intent import choose_connection
from jupyter_qwen.prompt.fim.cursor import Place
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.notebook import Cell
from jupyter_qwen.sql.validate import prove

TIME_LIMIT_SECONDS = 0.5


def binds(
    text: str, prefix: str, suffix: str, place: Place, *, schema: Schema, cells: Sequence[Cell], complete: bool
) -> bool:
    """False only for a statement that is whole and that DuckDB refuses.

    `complete` says that the model ended it by itself: a line of a statement that goes on cannot be judged yet.
    """
    if not complete or place.formatted or not schema.tables:
        return True
    before, after = prefix[place.start :], suffix
    inside = text
    if place.quote:
        closing = inside.find(place.quote)
        inside, after = (inside[:closing], "") if closing >= 0 else (inside, after.split(place.quote, 1)[0])
    statement = _statement_around(before, inside, after)
    if not statement.strip() or not re.search(r"\bfrom\b", statement, re.IGNORECASE) or "?" in statement:
        return True
    names = {connection.name for connection in schema.connections}
    connection = place.owner if place.owner in names else choose_connection(schema, cells, None)
    proof = prove(statement, schema.visible_from(connection), time_limit_s=TIME_LIMIT_SECONDS)
    return proof.verdict != "rejected"


def _statement_around(before: str, inside: str, after: str) -> str:
    """The statement that `inside` belongs to, when several stand between semicolons."""
    return before.rsplit(";", 1)[-1] + inside + ("" if inside.rstrip().endswith(";") else after.split(";", 1)[0])
