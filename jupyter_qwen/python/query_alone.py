"""Whether a cell does nothing but run one query, so that the proof of the query is the proof of the cell."""

from __future__ import annotations

import ast
from collections.abc import Collection

from jupyter_qwen.python.cell_sql import CellSql
from jupyter_qwen.python.syntax import parsed
from jupyter_qwen.schema.collector.jupysql import MAGIC
from jupyter_qwen.schema.notebook import SQL_METHODS
from jupyter_qwen.sql.render.cell import TEMPLATED

# What a relation or a result is turned into; none of them writes, and all are called without arguments.
_RESULTS = frozenset(
    ("df", "fetchdf", "to_df", "pl", "arrow", "fetch_arrow_table", "fetchall", "fetchone", "fetchnumpy", "show")
)
_RUNS = frozenset(SQL_METHODS) - {"executemany", "from_query"}
# JupySQL replaces Jinja and SQLAlchemy's bound parameters in what stands below its first line.
_MODULE = "duckdb"


def is_query_alone(
    source: str, query: CellSql, language: str, connections: Collection[str], tables: Collection[str]
) -> bool:
    """Whether running `source` runs `query` on one of `connections` (as the schema names them) and does nothing else.

    Without `connections`, or with ``duckdb`` among them, the query was proved on the module's own connection. Allowed around
    it are ``import duckdb``, a call that shows the rows, and one new name for them that hides neither a connection nor one
    of `tables`.
    """
    if language.lower() == "sql":
        return True
    if not query.literal:
        return _is_plain_magic(source[: query.start], query.sql, connections)
    tree = parsed(source)  # none with lines for IPython, which are code too
    if tree is None:
        return False
    body = tree.body
    modules = {_MODULE}
    while body and isinstance(body[0], ast.Import):
        if any(alias.name != _MODULE for alias in body[0].names):
            return False
        modules |= {alias.asname or alias.name for alias in body[0].names}
        body = body[1:]
    if len(body) != 1:
        return False
    taken = {*modules, *connections, *tables}
    statement = body[0]
    if isinstance(statement, ast.Assign):
        target = statement.targets[0]
        if len(statement.targets) != 1 or not isinstance(target, ast.Name) or target.id in taken:
            return False
    elif not isinstance(statement, ast.Expr):
        return False
    own = not connections or _MODULE in connections
    return _is_plain_call(statement.value, {*connections, *modules} if own else connections)


def _is_plain_call(value: ast.expr, owners: Collection[str]) -> bool:
    """``owner.sql("…")`` or the same with ``.df()`` and the like behind it."""
    if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and not value.keywords):
        return False
    if value.func.attr in _RESULTS:
        return not value.args and _is_plain_call(value.func.value, owners)
    owner = value.func.value
    return (
        value.func.attr in _RUNS
        and len(value.args) == 1
        and isinstance(value.args[0], ast.Constant)
        and isinstance(owner, ast.Name)
        and owner.id in owners
    )


def _is_plain_magic(first_line: str, body: str, connections: Collection[str]) -> bool:
    magic, _, argument = first_line.strip().partition(" ")
    argument = argument.strip()
    known = not argument or MAGIC + argument in connections or (magic == "%%dql" and argument in connections)
    return known and not (magic == "%%sql" and TEMPLATED.search(body))
