"""Finds the SQL inside a cell, and puts another query in its place without touching the rest."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from jupyter_qwen.python.syntax import parsed
from jupyter_qwen.schema.notebook import SQL_MAGICS, SQL_METHODS, without_magics
from jupyter_qwen.sql.render.cell import python_text

_MAGIC = re.compile(rf"%%(?:{'|'.join(SQL_MAGICS)})\b[^\n]*\n")
_FIRST_WORD = re.compile(
    r"\s*(?:--[^\n]*\n\s*)*(?:SELECT|WITH|FROM|INSERT|UPDATE|DELETE|CREATE|DESCRIBE|SHOW|SUMMARIZE|PIVOT)\b", re.I
)


@dataclass(frozen=True)
class CellSql:
    """A query and where it stands: `start` and `end` are character offsets of the literal, or of the text below a magic.

    `connection` is the expression before ``.sql(`` when it is a plain name. `literal` tells a Python string from bare text.
    """

    sql: str
    start: int
    end: int
    connection: str | None
    literal: bool

    def replaced(self, source: str, sql: str) -> str:
        """The cell with `sql` in the query's place."""
        text = python_text(sql) if self.literal else sql + ("\n" if source[: self.end].endswith("\n") else "")
        return source[: self.start] + text + source[self.end :]


def find_sql(source: str, language: str = "python") -> CellSql | None:
    """The last query of a cell: below a SQL magic, in a call such as ``con.sql("…")``, or the whole cell of a SQL kernel.

    Strings that are put together (f-strings, ``+``, ``%``) are left alone: their text is not what DuckDB saw.
    """
    if language.lower() == "sql":
        return CellSql(source, 0, len(source), None, False) if source.strip() else None
    magic = _MAGIC.match(source)
    if magic:
        return CellSql(source[magic.end() :], magic.end(), len(source), None, False)
    plain = without_magics(source)
    tree = parsed(plain)
    if tree is None:
        return None
    found = [query for node in ast.walk(tree) if (query := _in_call(node, plain)) is not None]
    return max(found, key=lambda query: query.start, default=None)


def _in_call(node: ast.AST, source: str) -> CellSql | None:
    if not (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in SQL_METHODS
        and node.args
    ):
        return None
    text = node.args[0]
    if not (isinstance(text, ast.Constant) and isinstance(text.value, str) and _FIRST_WORD.match(text.value)):
        return None
    if text.end_lineno is None or text.end_col_offset is None:
        return None
    owner = node.func.value
    return CellSql(
        text.value,
        offset_of(source, text.lineno, text.col_offset),
        offset_of(source, text.end_lineno, text.end_col_offset),
        owner.id if isinstance(owner, ast.Name) else None,
        True,
    )


def offset_of(source: str, line: int, column: int) -> int:
    """The character offset of ast's position: lines from 1, columns in UTF-8 bytes."""
    lines = source.split("\n")
    before = sum(len(text) + 1 for text in lines[: line - 1])
    return before + len(lines[line - 1].encode()[:column].decode())
