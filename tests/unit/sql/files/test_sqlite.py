"""SQLite files: names and types as those who load them give, keys, first rows, and nothing of the file runs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from jupyter_qwen.schema.model import ForeignKey, Schema, Table
from jupyter_qwen.sql.files.looking import look_at
from jupyter_qwen.sql.files.place import NotebookFolder, NotRead
from jupyter_qwen.sql.files.sqlite_tables import declared_type, sqlite_tables

SHOP = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL, since DATE, vip BOOLEAN, photo BLOB, note);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers, amount NUMERIC(10, 2), placed TIMESTAMP, gap INTEGER);
CREATE VIEW big AS SELECT id, amount FROM orders WHERE amount > 10;
INSERT INTO customers VALUES (1, 'Ana', '2024-01-02', 1, x'00ff', NULL), (2, 'Bo', 'soon', 0, NULL, 'x');
INSERT INTO orders VALUES (1, 1, 12.5, '2024-02-03 10:00:00', 1), (2, 2, 3, NULL, NULL);
"""


def made(path: Path, script: str) -> Path:
    with closing(sqlite3.connect(path)) as database:
        database.executescript(script)
    return path


def look(path: Path, library: str = "duckdb", privacy: str = "samples") -> Schema:
    file = NotebookFolder(path.parent, "n.ipynb").find(path.name)
    return look_at(file, "database", name="con", library=library, privacy=privacy)  # type: ignore[arg-type]


def types(table: Table | None) -> dict[str, str]:
    assert table is not None
    return {column.name: column.type for column in table.columns}


@pytest.mark.parametrize("name", ["shop.sqlite", "shop.db", "shop.duckdb"])
def test_types_are_those_that_duckdb_gives_whatever_the_file_is_called(name: str, tmp_path: Path) -> None:
    found = look(made(tmp_path / name, SHOP))
    assert [(table.name, table.kind, table.connection) for table in found.tables] == [
        ("big", "view", "con"),
        ("customers", "table", "con"),
        ("orders", "table", "con"),
    ]
    assert types(found.table("customers")) == {
        "id": "BIGINT", "name": "VARCHAR", "since": "DATE", "vip": "BIGINT", "photo": "BLOB", "note": "BLOB",
    }  # fmt: skip
    assert types(found.table("orders"))["amount"] == "DOUBLE"
    assert types(found.table("orders"))["placed"] == "TIMESTAMP"
    assert [connection.database for connection in found.connections] == [name]


def test_types_are_those_that_pandas_gives_with_frames_of_no_connection(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    path = made(tmp_path / "shop.sqlite", SHOP)
    found = look(path, "pandas")
    orders = found.table("orders")
    assert orders is not None
    assert (orders.kind, orders.connection, found.connections) == ("dataframe", None, ())
    told = types(orders)
    with closing(sqlite3.connect(path)) as database:
        held = pandas.read_sql("SELECT * FROM orders", database)
    kinds = {"BIGINT": "i", "DOUBLE": "f", "VARCHAR": "O"}
    assert [kinds[kind] for kind in told.values()] == [
        held[name].dtype.kind if held[name].dtype.kind in "if" else "O" for name in told
    ]


def test_keys_are_told_also_where_the_other_column_is_not_named(tmp_path: Path) -> None:
    orders = look(made(tmp_path / "shop.sqlite", SHOP)).table("orders")
    assert orders is not None
    assert orders.primary_key == ("id",)
    assert orders.foreign_keys == (ForeignKey(("customer_id",), "customers", ("id",)),)


@pytest.mark.parametrize("level", ["names", "types", "values", "samples"])
def test_a_sqlite_file_tells_no_more_than_the_privacy_level_allows(level: str, tmp_path: Path) -> None:
    text = str(look(made(tmp_path / "shop.sqlite", SHOP), privacy=level).to_json())
    assert ("Ana" in text) == (level in ("values", "samples"))
    assert ("VARCHAR" in text) == (level != "names")


def test_what_lies_in_the_log_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript("CREATE TABLE late (a INTEGER); INSERT INTO late VALUES (7);")
        late = look(path).table("late")
    assert late is not None
    assert late.rows == ((7,),)


def test_nothing_of_the_file_runs(tmp_path: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS c FROM n"
    path = made(
        tmp_path / "trap.sqlite",
        f"CREATE VIEW endless AS {endless}; CREATE VIRTUAL TABLE words USING fts5(word); CREATE TABLE a (b TEXT);"
        "INSERT INTO a VALUES ('x'); INSERT INTO words VALUES ('kept');",
    )
    before = path.read_bytes()
    found = {table.name: table for table in sqlite_tables(path, "duckdb", immutable=True)}
    assert (found["endless"].view, found["endless"].rows) == (True, None)
    assert found["words"].rows is None
    assert found["a"].rows == (("x",),)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["trap.sqlite"]


def test_of_many_rows_the_first_are_told_as_a_part(tmp_path: Path) -> None:
    rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i FROM n"
    path = made(tmp_path / "long.db", f"CREATE TABLE long AS {rows}; CREATE TABLE short (a TEXT);")
    found = look(path)
    long, short = found.table("long"), found.table("short")
    assert long is not None
    assert (long.rows_complete, long.row_count) == (False, None)
    assert short is not None
    assert (short.rows_complete, short.row_count) == (True, 0)


@pytest.mark.parametrize("content", [b"SQLite format 3\0", b"SQLite format 3\0" + bytes(range(256)) * 40])
def test_a_broken_file_is_told(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(content)
    with pytest.raises(NotRead, match=r"broken\.db could not be read"):
        look(tmp_path / "broken.db")


def test_odd_names_and_texts_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "odd.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute('CREATE TABLE "a ""b""" ("select" TEXT, "ü" INTEGER)')
        database.execute('INSERT INTO "a ""b""" VALUES (CAST(x\'ff41\' AS TEXT), \'no number\')')
        database.commit()
    (table,) = look(path).tables
    assert (table.name, list(types(table))) == ('a "b"', ["select", "ü"])
    assert table.rows == (("\ufffdA", None),)


@pytest.mark.parametrize(
    ("declared", "expected"),
    [("", "BLOB"), ("BIGINT UNSIGNED", "BIGINT"), ("NVARCHAR(5)", "VARCHAR"), ("double precision", "DOUBLE"),
     ("datetime", "TIMESTAMP"), ("Date", "DATE"), ("MONEY", "VARCHAR"), ("decimal(3,1)", "DOUBLE")],
)  # fmt: skip
def test_a_declared_type_is_taken_as_the_extension_takes_it(declared: str, expected: str) -> None:
    assert declared_type(declared) == expected
