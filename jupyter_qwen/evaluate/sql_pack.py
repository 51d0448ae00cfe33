"""A pack of text-to-SQL cases: questions, and databases as DDL with Parquet files beside it.

PACK/sql/cases.jsonl            id, db, question, evidence (optional)
PACK/sql/<db>/schema.sql        CREATE TABLE statements; lines ``-- load: TABLE <- FILE`` give the files in load order
PACK/sql/<db>/tables/*.parquet
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from jupyter_qwen.evaluate.predictions import PackError, read_lines
from jupyter_qwen.schema.quoting import quote_identifier

_LOAD = re.compile(r"^-- load: (.*) <- (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class SqlCase:
    """One question. `evidence` is knowledge that belongs to it, such as what an abbreviation means."""

    id: str
    database: str
    question: str
    evidence: str = ""

    @property
    def text(self) -> str:
        """What a user would type."""
        return f"{self.question}\n{self.evidence}" if self.evidence else self.question


class SqlPack:
    """Opens cases and databases of the pack in `folder`. Raises PackError when there is none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "sql" if (folder / "sql").is_dir() else folder
        self.cases = tuple(
            SqlCase(item["id"], str(item.get("db", "")), str(item.get("question", "")), str(item.get("evidence") or ""))
            for item in read_lines(self.folder / "cases.jsonl")
        )

    def ddl(self, database: str) -> str:
        """The CREATE statements without comments."""
        return re.sub(r"^--[^\n]*\n", "", re.sub(r"\n\s+--[^\n]*", "", self._schema_file(database)), flags=re.MULTILINE)

    def connect(self, database: str, path: str = ":memory:") -> duckdb.DuckDBPyConnection:
        """A new database with its rows, in memory or at `path`, that cannot reach other files or the network any more."""
        text = self._schema_file(database)
        con = duckdb.connect(path)
        try:
            con.execute(text)
            for table, file in _LOAD.findall(text):
                _load(con, table, self.folder / database / file)
            con.execute("SET enable_external_access = false")
        except duckdb.Error as error:
            raise PackError(f"database {database} cannot be loaded: {error}") from error
        return con

    def _schema_file(self, database: str) -> str:
        path = self.folder / database / "schema.sql"
        try:
            return path.read_text(encoding="utf8")
        except OSError as error:
            raise PackError(f"{path} cannot be read: {error.strerror}") from error


def _load(con: duckdb.DuckDBPyConnection, table: str, file: Path) -> None:
    name = quote_identifier(table)
    try:
        con.execute(f"INSERT INTO {name} SELECT * FROM read_parquet(?)", [str(file)])
    except duckdb.ConstraintException:
        # A table that points at itself is checked row by row only when the rows come one by one.
        for row in con.execute("SELECT * FROM read_parquet(?)", [str(file)]).fetchall():
            con.execute(f"INSERT INTO {name} VALUES ({', '.join('?' * len(row))})", row)
