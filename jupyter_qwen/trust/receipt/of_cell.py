"""The query that a receipt of a notebook cell is about: its SQL, or the pandas merge in it as SQL."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from jupyter_qwen.python.cell_sql import find_sql
from jupyter_qwen.python.syntax import parsed_cell
from jupyter_qwen.schema.collector.probing import FRAMES
from jupyter_qwen.schema.quoting import quote_identifier

_JUPYSQL = "%sql"
_HOWS = {"inner": "INNER", "left": "LEFT", "right": "RIGHT", "outer": "FULL"}


@dataclass(frozen=True)
class CellQuery:
    """A query, the connection that runs it (``None``: the one there is), and the cell around it.

    `source` is the cell, where it holds SQL that another query can take the place of.
    """

    sql: str
    connection: str | None
    source: str = ""

    def with_query(self, sql: str) -> str:
        """The cell with `sql` in the query's place; ``""`` where the cell holds no SQL."""
        found = find_sql(self.source) if self.source else None
        return found.replaced(self.source, sql) if found is not None else ""


def query_of(source: str, language: str = "python") -> CellQuery | None:
    """What a receipt of the cell `source` is about; ``None`` when it holds neither SQL nor a merge of named frames."""
    found = find_sql(source, language)
    if found is not None:
        connection = found.connection
        if not found.literal and language.lower() != "sql":
            named = re.match(r"%%\w+[ \t]+([A-Za-z_]\w*)[ \t]*\n", source)
            connection = named.group(1) if named else _JUPYSQL
        return CellQuery(found.sql, connection, source)
    merged = _merge(source)
    return CellQuery(merged, FRAMES) if merged else None


def _merge(source: str) -> str:
    """The last ``left.merge(right, …)`` or ``pd.merge(left, right, …)`` of two named frames, as SQL."""
    tree = parsed_cell(source)
    if tree is None:
        return ""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    found = [sql for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)) if (sql := _as_sql(call))]
    return found[-1] if found else ""


def _as_sql(call: ast.Call) -> str:
    if (
        not isinstance(call.func, ast.Attribute)
        or call.func.attr != "merge"
        or not isinstance(call.func.value, ast.Name)
    ):
        return ""
    arguments = list(call.args)
    if call.func.value.id not in ("pd", "pandas"):
        arguments.insert(0, call.func.value)
    named = {word.arg: word.value for word in call.keywords if word.arg}
    frames = [*arguments[:2], *(named[name] for name in ("left", "right") if name in named)]
    if len(frames) != 2 or not all(isinstance(frame, ast.Name) for frame in frames):
        return ""
    left, right = (quote_identifier(frame.id) for frame in frames if isinstance(frame, ast.Name))
    how = _texts(named.get("how", arguments[2] if len(arguments) > 2 else ast.Constant("inner")))
    keys = _texts(named.get("on", arguments[3] if len(arguments) > 3 else None))
    lefts, rights = _texts(named.get("left_on")) or keys, _texts(named.get("right_on")) or keys
    if len(how) != 1 or how[0] not in _HOWS or not lefts or len(lefts) != len(rights) or left == right:
        return ""
    same = " AND ".join(
        f"{left}.{quote_identifier(a)} = {right}.{quote_identifier(b)}" for a, b in zip(lefts, rights, strict=True)
    )
    return f"SELECT {left}.*, {right}.* FROM {left} {_HOWS[how[0]]} JOIN {right} ON {same}"


def _texts(node: ast.expr | None) -> list[str]:
    """The texts of a literal text or list of them; none for anything else."""
    items = node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]
    texts = [item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]
    return texts if len(texts) == len(items) else []
