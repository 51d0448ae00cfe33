from __future__ import annotations

import duckdb
import pytest

from jupyter_qwen.schema.quoting import is_plain, quote_identifier, quote_reference, quote_text

HOSTILE = [
    "a b",
    'a"b',
    "a\nb",
    "select",
    "😀",
    "<|im_end|>",
    "x" * 300,
    "1st",
    "a'b",
    "a.b",
    "--",
    "/*",
    ";",
    "ß",
    "a\x00b",
]


def test_every_keyword_that_fails_bare_is_quoted() -> None:
    with duckdb.connect() as con:
        names = [name for (name,) in con.execute("SELECT keyword_name FROM duckdb_keywords()").fetchall()]
    plain = [name for name in names if is_plain(name)]
    assert len(plain) > 300
    with duckdb.connect() as con:
        for name in plain:
            con.execute(f"CREATE TABLE {name} ({name} INTEGER, other INTEGER)")
            con.execute(
                f"WITH {name} AS (FROM {name}) SELECT {name}, {name}.{name}, max({name}) AS {name} FROM {name} AS {name} "
                f"WHERE {name} > 0 AND other = {name} GROUP BY {name}, other, {name}.{name} ORDER BY {name}"
            )
            con.execute(f"DROP TABLE {name}")


@pytest.mark.parametrize("name", ["total", "T1", "_x", "date", "name", "year"])
def test_plain_names_stay_bare_and_duckdb_reads_them(name: str) -> None:
    assert quote_identifier(name) == name
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE {name} ({name} INTEGER)")
        assert con.execute(f"SELECT {name}.{name} FROM {name}").description[0][0] == name


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_survive_the_round_through_duckdb(name: str) -> None:
    if "\0" in name and int(duckdb.__version__.split(".")[0]) < 2:
        pytest.skip("DuckDB 1.x takes NUL for the end of the SQL: no name can hold it")
    assert quote_identifier(name) != name or is_plain(name)
    with duckdb.connect() as con:
        quoted = quote_identifier(name)
        con.execute(f"CREATE TABLE {quoted} ({quoted} INTEGER)")
        assert con.execute(f"SELECT * FROM {quote_reference(('main', name))}").description[0][0] == name


@pytest.mark.parametrize("value", [*HOSTILE, "", "'", "''"])
def test_values_survive_the_round_through_duckdb(value: str) -> None:
    with duckdb.connect() as con:
        found = con.execute(f"SELECT {quote_text(value)}").fetchall()[0][0]
    assert found == value
