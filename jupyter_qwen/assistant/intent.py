"""Decides what kind of answer a question wants, and which connection a query goes to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from jupyter_qwen.assistant.question import MODES, Mode
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.notebook import SQL_MAGICS, Cell, runs_sql

# Words by which people ask for code or talk about code rather than for rows.
_ABOUT_CODE = re.compile(
    r"\b(python|pandas|polars|numpy|function|class|script|regex|code|loop|"
    r"explain|why|what does|how do(?:es)? (?:this|it|i)|error|exception|traceback|fix|bug|import|install|"
    r"dataframe method|docstring|unit ?test|refactor)\b",
    re.IGNORECASE,
)
# Words by which people ask for a picture.
_PICTURE = re.compile(r"\b(plot|chart|draw|graph|histogram|scatter ?plot|heat ?map|visuali[sz]e)s?\b", re.IGNORECASE)
_SQL = re.compile(r"\b(sql|query|select|duckdb)\b", re.IGNORECASE)
_RUNS_SQL = re.compile(
    rf"^[ \t]*(?:import|from)[ \t]+duckdb\b|^[ \t]*%%?(?:{'|'.join(SQL_MAGICS)})\b|\.(?:sql|read_sql\w*)\(",
    re.MULTILINE,
)
_SLASH = re.compile(r"\s*/(\w+)(?:\s+|$)")

# A short remark that leans on what was said before.
_FOLLOW_UP = re.compile(
    r"^\s*(and|but|only|now|also|then|instead|same|without|with|sort|order|group|limit|add|remove|exclude|include|as|"
    r"what about|how about|just|break (?:it|that|this) down)\b|"
    r"\b(that|those|these|it|them|the same|previous|last (?:query|result|answer))\b",
    re.IGNORECASE,
)
_FOLLOW_UP_MAX_WORDS = 14


def split_command(text: str) -> tuple[Mode | None, str]:
    """A leading slash command and the rest: ``/sql revenue`` gives ``("sql", "revenue")``; unknown commands stay text."""
    match = _SLASH.match(text)
    if match:
        for mode in MODES:
            if match.group(1).lower() == mode and mode != "auto":
                return mode, text[match.end() :].strip()
    return None, text


def choose_mode(
    text: str, schema: Schema | None, language: str, before: str | None = None, cells: Sequence[Cell] = ()
) -> Mode:
    """SQL when there are tables and the question does not talk about code; a plot when it asks for one; chat otherwise.

    Where the notebook's `cells` work with DataFrames and never with SQL, rows are asked for in Python.
    `before` is the mode of the thread's last answer: a remark that leans on it ("only for 2023") wants the same kind again.
    """
    if language.lower() == "sql":
        return "plot" if _PICTURE.search(text) and not _ABOUT_CODE.search(text) else "sql"
    if _ABOUT_CODE.search(text):
        return "chat"
    leans = leans_on_previous(text)
    if _PICTURE.search(text) and ((schema is not None and schema.tables) or (leans and before is not None)):
        return "plot"
    if leans and before in ("python", "plot"):
        return "python" if before == "python" else "plot"
    if schema is None or not schema.tables:
        return "chat"
    return "python" if works_without_sql(schema, cells) and not (leans and before) and not _SQL.search(text) else "sql"


def works_without_sql(schema: Schema, cells: Sequence[Cell]) -> bool:
    """Whether everything in view is a DataFrame that some cell works with, and no cell imports DuckDB or runs SQL."""
    if schema.connections or any(table.library not in ("pandas", "polars") for table in schema.tables):
        return False
    code = [cell.source for cell in cells if cell.type == "code"]
    if any(_RUNS_SQL.search(source) for source in code):
        return False
    words = set(re.findall(r"\w+", "\n".join(code)))
    return any(table.name in words for table in schema.tables)


def leans_on_previous(text: str) -> bool:
    """Whether a question is a follow-up such as "only for 2023" that means nothing without the query before it."""
    return len(text.split()) <= _FOLLOW_UP_MAX_WORDS and _FOLLOW_UP.search(text) is not None


def choose_connection(schema: Schema, cells: Sequence[Cell], wanted: str | None, *, question: str = "") -> str | None:
    """The connection that a query goes to, ``None`` for DuckDB's own default.

    The one that was named, else the one that the notebook used last, in ``name.sql(``, ``name.execute(`` or a ``%%sql``
    cell of a connection that JupySQL opened (the current one stands first), else the one that owns most tables, else the only
    one. A connection of JupySQL sees no DataFrame, so it is passed over when `question` names DataFrames and none of its tables.
    Raises KeyError when `wanted` is no connection of the kernel.
    """
    names = [connection.name for connection in schema.connections]
    if wanted is not None:
        if wanted not in names:
            raise KeyError(wanted)
        return wanted
    if question and _names_frames_alone(schema, question):
        schema = replace(schema, connections=tuple(item for item in schema.connections if not item.magic))
        names = [connection.name for connection in schema.connections]
    if not names:
        return None
    for cell in reversed(cells):
        if cell.type != "code":
            continue
        magic = next((connection.name for connection in schema.connections if connection.magic), None)
        if magic is not None and cell.source.lstrip().startswith("%%sql"):
            return magic
        used = [(match.start(), name) for name in names for match in runs_sql(name).finditer(cell.source)]
        if used:
            return max(used)[1]
    owned = {name: sum(table.connection == name for table in schema.tables) for name in names}
    return max(names, key=lambda name: owned[name])


def _names_frames_alone(schema: Schema, question: str) -> bool:
    """Whether `question` names a DataFrame, and no table of a connection that only ``%%sql`` reaches."""
    words = set(re.findall(r"\w+", question.casefold()))
    magic = {connection.name for connection in schema.connections if connection.magic}
    named = [table for table in schema.tables if table.name.casefold() in words]
    return any(table.connection is None for table in named) and not any(table.connection in magic for table in named)
