"""The steps of a notebook's cells, in order: databases that are opened, frames that are made, SQL that runs."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from jupyter_qwen.python.syntax import parsed_cell
from jupyter_qwen.schema.collector.jupysql import MAGIC
from jupyter_qwen.schema.notebook import SQL_MAGICS, Cell

from .constants import NotConstant
from .model import FrameValue, MakeFrame, OpenDatabase, Plan, RunSql, Step
from .scope import NotAFrame, Scope, column_type

MAX_CELLS: Final = 500
MAX_CHARACTERS: Final = 100_000
_CELL_MAGIC: Final = re.compile(rf"\A\s*%%({'|'.join(SQL_MAGICS)})\b[ \t]*([^\n]*)\n?")
_LINE_MAGIC: Final = re.compile(r"^[ \t]*%sql[ \t]+([^\n]+)$", re.MULTILINE)
_CHANGES_FOLDER: Final = re.compile(r"^[ \t]*%cd\b|\bos\.chdir\(", re.MULTILINE)
_USES_EXTENSION: Final = re.compile(r"^[ \t]*%(?:load_ext|reload_ext|sql)\b|\A\s*%%(?:sql|dql)\b", re.MULTILINE)
_LOADS_EXTENSION: Final = re.compile(r"^[ \t]*%(?:load_ext|reload_ext)[ \t]+\w|^[ \t]*%sql[ \t]+\S+:", re.MULTILINE)
_FOLDER_NOTE: Final = "A cell changes the folder, so that files named after it are known once they are loaded."


def plan_of(cells: Sequence[Cell]) -> Plan:
    """What `cells`, in document order, would load. Never raises, whatever they hold: what cannot be read loads nothing."""
    reader = _Reader()
    for cell in cells[:MAX_CELLS]:
        if cell.type == "code" and len(cell.source) <= MAX_CHARACTERS:
            if _CHANGES_FOLDER.search(cell.source):
                reader.notes.append(_FOLDER_NOTE)
                break
            reader.read(cell)
    return Plan(tuple(reader.steps), reader.needs, tuple(reader.notes))


class _Reader:
    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.notes: list[str] = []
        self.needs: dict[str, tuple[str, ...]] = {}
        self._scope = Scope()
        self._makers: dict[str, str] = {}
        self._extension = ""
        self._current = self._current_from = ""

    def read(self, cell: Cell) -> None:
        magic = _CELL_MAGIC.match(cell.source)
        if magic is not None:
            self._need(cell, (self._current,), ())
            self._sql_cell(cell, magic)
            return
        lines = [line.strip() for line in _LINE_MAGIC.findall(cell.source) if line.strip()]
        for line in lines:
            self._sql_line(cell, line)
        tree = parsed_cell(cell.source)
        if tree is None:
            return
        try:
            nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
            stored = {node.id for node in nodes if not isinstance(node.ctx, ast.Load)} | set(_defined(tree))
            self._need(cell, {node.id for node in nodes} | {line.split()[0] for line in lines}, stored)
            if self._current_from == cell.id:
                self._extension = cell.id
            for statement in tree.body:
                self._statement(statement, cell.id)
        except RecursionError:
            return

    def _need(self, cell: Cell, names: Iterable[str], stored: Iterable[str]) -> None:
        """Which cells must have run before this one works: those that make its names, and what those need."""
        wanted = [self._makers[name] for name in names if name in self._makers]
        if self._extension and _USES_EXTENSION.search(cell.source):
            wanted.append(self._extension)
        found = {other for maker in wanted for other in self.needs.get(maker, ())} | {cell.id}
        order = {known: position for position, known in enumerate((*self.needs, cell.id))}
        self.needs[cell.id] = tuple(sorted(found, key=lambda known: order.get(known, len(order))))
        for name in stored:
            self._makers[name] = cell.id
        if _LOADS_EXTENSION.search(cell.source):
            self._extension = cell.id

    def _sql_cell(self, cell: Cell, magic: re.Match[str]) -> None:
        words = magic[2].split()
        if words and "://" in words[0]:
            self._sql_line(cell, words[0])
        elif words and words[0] in self._scope.connections:
            self._current = words[0]
        owner = "duckdb" if magic[1] in ("dql", "duckdb") else self._current
        if owner:
            self.steps.append(RunSql(owner, cell.source[magic.end() :], cell.id))

    def _sql_line(self, cell: Cell, line: str) -> None:
        """``%sql duckdb:///shop.duckdb``, ``%sql con``, or a statement."""
        word = line.split()[0]
        if word.startswith("duckdb://"):
            path = word.removeprefix("duckdb://").removeprefix("/").split("?", 1)[0]
            self._current = MAGIC + word
            self.steps.append(OpenDatabase(self._current, "" if path in ("", ":memory:") else path, cell.id))
        elif word in self._scope.connections:
            self._current, self._current_from = word, cell.id
        elif "://" not in word and not word.startswith("-") and self._current:
            self.steps.append(RunSql(self._current, line, cell.id))

    def _statement(self, node: ast.stmt, cell: str) -> None:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for name, module in _imports(node):
                self._scope.forget(name)
                self._scope.modules[name] = module
        elif isinstance(node, (ast.If, ast.Try)):
            for inner in node.body:
                self._statement(inner, cell)
        elif isinstance(node, ast.With):
            self._with(node, cell)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            self._assign(node.targets[0], node.value, cell)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self._assign(node.target, node.value, cell)
        elif isinstance(node, ast.Expr):
            self._expression(node.value, cell)
        else:
            for inner_node in ast.walk(node):
                if isinstance(inner_node, ast.Name) and not isinstance(inner_node.ctx, ast.Load):
                    self._lost(inner_node.id, cell)

    def _with(self, node: ast.With, cell: str) -> None:
        """The body runs; a connection that is opened for it is closed behind it."""
        opened: list[str] = []
        for item in node.items:
            if isinstance(item.optional_vars, ast.Name):
                self._assign(item.optional_vars, item.context_expr, cell)
                if item.optional_vars.id in self._scope.connections | self._scope.sqlite:
                    opened.append(item.optional_vars.id)
        for inner in node.body:
            self._statement(inner, cell)
        for name in opened:
            self._lost(name, cell)

    def _assign(self, target: ast.expr, value: ast.expr, cell: str) -> None:
        if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            self._column(target, value, cell)
            return
        if not isinstance(target, ast.Name):
            for node in ast.walk(target):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    self._lost(node.id, cell)
            return
        name = target.id
        if self._connects(name, value, cell):
            return
        frame: FrameValue | None = None
        known: object = NotConstant
        try:
            frame = self._scope.frame(value)
        except NotAFrame:
            with contextlib.suppress(NotConstant):
                known = self._scope.constant(value)
        self._lost(name, cell)
        if frame is not None:
            self._scope.frames[name] = frame
            self.steps.append(MakeFrame(name, frame, cell))
        elif known is not NotConstant:
            self._scope.constants[name] = known

    def _connects(self, name: str, value: ast.expr, cell: str) -> bool:
        """``con = duckdb.connect("shop.duckdb")``; a path that is known only later opens something that is not known."""
        called = self._scope.called(value.func) if isinstance(value, ast.Call) else ""
        if not isinstance(value, ast.Call) or called not in ("duckdb.connect", "sqlite3.connect"):
            return False
        self._lost(name, cell)
        given = value.args[0] if value.args else next((w.value for w in value.keywords if w.arg == "database"), None)
        try:
            path = "" if given is None else self._scope.text(given)
        except NotConstant:
            return True
        if called == "sqlite3.connect":
            self._scope.sqlite.add(name)
            path = re.sub(r"\Afile:([^?]*).*", r"\1", path, flags=re.DOTALL)
            self.steps.append(OpenDatabase(name, "" if path == ":memory:" else path, cell, "sqlite"))
            return True
        self._scope.connections.add(name)
        self.steps.append(OpenDatabase(name, "" if path in (":memory:", ":default:") else path, cell))
        return True

    def _column(self, target: ast.Subscript, value: ast.expr, cell: str) -> None:
        """``df["x"] = …`` adds a column."""
        assert isinstance(target.value, ast.Name)
        name = target.value.id
        frame = self._scope.frames.get(name)
        if frame is None:
            return
        try:
            column = self._scope.text(target.slice)
        except NotConstant:
            self._lost(name, cell)
            return
        kind = column_type(self._scope.called, value)
        changed = FrameValue(frame.origin, frame.library, (*frame.changes, ("add", column, kind)))
        self._scope.frames[name] = changed
        self.steps.append(MakeFrame(name, changed, cell))

    def _expression(self, node: ast.expr, cell: str) -> None:
        """SQL that runs for what it does, whatever is made of its result; a frame that changes itself is no longer known."""
        for call in (inner for inner in ast.walk(node) if isinstance(inner, ast.Call)):
            query = self._scope.runs_sql(call)
            if query is not None:
                self.steps.append(RunSql(query.connection, query.sql, cell))
            elif isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
                owner = call.func.value.id
                closes = owner in self._scope.connections and call.func.attr == "close"
                in_place = owner in self._scope.frames and any(word.arg == "inplace" for word in call.keywords)
                if closes or in_place:
                    self._lost(owner, cell)

    def _lost(self, name: str, cell: str) -> None:
        """`name` is something else from here on; a table that hung on it is no longer known."""
        if name in self._scope.frames or name in self._scope.connections | self._scope.sqlite:
            self.steps.append(MakeFrame(name, None, cell))
        self._scope.forget(name)


def _imports(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            if node.module and not node.level:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"
        else:
            yield (
                alias.asname or alias.name.partition(".")[0],
                alias.name if alias.asname else alias.name.partition(".")[0],
            )


def _defined(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from (name for name, _ in _imports(node))
