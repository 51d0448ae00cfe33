"""What --database accepts, and what it says when it does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from jupyter_qwen.cli.databases import open_databases
from jupyter_qwen.cli.failure import CommandError


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE TABLE orders AS SELECT 1 AS id")
    return path


def test_database_and_files_become_one_connection(tmp_path: Path, shop: Path) -> None:
    (tmp_path / "it's a list.csv").write_text("name,n\na,1\n")
    duckdb.sql("SELECT 7 AS seven").write_parquet(str(tmp_path / "seven.parquet"))
    other = tmp_path / "other.db"
    with duckdb.connect(str(other)) as con:
        con.execute("CREATE TABLE deep AS SELECT 3 AS n")
    con = open_databases([str(shop), str(tmp_path / "it's a list.csv"), str(tmp_path / "seven.parquet"), str(other)])
    query = 'SELECT id, n, seven, (SELECT n FROM other.deep) FROM orders, "it\'s a list", seven'
    assert con.sql(query).fetchall() == [(1, 1, 7, 3)]


def test_database_is_opened_read_only(shop: Path) -> None:
    con = open_databases([str(shop)])
    with pytest.raises(duckdb.Error, match="read-only"):
        con.execute("DROP TABLE orders")


def test_missing_file_is_named() -> None:
    with pytest.raises(CommandError, match=r"nowhere\.duckdb does not exist"):
        open_databases(["nowhere.duckdb"])


def test_file_that_is_no_database_says_what_can_be_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "notes.duckdb"
    path.write_text("just some text that is long enough to be looked at" * 100)
    with pytest.raises(CommandError, match="is not a DuckDB database") as caught:
        open_databases([str(path)])
    assert ".parquet" in caught.value.hint


def test_database_that_another_process_writes_says_so(shop: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", f"import duckdb; c = duckdb.connect({str(shop)!r}); print('open', flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(CommandError, match="is locked by another process"):
            open_databases([str(shop)])
    finally:
        holder.communicate(b"\n")
