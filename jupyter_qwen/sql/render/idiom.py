"""How this notebook runs SQL: read from its cells and its connections, never invented."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ...schema.model import Schema
from ...schema.notebook import SQL_MAGICS, SQL_METHODS, Cell, runs_sql

Style = Literal["python", "magic", "sql", "r", "julia", "markdown"]

_IMPORT: Final = re.compile(r"^[ \t]*import[ \t]+duckdb(?:[ \t]+as[ \t]+(\w+))?[ \t]*(?:#.*|;.*)?$", re.MULTILINE)
_POLARS: Final = re.compile(r"^[ \t]*(?:import[ \t]+polars|from[ \t]+polars\b)", re.MULTILINE)
_PANDAS: Final = re.compile(r"^[ \t]*(?:import[ \t]+pandas|from[ \t]+pandas\b)", re.MULTILINE)
_RESULT: Final = re.compile(r"\.(df|fetchdf|to_df|pl|arrow|fetchall|show)\(")
_PYTHON_SQL: Final = re.compile(rf"\.(?:{'|'.join(SQL_METHODS)})\(")
_MAGIC: Final = re.compile(rf"\A\s*%%({'|'.join(SQL_MAGICS)})\b[ \t]*([^\n]*)")
_LOAD_MAGIC: Final = re.compile(r"^[ \t]*%(?:load_ext|reload_ext)[ \t]+(sql|magic_duckdb)\b", re.MULTILINE)
_CONNECTION_NAME: Final = re.compile(r"[\w.:/@+%\\][\w.:/@+%\\?=&-]*")
_R_CONNECTION: Final = re.compile(r"([\w.]+)\s*(?:<-|=)\s*(?:DBI::)?dbConnect\(")
_R_LIBRARY: Final = re.compile(r"\b(?:library|require)\(\s*[\"']?(?:DBI|duckdb)[\"']?\s*\)")
_JULIA_CONNECTION: Final = re.compile(r"(\w+)\s*=\s*(?:DBInterface\.connect|DuckDB\.open|DBI\.connect)\(")
_SQL_LANGUAGES: Final = frozenset(("sql", "duckdb", "postgresql", "sqlite", "mysql"))


@dataclass(frozen=True)
class Idiom:
    """The notebook's way of running a query.

    `connection` is the expression before ``.sql(``; `result` the method that turns the relation into what the notebook
    works with (``df``, ``pl``, ``arrow`` …). `imports` is a line that has to stand first, or empty. `magic` is the first
    line of a magic cell. `owners` tells for each table, by folded dotted reference, which connection owns it. `frames` are the
    folded names of the DataFrames: SQL magics run inside their library, where DuckDB finds no variable of the notebook.
    """

    style: Style = "python"
    connection: str = "duckdb"
    result: str = "df"
    imports: str = ""
    magic: str = ""
    owners: tuple[tuple[str, str], ...] = ()
    frames: frozenset[str] = frozenset()


def detect_idiom(cells: Sequence[Cell], schema: Schema, language: str = "python") -> Idiom:
    """Read the idiom from the `cells` (in document order), the connections of `schema`, and the kernel's `language`."""
    code = [cell.source for cell in cells if cell.type == "code"]
    text = "\n".join(code)
    name = language.strip().lower()
    if name in _SQL_LANGUAGES:
        return Idiom(style="sql")
    if name == "r":
        found = _last(_R_CONNECTION, text)
        return Idiom(style="r", connection=found or "con", imports="" if _R_LIBRARY.search(text) else "DBI::")
    if name == "julia":
        return Idiom(style="julia", connection=_last(_JULIA_CONNECTION, text) or "con")
    if name not in ("python", "ipython", "python3"):
        return Idiom(style="markdown")
    imported = list(_IMPORT.finditer(text))
    module = (imported[-1][1] or "duckdb") if imported else "duckdb"
    names = [c.name for c in schema.connections if c.name != "duckdb" and not c.magic]
    owners = tuple(
        (".".join(t.reference).casefold(), module if t.connection == "duckdb" else t.connection)
        for t in schema.tables
        if t.connection is not None
    )
    magics = [c.name for c in schema.connections if c.magic]
    connection = _preferred(names, code) or (magics[0] if magics else module)
    return Idiom(
        style="magic" if (magic := _magic(code)) else "python",
        connection=connection,
        result=_result(text, schema),
        imports="" if imported else "import duckdb",
        magic=magic,
        owners=owners,
        frames=frozenset(t.name.casefold() for t in schema.tables if t.connection is None),
    )


def _last(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.findall(text)
    return found[-1] if found else None


def _preferred(names: Sequence[str], code: Iterable[str]) -> str | None:
    """The connection that the notebook used last, else the first one there is."""
    best, where = None, -1
    text = "\n".join(code)
    for name in names:
        uses = [m.start() for m in runs_sql(name).finditer(text)]
        if uses and uses[-1] > where:
            best, where = name, uses[-1]
    return best or (names[0] if names else None)


def _magic(code: Sequence[str]) -> str:
    """The first line of a new magic cell, or nothing when the notebook last ran SQL through Python."""
    for i in range(len(code) - 1, -1, -1):
        match = _MAGIC.match(code[i])
        if match:
            uses = [m for source in code if (m := _MAGIC.match(source)) and m[1] == match[1]]
            arguments = {use[2].strip() for use in uses}
            # A connection that every such cell names has to be named again; anything else (`out <<`, --save) was for that cell,
            # and what IPython would evaluate (`{…}`, `$name`) is no name.
            same = arguments.pop() if len(arguments) == 1 else ""
            return f"%%{match[1]} {same}" if _CONNECTION_NAME.fullmatch(same) else f"%%{match[1]}"
        if _PYTHON_SQL.search(code[i]) and "duckdb" not in _LOAD_MAGIC.findall(code[i]):
            return ""
    loaded = [m for source in code for m in _LOAD_MAGIC.findall(source)]
    return {"sql": "%%sql", "magic_duckdb": "%%dql"}[loaded[-1]] if loaded else ""


def _result(text: str, schema: Schema) -> str:
    used = _RESULT.findall(text)
    for name in reversed(used):
        if name in ("pl", "arrow", "df", "fetchdf", "to_df"):
            return "df" if name in ("fetchdf", "to_df") else name
    libraries = {table.library for table in schema.tables if table.library}
    polars = _POLARS.search(text) is not None or "polars" in libraries
    pandas = _PANDAS.search(text) is not None or "pandas" in libraries
    return "pl" if polars and not pandas else "df"
