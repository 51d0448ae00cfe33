"""A database is somebody else's text: listing it runs none of its views, macros, expressions or remote reads."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from jupyter_qwen.schema.collect import CollectionLimits, collect
from jupyter_qwen.schema.model import Schema, Table

SECRET = "hunter2-of-the-file"
#: What the collector calls, in the names of a hostile database: a user's database is searched before DuckDB's own functions.
SHADOWS = (
    '"left"(a, b)',
    '"count"(a)',
    "lower(a)",
    "length(a)",
    "contains(a, b)",
    "current_database()",
    "current_schema()",
    "txid_current()",
)
SHADOW_TABLES = ("duckdb_tables", "duckdb_views", "duckdb_columns", "duckdb_constraints", "duckdb_databases")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "given.duckdb"


@pytest.fixture
def con(file: Path) -> Iterator[Any]:
    with duckdb.connect(str(file)) as connection:
        connection.execute("CREATE TABLE t AS SELECT 'Ann' AS name, 3 AS n")
        yield connection


def reopened(con: Any, file: Path) -> Any:
    """The database as a stranger's file: written, closed, and opened again."""
    con.close()
    return duckdb.connect(str(file))


def look(con: Any, **options: Any) -> tuple[Schema, str]:
    """What the collector finds with a question that makes it search for values, and all of that as one text."""
    found = collect({"con": con}, question="how much has Ann", limits=CollectionLimits(seconds=20), **options)
    wire = json.dumps(found, allow_nan=False)
    return Schema.from_json(json.loads(wire)), wire


def table(schema: Schema, name: str) -> Table:
    found = schema.table(name)
    assert found is not None, f"{name} is not listed: {schema.notes}"
    return found


def test_a_view_over_a_file_does_not_leak_it(con: Any, file: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(SECRET)
    con.execute(f"CREATE VIEW v AS SELECT content FROM read_text('{tmp_path / 'secret.txt'}')")
    with reopened(con, file) as opened:
        schema, wire = look(opened)
    assert SECRET not in wire
    view = table(schema, "v")
    assert (view.kind, view.columns[0].name, view.columns[0].type) == ("view", "content", "VARCHAR")
    assert (view.rows, view.columns[0].values, view.row_count) == ((), (), None)


def test_a_view_over_a_sequence_moves_it_no_step(con: Any, file: Path) -> None:
    con.execute("CREATE SEQUENCE s; CREATE VIEW v AS SELECT nextval('s') AS n FROM range(10)")
    with reopened(con, file) as opened:
        look(opened)
        assert opened.execute("SELECT nextval('s')").fetchall() == [(1,)]


def test_a_view_that_deletes_leaves_the_table_full(con: Any, file: Path) -> None:
    serialized = "json_serialize_sql('WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x')"
    if json.loads(con.execute(f"SELECT {serialized}").fetchall()[0][0])["error"]:
        pytest.skip("this DuckDB serializes no statement that writes")
    con.execute(f"CREATE VIEW v AS FROM json_execute_serialized_sql({serialized})")
    with reopened(con, file) as opened:
        look(opened)
        assert opened.execute("SELECT count(*) FROM t").fetchall() == [(1,)]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.timeout(20)
def test_a_view_is_not_even_bound(con: Any, file: Path, tmp_path: Path) -> None:
    """Binding a view over read_csv opens the file to guess its columns; opening a pipe that nobody writes never returns."""
    path = tmp_path / "rows.csv"
    path.write_text("a,b\n1,x\n")
    con.execute(f"CREATE VIEW v AS FROM read_csv('{path}'); CREATE VIEW w AS FROM v")
    path.unlink()
    os.mkfifo(path)
    with reopened(con, file) as opened:
        schema, _ = look(opened)
    assert [column.name for column in table(schema, "w").columns] == ["a", "b"]


def test_a_view_that_calls_python_calls_nothing(con: Any) -> None:
    called: list[int] = []

    def spy(value: int) -> int:
        called.append(value)
        return value

    con.create_function("spy", spy, ["INTEGER"], "INTEGER")
    con.execute("CREATE VIEW v AS SELECT spy(n::INTEGER) AS n FROM t")
    called.clear()
    schema, _ = look(con)
    assert table(schema, "v").columns[0].type == "INTEGER"
    assert called == []


def test_a_generated_column_is_named_and_not_computed(con: Any, file: Path) -> None:
    con.execute("CREATE SEQUENCE s")
    con.execute(
        "CREATE TABLE g(name VARCHAR DEFAULT 'none', made VARCHAR GENERATED ALWAYS AS ('row' || nextval('s')), n INT)"
    )
    con.execute("INSERT INTO g(name, n) SELECT 'Ann' || i, i FROM range(3000) r(i)")
    last = "SELECT last_value FROM duckdb_sequences()"
    with reopened(con, file) as opened:
        before = opened.execute(last).fetchall()
        schema, _ = look(opened)
        assert opened.execute(last).fetchall() == before
    found = table(schema, "g")
    assert [column.name for column in found.columns] == ["name", "made", "n"]
    assert found.columns[1].values == ()
    assert {row[1] for row in found.rows} == {None}
    assert len({row[2] for row in found.rows}) == len(found.rows) > 100


@pytest.mark.parametrize("signature", SHADOWS)
def test_a_macro_with_the_name_of_a_function_is_not_called(con: Any, file: Path, signature: str) -> None:
    con.execute("INSERT INTO t SELECT 'name ' || i, i FROM range(70000) r(i)")
    con.execute(f"CREATE MACRO {signature} AS error('a macro was called')")
    with reopened(con, file) as opened:
        schema, _ = look(opened)
    assert schema.notes == () or not any("could not" in note for note in schema.notes), schema.notes
    assert table(schema, "t").rows
    assert "Ann" in table(schema, "t").columns[0].values


@pytest.mark.parametrize("name", SHADOW_TABLES)
def test_a_table_macro_cannot_stand_in_for_the_catalogue(con: Any, file: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.txt").write_text(SECRET)
    con.execute(f"CREATE MACRO {name}() AS TABLE SELECT content FROM read_text('{tmp_path / 'secret.txt'}')")
    with reopened(con, file) as opened:
        schema, wire = look(opened)
        assert opened.execute("SELECT current_schema()").fetchall() == [("main",)]
    assert SECRET not in wire
    assert table(schema, "t").rows == (("Ann", 3),)


def test_a_default_and_a_check_are_not_evaluated(con: Any, file: Path) -> None:
    con.execute("CREATE SEQUENCE s")
    con.execute("CREATE TABLE d(id BIGINT DEFAULT nextval('s') CHECK (id > 0), a INT); INSERT INTO d(a) VALUES (7)")
    with reopened(con, file) as opened:
        schema, _ = look(opened)
        assert opened.execute("SELECT nextval('s')").fetchall() == [(2,)]
    assert table(schema, "d").rows == ((1, 7),)


@pytest.mark.parametrize(
    ("path", "kind", "remote"),
    [
        ("/data/shop.duckdb", "duckdb", False),
        (None, "duckdb", False),
        ("C:\\data\\shop.duckdb", "duckdb", False),
        ("s3://bucket/shop.duckdb", "duckdb", True),
        ("https://example.org/shop.duckdb", "duckdb", True),
        ("dbname=shop host=db", "postgres", True),
        ("shop.sqlite", "sqlite", True),
        ("md:shop", "motherduck", True),
        ("ducklake:meta", "ducklake", True),
    ],
)
def test_contents_are_read_from_duckdb_files_of_this_machine_alone(path: str | None, kind: str, remote: bool) -> None:
    from jupyter_qwen.schema.collector.duckdb_tables import is_foreign

    assert is_foreign(path, kind) is remote


def test_no_method_of_a_class_of_the_users_own_is_called() -> None:
    import numpy as np
    import pandas as pd
    import polars as pl
    from pandas.api.extensions import ExtensionArray, ExtensionDtype

    called: list[str] = []

    class Kind(ExtensionDtype):
        name, type = "mine", object

    class Own(ExtensionArray):
        nbytes = 0
        dtype = Kind()

        def __init__(self, values: Any) -> None:
            self.held = np.asarray(values, dtype=object)

        def __len__(self) -> int:
            return len(self.held)

        def __getitem__(self, index: Any) -> Any:
            called.append("getitem")
            return Own(self.held[index]) if isinstance(index, slice | list | np.ndarray) else self.held[index]

        def tolist(self) -> list[Any]:
            called.append("tolist")
            return list(self.held)

        def copy(self) -> Own:
            return Own(self.held)

    class Frame(pl.DataFrame):
        @property
        def height(self) -> int:
            called.append("height")
            return super().height

        @property
        def columns(self) -> Any:
            called.append("columns")
            return super().columns

    class Lazy(pl.LazyFrame):
        def collect_schema(self, **options: Any) -> Any:
            called.append("collect_schema")
            return super().collect_schema(**options)

    own = pd.DataFrame({"a": [1, 2]})
    own["b"] = Own(["x", "y"])
    namespace = {"own": own, "frame": Frame({"a": [7]}), "lazy": Lazy({"a": [7]})}
    called.clear()
    schema = Schema.from_json(collect(namespace, limits=CollectionLimits(seconds=20)))
    assert called == []
    assert table(schema, "own").rows == ((1, None), (2, None))
    assert table(schema, "frame").rows == ((7,),)
    assert table(schema, "lazy").columns[0].name == "a"
