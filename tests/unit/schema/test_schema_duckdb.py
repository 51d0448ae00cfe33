"""DuckDB connections: everything a query could name is listed, and the user's own work on them goes on undisturbed."""

from __future__ import annotations

import threading
from typing import Any

import duckdb
import pandas as pd
import pytest
from collected import schema_of

from jupyter_qwen.schema.collect import CollectionLimits, collect
from jupyter_qwen.schema.model import ForeignKey, Schema

needs_guarded_results = pytest.mark.skipif(
    int(duckdb.__version__.split(".")[0]) < 2, reason="DuckDB 2 guards pending results"
)


def names_of(schema: Schema) -> list[tuple[str, ...]]:
    return [table.reference for table in schema.tables]


def test_tables_views_keys_and_comments_are_listed(con: Any) -> None:
    con.execute("CREATE TABLE customers(id INTEGER PRIMARY KEY, name VARCHAR NOT NULL)")
    con.execute(
        "CREATE TABLE orders(id INTEGER, day DATE, customer INTEGER REFERENCES customers(id), PRIMARY KEY (id, day))"
    )
    con.execute("CREATE VIEW busy AS SELECT name FROM customers")
    con.execute("COMMENT ON TABLE customers IS 'who buys'")
    con.execute("COMMENT ON COLUMN customers.name IS 'as signed'")
    schema = schema_of({"con": con})
    customers, orders, busy = schema.tables
    assert (customers.reference, customers.kind, customers.connection) == (("customers",), "table", "con")
    assert (customers.primary_key, customers.comment) == (("id",), "who buys")
    assert (customers.columns[1].nullable, customers.columns[1].comment) == (False, "as signed")
    assert orders.primary_key == ("id", "day")
    assert orders.foreign_keys == (ForeignKey(("customer",), "customers", ("id",)),)
    assert busy.kind == "view"


def test_references_have_as_many_parts_as_a_query_needs(con: Any) -> None:
    con.execute("CREATE TABLE here(i INT); CREATE SCHEMA s; CREATE TABLE s.there(i INT)")
    con.execute("ATTACH ':memory:' AS other; CREATE TABLE other.far(i INT)")
    schema = schema_of({"con": con})
    assert set(names_of(schema)) == {("here",), ("s", "there"), ("other", "main", "far")}
    for reference in names_of(schema):
        con.sql("FROM " + ".".join(reference)).fetchall()


@needs_guarded_results
def test_temporary_tables_registered_frames_and_use_are_seen(con: Any) -> None:
    con.execute("CREATE TEMP TABLE scratch AS SELECT 'x' AS a")
    con.register("registered", pd.DataFrame({"q": ["y"]}))
    con.execute("CREATE SCHEMA s; CREATE TABLE s.inner_table(i INT); USE s")
    schema = schema_of({"con": con})
    assert set(names_of(schema)) == {("inner_table",), ("scratch",), ("registered",)}
    scratch, registered = schema.table("scratch"), schema.table("registered")
    assert scratch is not None
    assert registered is not None
    assert (scratch.rows, scratch.columns[0].values) == ((("x",),), ("x",))
    assert (registered.kind, registered.columns[0].name, registered.rows) == ("view", "q", ())


@needs_guarded_results
def test_an_open_transaction_is_seen_and_survives(con: Any) -> None:
    con.execute("CREATE TABLE t(a VARCHAR)")
    con.execute("BEGIN")
    con.execute("CREATE TABLE uncommitted(i INT)")
    con.execute("INSERT INTO t VALUES ('new')")
    schema = schema_of({"con": con})
    t = schema.table("t")
    assert ("uncommitted",) in names_of(schema)
    assert t is not None
    assert t.rows == (("new",),)
    con.execute("ROLLBACK")
    assert con.execute("SELECT count(*) FROM t").fetchone() == (0,)


def test_a_pending_result_survives(con: Any) -> None:
    con.execute("CREATE TABLE t(a INT)")
    con.execute("SELECT * FROM range(100000)")
    assert con.fetchone() == (0,)
    schema = schema_of({"con": con})
    assert names_of(schema) == [("t",)]
    assert len(con.fetchall()) == 99_999


def test_an_aborted_transaction_stays_as_it_is(con: Any) -> None:
    con.execute("CREATE TABLE t(a INT)")
    con.execute("BEGIN")
    with pytest.raises(duckdb.Error):
        con.execute("SELECT error('x')").fetchall()
    assert names_of(schema_of({"con": con})) == [("t",)]
    with pytest.raises(duckdb.Error, match="aborted"):
        con.execute("SELECT 1").fetchall()
    con.execute("ROLLBACK")


def test_nothing_is_printed_while_the_user_profiles(con: Any, capfd: pytest.CaptureFixture[str]) -> None:
    con.execute("CREATE TABLE t AS SELECT 1 AS a")
    con.execute("PRAGMA enable_profiling='query_tree'")
    capfd.readouterr()
    assert names_of(schema_of({"con": con})) == [("t",)]
    assert capfd.readouterr().out == ""


@needs_guarded_results
def test_the_description_of_the_last_result_stays(con: Any) -> None:
    con.execute("SELECT 42 AS x").fetchall()
    before = con.description
    collect({"con": con})
    assert con.description == before


def test_a_busy_connection_is_not_waited_for(con: Any) -> None:
    con.execute("CREATE TABLE t(a INT)")
    started, found = threading.Event(), []

    def compute() -> None:
        started.set()
        with pytest.raises(duckdb.InterruptException):
            con.execute("SELECT count(*) FROM range(10000000) a, range(100000) b").fetchall()
        found.append("interrupted")

    thread = threading.Thread(target=compute)
    thread.start()
    started.wait()
    try:
        schema = schema_of({"con": con})
        assert thread.is_alive()
    finally:
        while thread.is_alive():
            con.interrupt()
            thread.join(0.05)
    assert names_of(schema) == [("t",)]
    assert schema.seconds < 2
    assert found == ["interrupted"]


def test_a_closed_connection_is_no_connection() -> None:
    closed = duckdb.connect()
    closed.close()
    assert schema_of({"closed": closed}) == Schema()


def test_one_connection_under_two_names_is_listed_once(con: Any) -> None:
    con.execute("CREATE TABLE t(a INT)")
    schema = schema_of({"con": con, "db": con})
    assert [connection.name for connection in schema.connections] == ["con"]
    assert names_of(schema) == [("t",)]


def test_the_default_connection_counts_when_the_user_has_the_module_under_any_name() -> None:
    previous = duckdb.default_connection()
    with duckdb.connect() as own:
        duckdb.set_default_connection(own)
        try:
            duckdb.sql("CREATE TABLE of_default(i INT)")
            assert names_of(schema_of({})) == []
            schema = schema_of({"ddb": duckdb})
        finally:
            duckdb.set_default_connection(previous)
    assert [(c.name, c.is_default) for c in schema.connections] == [("ddb", True)]
    assert schema.tables[0].connection == "ddb"


def test_a_file_is_named_without_its_folder(tmp_path: Any) -> None:
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as shop:
        assert schema_of({"shop": shop}).connections[0].database == "shop.duckdb"


def test_a_slow_view_costs_nothing(con: Any) -> None:
    con.execute("CREATE VIEW slow AS SELECT count(*) AS n FROM range(100000000) a, range(100000) b")
    con.execute("CREATE TABLE quick AS SELECT 1 AS a")
    schema = schema_of({"con": con}, limits=CollectionLimits(seconds=20))
    assert schema.seconds < 15  # it would take hours
    slow, quick = schema.table("slow"), schema.table("quick")
    assert slow is not None
    assert quick is not None
    assert (slow.columns[0].type, slow.rows, quick.rows) == ("BIGINT", (), ((1,),))


def test_a_broken_view_hides_nothing_else(con: Any) -> None:
    con.execute("CREATE TABLE gone(i INT); CREATE VIEW broken AS SELECT * FROM gone; DROP TABLE gone")
    con.execute("CREATE TABLE fine AS SELECT 'x' AS a")
    fine = schema_of({"con": con}).table("fine")
    assert fine is not None
    assert fine.rows == (("x",),)


def test_cursors_of_the_collector_are_closed_again(con: Any) -> None:
    con.execute("CREATE TABLE t(a INT)")
    before = threading.active_count()
    for _ in range(100):
        collect({"con": con})
    assert threading.active_count() <= before + 1
    con.execute("DROP TABLE t")


def test_a_query_sees_tables_first_and_frames_second(con: Any) -> None:
    con.execute("CREATE TABLE orders(i INT)")
    frame = pd.DataFrame({"a": [1]})
    seen = schema_of({"con": con, "orders": frame, "df": frame}).visible_from("con")
    assert [(table.reference, table.kind) for table in seen.tables] == [(("orders",), "table"), (("df",), "dataframe")]


def test_relations_are_listed_without_being_run(con: Any) -> None:
    con.execute("CREATE SEQUENCE calls")
    relation = con.sql("SELECT nextval('calls') AS n")
    before = con.execute("SELECT nextval('calls')").fetchall()[0][0]
    table = schema_of({"relation": relation}).tables[0]
    assert [(c.name, c.type) for c in table.columns] == [("n", "BIGINT")]
    assert table.rows == ()
    assert con.execute("SELECT nextval('calls')").fetchone() == (before + 1,)


def test_tables_that_the_question_names_are_read_first(con: Any) -> None:
    for name in ("alpha", "beta", "invoices", "gamma"):
        con.execute(f"CREATE TABLE {name} AS SELECT 'x' AS a FROM range(50)")
    schema = schema_of({"con": con}, question="how many invoices", limits=CollectionLimits(seconds=10, bytes=600))
    kept = {table.name: len(table.rows) for table in schema.tables}
    assert kept["invoices"] > 0
    assert max(kept, key=lambda name: kept[name]) == "invoices"


def test_an_ibis_backend_is_a_connection_by_its_raw_connection(con: Any) -> None:
    backend = type("Backend", (), {"__module__": "ibis.backends.duckdb"})()
    backend.con = con
    con.execute("CREATE TABLE t(a INT)")
    assert [connection.name for connection in schema_of({"ibis_con": backend}).connections] == ["ibis_con.con"]
