"""What earlier cells defined that a candidate names: imports of analysis libraries, functions, classes, plain constants."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence
from dataclasses import dataclass

from jupyter_qwen.python.syntax import parsed_cell

#: Libraries that analyse data, beside the standard library's own that do: an import of theirs is taken over.
ANALYSIS = frozenset(
    [
        "pandas", "numpy", "polars", "pyarrow", "duckdb", "matplotlib", "seaborn", "altair", "plotly", "scipy",
        "statsmodels", "sklearn", "ibis", "bokeh", "plotnine", "dateutil", "pytz", "networkx", "tabulate",
        "math", "statistics", "datetime", "calendar", "collections", "itertools", "functools", "operator", "re", "json",
        "random", "decimal", "fractions", "string", "textwrap", "typing", "dataclasses", "enum", "time", "warnings", "copy",
        "bisect", "heapq", "io", "os", "pathlib", "sys", "zoneinfo", "contextlib", "abc", "numbers", "IPython",
    ]
)  # fmt: skip
_SPECIAL = frozenset(["display", "In", "Out", "_", "__", "___", "exit", "quit", "__name__", "__file__"])


@dataclass(frozen=True)
class Setup:
    """`source`: statements to run first. `names`: what the candidate and they read. `unmade`: of these, what earlier cells
    define in a way that cannot be repeated, so that no trial has it."""

    source: str
    names: frozenset[str]
    unmade: frozenset[str]


def setup_for(tree: ast.Module, earlier: Sequence[str], copies: frozenset[str]) -> Setup:
    """What `earlier` (sources of cells, in the order in which they ran) gives to `tree`, beside the variables in `copies`."""
    defined = _definitions(earlier)
    wanted = [name for name in sorted(read_names(tree)) if name not in _SPECIAL]
    chosen: dict[int, tuple[int, ast.stmt]] = {}
    names: set[str] = set()
    unmade: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in names:
            continue
        names.add(name)
        if name in copies or name not in defined:
            continue
        place, statement = defined[name]
        if not _repeatable(statement):
            unmade.add(name)
            continue
        if place not in chosen:
            chosen[place] = (place, statement)
            wanted += [read for read in read_names(statement) if read not in names]
    source = "\n".join(ast.unparse(statement) for _, statement in sorted(chosen.values(), key=lambda item: item[0]))
    return Setup(source, frozenset(names), frozenset(unmade))


def read_names(tree: ast.AST) -> set[str]:
    """Names that are read in `tree` and that neither it nor Python defines; roughly without what a function keeps to itself."""
    read: set[str] = set()
    stored: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else stored).add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            stored.add(node.name)
        elif isinstance(node, ast.arg):
            stored.add(node.arg)
        elif isinstance(node, ast.alias):
            stored.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            stored.add(node.name)
    # `df = df[df.x > 0]` reads the notebook's before it makes its own
    return {name for name in read if (name not in stored or _read_first(tree, name)) and not hasattr(builtins, name)}


def _read_first(tree: ast.AST, name: str) -> bool:
    """Whether a statement of the cell's own level reads `name` before one of them gives it a value."""
    for statement in getattr(tree, "body", ()):
        if isinstance(statement, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)):
            if any(bound == name for bound in _bound(statement)):
                return False
            continue
        uses = [node.ctx for node in ast.walk(statement) if isinstance(node, ast.Name) and node.id == name]
        if any(isinstance(context, ast.Load) for context in uses):
            own = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.For, ast.Lambda, ast.With)
            return not isinstance(statement, own) and not _own_variable(statement, name)
        if uses:
            return False
    return False


def _own_variable(statement: ast.stmt, name: str) -> bool:
    """Whether `name` is only the variable of a comprehension, a lambda or a loop inside `statement`."""
    for node in ast.walk(statement):
        if isinstance(node, ast.comprehension) and any(
            isinstance(part, ast.Name) and part.id == name for part in ast.walk(node.target)
        ):
            return True
        if isinstance(node, ast.arg) and node.arg == name:
            return True
    return False


def _definitions(earlier: Sequence[str]) -> dict[str, tuple[int, ast.stmt]]:
    """The last statement of a cell's own level that gives each name its value, with its place."""
    found: dict[str, tuple[int, ast.stmt]] = {}
    place = 0
    for source in earlier:
        tree = parsed_cell(source)
        for statement in tree.body if tree else ():
            place += 1
            for name in _bound(statement):
                found[name] = (place, statement)
    return found


def _bound(statement: ast.stmt) -> list[str]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [statement.name]
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return [(alias.asname or alias.name).partition(".")[0] for alias in statement.names]
    return [node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]


def _repeatable(statement: ast.stmt) -> bool:
    """Whether to run it again in a trial gives what it gave in the kernel, and costs next to nothing."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return True
    if isinstance(statement, ast.Import):
        return all(alias.name.partition(".")[0] in ANALYSIS for alias in statement.names)
    if isinstance(statement, ast.ImportFrom):
        return not statement.level and (statement.module or "").partition(".")[0] in ANALYSIS
    if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
        try:
            ast.literal_eval(statement.value)
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            return False
        return len(ast.unparse(statement)) < 20_000
    return False
