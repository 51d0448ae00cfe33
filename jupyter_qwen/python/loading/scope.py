"""The names of a notebook as far as its cells have been read: modules, constants, connections, frames."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from jupyter_qwen.schema.notebook import SQL_METHODS

from .constants import NotConstant, constant, text
from .model import Change, FrameValue, FromFile, FromLiteral, FromQuery

_READS: Final = {
    "read_csv": "csv", "read_table": "csv", "scan_csv": "csv", "from_csv_auto": "csv", "read_parquet": "parquet",
    "scan_parquet": "parquet", "from_parquet": "parquet", "read_json": "json", "read_ndjson": "json", "scan_ndjson": "json",
    "read_excel": "excel",
}  # fmt: skip
_LIBRARIES: Final = ("pandas", "polars", "duckdb")
_RESULTS: Final = {
    "df": "pandas", "fetchdf": "pandas", "to_df": "pandas", "fetch_df": "pandas", "pl": "polars", "arrow": "pyarrow",
    "fetch_arrow_table": "pyarrow", "to_arrow_table": "pyarrow",
}  # fmt: skip
#: Methods that give a frame of the same columns.
_SAME: Final = frozenset(
    ("copy", "head", "tail", "sample", "dropna", "drop_duplicates", "sort_values", "sort_index", "query", "collect", "lazy",
     "limit", "unique", "drop_nulls", "sort", "clone", "fillna", "order", "distinct", "slice", "nlargest", "nsmallest")
)  # fmt: skip
_TYPES: Final = {
    "str": "VARCHAR", "object": "VARCHAR", "string": "VARCHAR", "category": "VARCHAR", "int": "BIGINT", "int64": "BIGINT",
    "Int64": "BIGINT", "float": "DOUBLE", "float64": "DOUBLE", "bool": "BOOLEAN", "boolean": "BOOLEAN", "int32": "INTEGER",
    "float32": "FLOAT", "datetime64[ns]": "TIMESTAMP_NS",
}  # fmt: skip


class NotAFrame(Exception):
    """An expression gives no frame whose columns are known before it runs."""


@dataclass
class Scope:
    """`modules` maps names to what they were imported from, in full; `connections` and `sqlite` are names of variables."""

    modules: dict[str, str] = field(default_factory=dict)
    constants: dict[str, Any] = field(default_factory=dict)
    connections: set[str] = field(default_factory=set)
    sqlite: set[str] = field(default_factory=set)
    frames: dict[str, FrameValue] = field(default_factory=dict)

    def forget(self, name: str) -> None:
        """Something else has this name now."""
        for names in (self.modules, self.constants, self.frames):
            names.pop(name, None)
        self.connections.discard(name)
        self.sqlite.discard(name)

    def called(self, node: ast.expr) -> str:
        """What `node` is called in full, such as ``pandas.read_csv``; empty for anything that no import explains."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if isinstance(node, ast.Name) and node.id in self.modules:
            return ".".join([self.modules[node.id], *reversed(parts)])
        return ""

    def constant(self, node: ast.expr | None) -> Any:
        """Raises NotConstant."""
        return constant(node, self.constants, self.called)

    def text(self, node: ast.expr | None) -> str:
        """Raises NotConstant."""
        return text(node, self.constants, self.called)

    def runs_sql(self, node: ast.expr) -> FromQuery | None:
        """The SQL that a call gives to a connection, or to DuckDB's default one."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, (ast.Attribute, ast.Name)) or not node.args:
            return None
        name = self.called(node.func)
        if name in {f"duckdb.{method}" for method in SQL_METHODS}:
            owner = "duckdb"
        elif (
            isinstance(node.func, ast.Attribute)
            and node.func.attr in SQL_METHODS
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in self.connections
        ):
            owner = node.func.value.id
        else:
            return None
        try:
            return FromQuery(owner, self.text(node.args[0]))
        except NotConstant:
            return None

    def frame(self, node: ast.expr) -> FrameValue:
        """The frame that `node` gives. Raises NotAFrame, also for a query that may give none."""
        if isinstance(node, ast.Name) and node.id in self.frames:
            return self.frames[node.id]
        if isinstance(node, ast.Subscript):
            return self._chosen(node)
        if not isinstance(node, ast.Call):
            raise NotAFrame
        found = self._read(node) or self._read_sqlite(node) or self._written_out(node)
        if found is not None:
            return found
        query = self.runs_sql(node)
        if query is not None:
            return FrameValue(query, "duckdb")
        if not isinstance(node.func, ast.Attribute):
            raise NotAFrame
        method = node.func.attr
        if method in _RESULTS:
            inner = self.frame(node.func.value)
            if inner.library != "duckdb":
                raise NotAFrame
            return FrameValue(inner.origin, _RESULTS[method], inner.changes)
        base = self.frame(node.func.value)
        if method in _SAME:
            return base
        return FrameValue(base.origin, base.library, (*base.changes, self._change(method, node)))

    def _read(self, node: ast.Call) -> FrameValue | None:
        """What a reader of pandas, polars or DuckDB reads."""
        called = self.called(node.func)
        library, _, method = called.partition(".")
        if not called and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            library, method = ("duckdb" if node.func.value.id in self.connections else ""), node.func.attr
        if library not in _LIBRARIES or method not in _READS:
            return None
        arguments = {word.arg: word.value for word in node.keywords if word.arg is not None}
        first = node.args[0] if node.args else next(
            (arguments[key] for key in ("filepath_or_buffer", "path", "io", "path_or_buf", "source") if key in arguments), None
        )  # fmt: skip
        try:
            path = self.text(first)
            options = self._options(arguments, method)
        except NotConstant:
            raise NotAFrame from None
        changes = self._on_reading(options)
        return FrameValue(FromFile(path, _READS[method], options), library, changes)

    def _read_sqlite(self, node: ast.Call) -> FrameValue | None:
        """``pd.read_sql("SELECT …", conn)``, where `conn` was opened by sqlite3."""
        if self.called(node.func) not in ("pandas.read_sql", "pandas.read_sql_query"):
            return None
        given = dict(zip(("sql", "con"), node.args, strict=False))
        given.update((word.arg, word.value) for word in node.keywords if word.arg is not None)
        owner = given.pop("con", None)
        if not isinstance(owner, ast.Name) or owner.id not in self.sqlite or set(given) != {"sql"}:
            raise NotAFrame
        try:
            return FrameValue(FromQuery(owner.id, self.text(given["sql"])), "pandas")
        except NotConstant:
            raise NotAFrame from None

    def _options(self, arguments: dict[str, ast.expr], method: str) -> dict[str, Any]:
        """The options that decide names and types. Raises NotConstant, since a wrong list of columns is worse than none."""
        options: dict[str, Any] = {}
        names = {
            "sep": "separator", "delimiter": "separator", "delim": "separator", "separator": "separator", "header": "header",
            "has_header": "header", "names": "names", "columns": "keep", "usecols": "keep", "parse_dates": "parse",
            "try_parse_dates": "dates", "index_col": "index", "sheet_name": "sheet", "encoding": "encoding",
        }  # fmt: skip
        for key, node in arguments.items():
            if key in names:
                options[names[key]] = self.constant(node)
            elif key in ("dtype", "schema_overrides", "dtypes") and isinstance(node, ast.Dict):
                options["types"] = {
                    self.text(name): self._type(value) for name, value in zip(node.keys, node.values, strict=True)
                }
            elif key in ("skiprows", "skip_rows", "skip", "orient", "new_columns", "schema", "converters"):
                raise NotConstant
        if method == "read_table":
            options.setdefault("separator", "\t")
        if options.get("header", 0) is None:
            options["header"] = False
        if options.get("encoding") in ("utf-8", "utf8", "utf-8-sig"):
            del options["encoding"]
        elif "encoding" in options:
            options["encoding"] = "latin-1"
        return options

    def _type(self, node: ast.expr) -> str:
        if isinstance(node, ast.Name):
            return _TYPES.get(node.id, "")
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return _TYPES.get(node.value, "")
        return ""

    def _on_reading(self, options: dict[str, Any]) -> tuple[Change, ...]:
        """The changes that the options of a reader make to the columns that the file has."""
        changes: list[Change] = []
        keep, index = options.pop("keep", None), options.pop("index", None)
        if _texts(keep):
            changes.append(("keep", tuple(keep)))
        elif keep is not None:
            raise NotAFrame
        for name, kind in options.pop("types", {}).items():
            changes.append(("add", name, kind))
        parse = options.pop("parse", None)
        if _texts(parse):
            changes += [("add", name, "TIMESTAMP") for name in parse]
        elif parse not in (None, False, True):
            raise NotAFrame
        if isinstance(index, str):
            changes.append(("drop", (index,)))
        elif index is not None and index is not False:
            if index != 0:
                raise NotAFrame
            options["index_first"] = True
        names = options.get("names")
        if names is not None and not _texts(names):
            raise NotAFrame
        return tuple(changes)

    def _written_out(self, node: ast.Call) -> FrameValue | None:
        """A frame of literal columns: ``pd.DataFrame({"a": [1, 2]})``; one of computed values has columns without types."""
        called = self.called(node.func)
        if (
            called not in ("pandas.DataFrame", "polars.DataFrame")
            or len(node.args) != 1
            or not isinstance(node.args[0], ast.Dict)
        ):
            return None
        columns: list[tuple[str, str]] = []
        for key, value in zip(node.args[0].keys, node.args[0].values, strict=True):
            try:
                name = self.text(key)
            except NotConstant:
                raise NotAFrame from None
            columns.append((name, self._column_type(value)))
        return FrameValue(FromLiteral(tuple(columns)), called.partition(".")[0])

    def _column_type(self, node: ast.expr) -> str:
        try:
            values = self.constant(node)
        except NotConstant:
            return "TIMESTAMP" if isinstance(node, ast.Call) and self.called(node.func) in _TIMES else ""
        present = [value for value in values if value is not None] if isinstance(values, list) else [values]
        kinds = {type(value) for value in present}
        gaps = isinstance(values, list) and len(present) < len(values)
        if kinds <= {int} and kinds:
            return "DOUBLE" if gaps else "BIGINT"
        if kinds and kinds <= {int, float}:
            return "DOUBLE"
        return {"bool": "BOOLEAN", "str": "VARCHAR"}.get(kinds.pop().__name__, "") if len(kinds) == 1 else ""

    def _chosen(self, node: ast.Subscript) -> FrameValue:
        """``df[["a", "b"]]`` keeps columns, ``df[condition]`` rows. Raises NotAFrame."""
        base = self.frame(node.value)
        try:
            wanted = self.constant(node.slice)
        except NotConstant:
            if isinstance(node.slice, (ast.Compare, ast.BinOp, ast.UnaryOp, ast.Slice)) or (
                isinstance(node.slice, ast.Call) and isinstance(node.slice.func, ast.Attribute)
            ):
                return base
            raise NotAFrame from None
        if not _texts(wanted):
            raise NotAFrame
        return FrameValue(base.origin, base.library, (*base.changes, ("keep", tuple(wanted))))

    def _change(self, method: str, node: ast.Call) -> Change:
        """What a method of a frame does to its columns. Raises NotAFrame."""
        arguments: dict[str | None, ast.expr] = {word.arg: word.value for word in node.keywords}
        first = node.args[0] if node.args else None
        try:
            if method == "rename":
                renamed = self.constant(arguments.get("columns", first))
                if isinstance(renamed, dict) and _texts(list(renamed.values())):
                    return ("rename", renamed)
            elif method == "drop" and "index" not in arguments:
                dropped = self.constant(arguments.get("columns", first))
                dropped = [dropped] if isinstance(dropped, str) else dropped
                if _texts(dropped) and ("columns" in arguments or "axis" in arguments):
                    return ("drop", tuple(dropped))
            elif method == "reset_index" and self.constant(arguments.get("drop")) is True:
                return ("drop", ())
            elif method == "assign" and len(arguments) == 1 and None not in arguments:
                return ("add", str(next(iter(arguments))), "")
        except NotConstant:
            pass
        raise NotAFrame


_TIMES: Final = ("pandas.to_datetime", "pandas.date_range")


def column_type(scope_called: Callable[[ast.expr], str], node: ast.expr) -> str:
    """The type of a column that is assigned, where its expression says it."""
    return "TIMESTAMP" if isinstance(node, ast.Call) and scope_called(node.func) in _TIMES else ""


def _texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, str) for item in value)
