"""SQL inside generated Python: ``con.sql("…")`` in a cell is proved like any other query, and mended in place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from jupyter_qwen.python.cell_sql import CellSql, offset_of
from jupyter_qwen.python.syntax import parsed_cell
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.notebook import SQL_METHODS, SQL_READERS, Cell
from jupyter_qwen.sql.mend import mend
from jupyter_qwen.sql.model import Diagnostic, Proof, Repair, Verdict
from jupyter_qwen.sql.validate import prove

_STATEMENT = re.compile(
    r"\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*(?:SELECT|WITH|FROM|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|COPY|ATTACH|INSTALL|LOAD|"
    r"DESCRIBE|SHOW|SUMMARIZE|PIVOT|UNPIVOT|MERGE|TRUNCATE|EXPORT|IMPORT|SET|PRAGMA|CALL|VALUES)\b",
    re.IGNORECASE | re.DOTALL,
)
_ALIAS = re.compile(r"^[ \t]*import[ \t]+duckdb[ \t]+as[ \t]+(\w+)", re.MULTILINE)
_NO_TABLE = re.compile(r"Table with name (\S+) does not exist")


@dataclass(frozen=True)
class Found:
    """A call that runs SQL. `query` is ``None`` when its text is put together at run time; `owner` is the connection's text."""

    query: CellSql | None
    owner: str
    line: int


@dataclass(frozen=True)
class Inside:
    """The code with its SQL mended. `verdict` is the worst of its queries, or ``None`` when all are bound: code is no proof."""

    source: str
    verdict: Verdict | None = None
    needs_consent: bool = False
    repairs: tuple[Repair, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def prove_inside(source: str, schema: Schema, cells: Sequence[Cell]) -> Inside:
    """Prove every query that the code runs on a connection of `schema`, which is the whole kernel's. Blocking.

    A query on something else, one that is put together at run time, and one over a table that the code itself makes are
    *unchecked*: they may be right, and nobody has shown it.
    """
    tree = parsed_cell(source)
    if tree is None:
        return Inside(source)
    aliases = {"duckdb", *(name for cell in cells for name in _ALIAS.findall(cell.source)), *_ALIAS.findall(source)}
    made = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    changed = False
    judged: list[tuple[Found, Proof]] = []
    for found in sorted(find_calls(source, tree), key=lambda item: item.line):
        proof = _judged(found, schema, aliases, made, after_change=changed)
        changed = changed or proof.kind != "query"
        judged.append((found, proof))
    verdicts = [proof.verdict for _, proof in judged]
    mended, repairs = _mended(source, judged)
    return Inside(
        mended,
        "rejected" if "rejected" in verdicts else "unchecked" if "unchecked" in verdicts else None,
        any(proof.needs_consent for _, proof in judged),
        repairs,
        tuple(told for found, proof in judged for told in _told(found, proof)),
    )


def find_calls(source: str, tree: ast.Module) -> Iterator[Found]:
    """Every call in `tree` that hands SQL to a connection, directly or by a variable that is assigned once."""
    texts = _texts(tree)
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        if node.func.attr in SQL_READERS and len(node.args) > 1:
            owner = ast.unparse(node.args[1])
        elif node.func.attr in SQL_METHODS:
            owner = ast.unparse(node.func.value)
        else:
            continue
        text: ast.expr = node.args[0]
        if isinstance(text, ast.Name):
            text = texts.get(text.id, text)
        if isinstance(text, ast.Constant):
            if isinstance(text.value, str) and _STATEMENT.match(text.value):
                yield Found(_literal(source, text, owner), owner, text.lineno)
        elif _begins_as_sql(text):
            yield Found(None, owner, node.lineno)


def _texts(tree: ast.Module) -> dict[str, ast.expr]:
    """Variables that the code binds exactly once, to a text."""
    bound: dict[str, list[ast.expr | None]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            bound.setdefault(node.targets[0].id, []).append(node.value)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            bound.setdefault(node.target.id, []).append(None)
    return {
        name: values[0]
        for name, values in bound.items()
        if len(values) == 1 and isinstance(values[0], (ast.Constant, ast.JoinedStr, ast.BinOp))
    }


def _begins_as_sql(text: ast.expr) -> bool:
    """Whether an expression that makes a text at run time begins with a word of SQL."""
    if isinstance(text, ast.JoinedStr):
        return bool(text.values) and _begins_as_sql(text.values[0])
    if isinstance(text, ast.BinOp):
        return _begins_as_sql(text.left)
    if isinstance(text, ast.Call) and isinstance(text.func, ast.Attribute) and text.func.attr == "format":
        return _begins_as_sql(text.func.value)
    return isinstance(text, ast.Constant) and isinstance(text.value, str) and _STATEMENT.match(text.value) is not None


def _literal(source: str, text: ast.Constant, owner: str) -> CellSql | None:
    if text.end_lineno is None or text.end_col_offset is None:
        return None
    start = offset_of(source, text.lineno, text.col_offset)
    end = offset_of(source, text.end_lineno, text.end_col_offset)
    return CellSql(str(text.value), start, end, owner, True)


def _judged(found: Found, schema: Schema, aliases: set[str], made: set[str], *, after_change: bool) -> Proof:
    if found.query is None:
        told = Diagnostic("dynamic-sql", "info", "This query is put together at run time, so it could not be proved.")
        return Proof("", "unchecked", "other", (told,), needs_consent=True)
    names = {connection.name for connection in schema.connections}
    owner = "duckdb" if found.owner in aliases else found.owner
    if owner in made or (owner not in names and owner != "duckdb"):
        told = Diagnostic("unknown-connection", "info", f"{found.owner} is no DuckDB connection that could be seen.")
        proof = prove(found.query.sql, Schema())
        return Proof(found.query.sql, "unchecked", proof.kind, (told,), needs_consent=proof.needs_consent)
    visible = schema.visible_from(owner if owner in names else None)
    proof = prove(found.query.sql, visible)
    if proof.verdict != "rejected":
        return proof
    missing = {name.strip('"') for item in proof.diagnostics for name in _NO_TABLE.findall(item.message)}
    if after_change or missing & made:
        told = Diagnostic("made-here", "info", "This query reads what this very cell makes, so it could not be proved.")
        return replace(proof, verdict="unchecked", diagnostics=(told,))
    return mend(found.query.sql, visible)


def _mended(source: str, judged: Sequence[tuple[Found, Proof]]) -> tuple[str, tuple[Repair, ...]]:
    """The code with every repaired query in its place, the last first so that the offsets of the others hold."""
    repairs: list[Repair] = []
    done: set[int] = set()
    for found, proof in sorted(judged, key=lambda item: item[0].query.start if item[0].query else 0, reverse=True):
        if found.query is None or not proof.repairs or found.query.start in done:
            continue
        done.add(found.query.start)
        source = found.query.replaced(source, proof.sql)
        repairs[:0] = proof.repairs
    return source, tuple(repairs)


def _told(found: Found, proof: Proof) -> Iterator[Diagnostic]:
    """What the proof says, at its line of the cell. Columns are left out: quotes and indentation move them."""
    for item in proof.diagnostics:
        line = found.line
        if item.line and found.query is not None:  # DuckDB counts from the first word
            sql = found.query.sql
            line += item.line - 1 + sql[: len(sql) - len(sql.lstrip())].count("\n")
        yield replace(item, start=None, end=None, line=line, column=None)
