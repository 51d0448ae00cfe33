"""Generated Python against what the notebook has: imports that are missing are added, invented names and columns are told.

Only the syntax tree is read; nothing runs. What a cell outside our sight defined cannot be known, so findings are warnings.
"""

from __future__ import annotations

import ast
import builtins
import difflib
import re
import symtable
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from jupyter_qwen.python.frame_columns import unknown_columns, with_columns
from jupyter_qwen.python.mends import always_mended
from jupyter_qwen.python.polars_names import with_polars_names
from jupyter_qwen.python.reloads import without_reloads
from jupyter_qwen.python.syntax import parsed_cell
from jupyter_qwen.python.table_variables import reading_lines
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.notebook import Cell, without_magics
from jupyter_qwen.sql.model import Diagnostic, Repair

# What everybody means by these names. Names that are also common words (`data`, `time`) are left out.
_IMPORTS = {
    "pd": "import pandas as pd", "np": "import numpy as np", "plt": "import matplotlib.pyplot as plt",
    "pl": "import polars as pl", "sns": "import seaborn as sns", "alt": "import altair as alt",
    "px": "import plotly.express as px", "go": "import plotly.graph_objects as go", "sm": "import statsmodels.api as sm",
    "duckdb": "import duckdb", "math": "import math", "json": "import json", "os": "import os", "re": "import re",
    "itertools": "import itertools", "functools": "import functools", "statistics": "import statistics",
    "Path": "from pathlib import Path", "Counter": "from collections import Counter",
    "defaultdict": "from collections import defaultdict",
}  # fmt: skip
_OF_IPYTHON = frozenset(
    ("get_ipython", "display", "In", "Out", "_", "__", "___", "exit", "quit", "__name__", "__file__")
)
_BUILTINS = frozenset(dir(builtins)) | _OF_IPYTHON
# A magic may define anything; these are known to define nothing that code would use.
_HARMLESS = re.compile(r"^[ \t]*%(?:matplotlib|load_ext|reload_ext|time|timeit|config|pip|conda|autoreload|qwen)\b")
_ASSIGNING = re.compile(r"^[ \t]*(\w+)[ \t]*=(?!=)", re.MULTILINE)
# Results that a magic keeps: `%sql name << …`, `%%qwen sql --out name`
_KEPT = re.compile(r"^[ \t]*%[^\n]*?(?:--out[ =]+(\w+)|\b(\w+)[ \t]*<<)", re.MULTILINE)


@dataclass(frozen=True)
class Checked:
    """The code with its missing imports and misspelt columns mended, each as a repair, and what is left to say about it."""

    source: str
    repairs: tuple[Repair, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def check_python(source: str, schema: Schema | None, cells: Sequence[Cell]) -> Checked:
    """Look for names that nothing defines and for columns that a known DataFrame lacks.

    `schema` is ``None`` when the kernel was not seen; then only imports are added. Code that does not parse comes back as it is.
    """
    tree = parsed_cell(source)
    if tree is None:
        return Checked(source)
    known = _BUILTINS | _defined(cells) | (_variables(schema) if schema is not None else frozenset())
    missing = [name for name in _free_names(source) if name not in known]
    repairs: list[Repair] = []
    if schema is not None:
        source, dropped = without_reloads(source, tree, schema, cells)
        source, renamed = with_polars_names(source, parsed_cell(source) or tree, schema)
        source, given_up = always_mended(source, _of_pandas(schema))
        source, tree, respelt = with_columns(source, parsed_cell(source) or tree, schema, cells)
        repairs = [*dropped, *renamed, *given_up, *respelt]
    if schema is not None and (reading := reading_lines(missing, schema, cells)):
        mended = _above(source, tree, list(reading.values()), imports=False)
        reason = f"Read {', '.join(reading)} from DuckDB first: a table is no variable."
        repairs.append(Repair("table-as-variable", reason, source, mended))
        source, tree = mended, parsed_cell(mended) or tree
        missing = [name for name in missing if name not in reading]
    lines = [_IMPORTS[name] for name in missing if name in _IMPORTS]
    if lines:
        mended = _above(source, tree, lines, imports=True)
        repairs.append(Repair("missing-import", f"Added {', '.join(lines)}.", source, mended))
        source, tree = mended, parsed_cell(mended) or tree
    if schema is None:
        return Checked(source, tuple(repairs))
    diagnostics = list(unknown_columns(tree, schema, cells))
    if not _opaque(cells):
        invented = [name for name in missing if name not in _IMPORTS]
        diagnostics += _unknown_names(tree, invented, known, schema)
    diagnostics.sort(key=lambda item: (item.line or 0, item.column or 0))
    return Checked(source, tuple(repairs), tuple(diagnostics))


def _free_names(source: str) -> list[str]:
    """Names that the code reads and does not define anywhere, in the order of their first use."""
    code = without_magics(source)
    top = symtable.symtable(code, "<cell>", "exec")
    bound = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported() or s.is_namespace()}
    free: dict[str, None] = {}

    def walk(table: symtable.SymbolTable) -> None:
        for symbol in table.get_symbols():
            name = symbol.get_name()
            outer = table is top or symbol.is_global()
            if outer and symbol.is_referenced() and name not in bound:
                free[name] = None
            if table is not top and symbol.is_declared_global() and symbol.is_assigned():
                bound.add(name)
        for child in table.get_children():
            walk(child)

    walk(top)
    first = _first_uses(ast.parse(code))
    return sorted(free.keys() - bound, key=lambda name: (first[name].lineno, first[name].col_offset, name))


def _first_uses(tree: ast.AST) -> dict[str, ast.Name]:
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    return {node.id: node for node in sorted(found, key=lambda node: (node.lineno, node.col_offset), reverse=True)}


def _defined(cells: Iterable[Cell]) -> frozenset[str]:
    """Names that the notebook's cells bind, at any depth; of cells that do not parse, what stands before an equals sign."""
    names: set[str] = set()
    for cell in cells:
        if cell.type != "code":
            continue
        tree = parsed_cell(cell.source)
        names.update(name for kept in _KEPT.findall(cell.source) for name in kept if name)
        if tree is None or cell.source.lstrip().startswith("%%"):
            names.update(_ASSIGNING.findall(cell.source))
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                names.add(node.name)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                names.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ExceptHandler) and node.name:
                names.add(node.name)
    return frozenset(names)


def _opaque(cells: Iterable[Cell]) -> bool:
    """Whether some cell may define anything: a star import, ``%run``, a magic of somebody's."""
    for cell in cells:
        if cell.type != "code":
            continue
        if re.search(r"^[ \t]*from\s+\S+\s+import\s+\*", cell.source, re.MULTILINE):
            return True
        lines = [
            line for line in cell.source.split("\n") if line.lstrip().startswith("%") and not line.startswith("%%")
        ]
        if any(_HARMLESS.match(line) is None and not line.lstrip().startswith("%sql") for line in lines):
            return True
    return False


def _variables(schema: Schema) -> frozenset[str]:
    frames = {table.name for table in schema.tables if table.kind == "dataframe"}
    return frozenset(frames | {connection.name.partition(".")[0] for connection in schema.connections})


def _of_pandas(schema: Schema) -> frozenset[str]:
    return frozenset(t.name for t in schema.tables if t.kind == "dataframe" and t.library == "pandas")


def _unknown_names(
    tree: ast.Module, missing: Sequence[str], known: frozenset[str], schema: Schema
) -> Iterator[Diagnostic]:
    places = _first_uses(tree)
    tables = {table.name: table for table in schema.tables if table.kind != "dataframe"}
    for name in missing:
        node = places.get(name)
        line, column = (node.lineno, node.col_offset + 1) if node is not None else (None, None)
        table = tables.get(name)
        if table is not None:
            call = f'{table.connection or "duckdb"}.sql("FROM {name}").df()'
            told = f"{name} is a DuckDB table and no variable."
            yield Diagnostic("unknown-name", "warning", told, hint=f"Read it with {call}.", line=line, column=column)
            continue
        near = difflib.get_close_matches(name, sorted(known - _BUILTINS), n=3)
        yield Diagnostic(
            "unknown-name",
            "warning",
            f"No cell of this notebook defines {name}.",
            candidates=tuple(near),
            line=line,
            column=column,
        )


def _above(source: str, tree: ast.Module, lines: Sequence[str], *, imports: bool) -> str:
    """`lines` above the first statement, below magics, comments and, unless they are `imports` themselves, the imports."""
    body = [node for node in tree.body if not isinstance(node, ast.Pass)]  # magics are read as `pass`
    skipped = [] if imports else [node for node in body if isinstance(node, (ast.Import, ast.ImportFrom))]
    first = next((node for node in body if node not in skipped), None)
    decorators = getattr(first, "decorator_list", [])
    at = min(node.lineno - 1 for node in (first, *decorators)) if first is not None else len(source.split("\n"))
    before, after = source.split("\n")[:at], source.split("\n")[at:]
    gap = [] if not imports or isinstance(first, (ast.Import, ast.ImportFrom)) else [""]
    return "\n".join([*before, *lines, *gap, *after])
