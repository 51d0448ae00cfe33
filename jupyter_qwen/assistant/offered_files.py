"""Data files beside a notebook that none of its cells loads, each with the line that would, in the notebook's idiom."""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from jupyter_qwen.python.loading.notebook_file import NotebookFile
from jupyter_qwen.schema.model import Connection, PrivacyLevel, Schema, Table
from jupyter_qwen.schema.not_loaded import Loading
from jupyter_qwen.schema.notebook import Cell
from jupyter_qwen.schema.quoting import quote_identifier, quote_text
from jupyter_qwen.sql.files.looking import look_at
from jupyter_qwen.sql.files.place import FoundFile, NotebookFolder, NotRead, format_of_name
from jupyter_qwen.sql.render import detect_idiom

MOST: Final = 12
_SCANNED: Final = 200
_NOTEBOOKS: Final = 20
_NOTEBOOK_BYTES: Final = 2_000_000  # a larger one holds pictures, and reading it would be felt
_FETCHED: Final = "DuckDB fetches its sqlite extension for it, once"
_IMPORT: Final = r"^[ \t]*import[ \t]+{}[ \t]+as[ \t]+(\w+)"
_DUCKDB: Final = {"csv": "read_csv", "parquet": "read_parquet", "json": "read_json"}
_FRAMES: Final = {"csv": "read_csv", "parquet": "read_parquet", "json": "read_json", "excel": "read_excel"}


@dataclass(frozen=True)
class FileOffer:
    """The tables of one file. A database brings the `connection` that its line would open."""

    tables: tuple[Table, ...]
    connection: Connection | None = None

    @property
    def source(self) -> str:
        """The file, as seen from the notebook's folder."""
        return next((table.loading.source for table in self.tables if table.loading is not None), "")


def offers(
    cells: Sequence[Cell],
    schema: Schema,
    folder: NotebookFolder,
    named: Set[str],
    privacy: PrivacyLevel,
    *,
    wanted: Sequence[FoundFile],
    late: Callable[[], bool],
) -> tuple[list[FileOffer], list[str]]:
    """The files `wanted`, then at most twelve of the folder; none of those `named`.

    A file that another notebook of the folder loads is that one's: it comes last, and not at all once this notebook has tables.
    As far as they can be read before it is `late`. With them sentences on what was wanted and could not be read.
    """
    found: list[FileOffer] = []
    notes: list[str] = []
    taken = {table.name.casefold() for table in schema.tables} | {name.name.casefold() for name in schema.connections}
    asked = {file.shown for file in wanted}
    beside = [file for file in folder.data_files(_SCANNED) if file.shown not in named]
    theirs = _loaded_elsewhere(folder, [file.shown for file in beside])
    beside = [file for file in beside if not schema.tables or file.shown not in theirs]
    beside.sort(key=lambda file: file.shown in theirs)
    files = {file.shown: file for file in (*wanted, *beside)}
    for file in files.values():
        if file.shown in named or len(found) >= MOST + len(asked) or late():
            continue
        name = _variable(file.shown, taken)
        try:
            offer = _offer(file, name, cells, schema, privacy, taken)
        except NotRead as error:
            if file.shown in asked:
                notes.append(str(error))
            continue
        if offer.tables:
            taken |= {name.casefold(), *(table.name.casefold() for table in offer.tables if table.connection is None)}
            found.append(offer)
        elif file.shown in asked:
            notes.append(f"{file.shown} holds no table.")
    return found, notes


def _loaded_elsewhere(folder: NotebookFolder, names: Sequence[str]) -> set[str]:
    """Which of the files `names` the code of another notebook of the folder names."""
    found: set[str] = set()
    for notebook in folder.other_notebooks(_NOTEBOOKS) if names else ():
        code = _code_of(notebook) if notebook.size <= _NOTEBOOK_BYTES else ""
        found |= {name for name in names if re.search(rf"(?<![\w.-]){re.escape(name)}(?!\w)", code)}
    return found


@lru_cache(maxsize=_NOTEBOOKS)
def _code_of(notebook: FoundFile) -> str:
    try:
        cells = NotebookFile.read(notebook.path).cells
    except (OSError, ValueError):  # half written, or no notebook
        return ""
    return "\n".join(str(cell["source"]) for cell in cells if cell["type"] == "code")


def _offer(
    file: FoundFile, name: str, cells: Sequence[Cell], schema: Schema, privacy: PrivacyLevel, taken: Set[str]
) -> FileOffer:
    form = format_of_name(file.shown) or "database"  # a cell may call one anything
    path = _literal(file.shown)
    text = "\n".join(cell.source for cell in cells if cell.type == "code")
    pandas, polars = (_alias(text, library) for library in ("pandas", "polars"))
    uses_duckdb = re.search(r"\bduckdb\b", text) is not None
    if form == "database" and file.is_sqlite():
        if pandas and not uses_duckdb:
            return _sqlite_frames(file, pandas, privacy, taken)
        attach = _literal(f"ATTACH {quote_text(file.shown)} AS sqlite_file (TYPE sqlite, READ_ONLY)")
        code = (
            f"import duckdb\n\n{name} = duckdb.connect()\n"
            f'{name}.execute({attach})  # {_FETCHED}\n{name}.execute("USE sqlite_file")'
        )
    elif form == "database":
        code = f"import duckdb\n\n{name} = duckdb.connect({path}, read_only=True)"
    if form == "database":
        held = look_at(file, form, name="con", library="duckdb", privacy=privacy)
        loading = Loading((), code, file.shown)
        tables = tuple(replace(table, connection=name, loading=loading) for table in held.tables)
        return FileOffer(tables, Connection(name, file.shown))
    idiom = detect_idiom(cells, schema)
    if form == "excel" or (pandas and not uses_duckdb):
        library, code = "pandas", f"{name} = {pandas or 'pd'}.{_FRAMES[form]}({path}{_lines(form, file)})"
        code = code if pandas else f"import pandas as pd\n\n{code}"
    elif polars and not uses_duckdb and not (form == "json" and _lines(form, file)):
        library, code = "polars", f"{name} = {polars}.{_FRAMES[form]}({path})"
    else:
        magic = idiom.style == "magic" or idiom.connection.startswith("%")
        owner = "duckdb" if magic else idiom.connection
        library, code = "duckdb", f"{name} = {owner}.{_DUCKDB[form]}({path})"
        code = f"{idiom.imports}\n\n{code}" if owner == "duckdb" and idiom.imports else code
    held = look_at(file, form, name=name, library=library, privacy=privacy)
    return FileOffer(tuple(replace(table, loading=Loading((), code, file.shown)) for table in held.tables))


def _sqlite_frames(file: FoundFile, pandas: str, privacy: PrivacyLevel, taken: Set[str]) -> FileOffer:
    """A DataFrame for each table that no variable is called after, read by Python's own sqlite3."""
    frames = []
    for table in look_at(file, "database", name="con", library="pandas", privacy=privacy).tables:
        name = table.name if table.name.casefold() in taken else _variable(table.name, taken)
        if name.casefold() not in taken:
            query = _literal(f"SELECT * FROM {quote_identifier(table.name)}")
            code = f"import sqlite3\n\n{name} = {pandas}.read_sql({query}, sqlite3.connect({_literal(file.shown)}))"
            frames.append(replace(table, reference=(name,), loading=Loading((), code, file.shown)))
    return FileOffer(tuple(frames))


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _lines(form: str, file: FoundFile) -> str:
    return ", lines=True" if form == "json" and not file.shown.casefold().endswith(".json") else ""


def _alias(text: str, library: str) -> str:
    found = re.findall(_IMPORT.format(library), text, re.MULTILINE)
    return str(found[-1]) if found else ""


def _variable(path: str, taken: Set[str]) -> str:
    """A name for what the file holds, which nothing of the notebook has."""
    name = re.sub(r"\W+", "_", path.rsplit("/", 1)[-1].split(".", 1)[0]).strip("_").lower()
    if not name or not name.isidentifier() or keyword.iskeyword(name):
        name = f"data_{name}".rstrip("_")
    while name.casefold() in taken:
        name += "_file"
    return name
