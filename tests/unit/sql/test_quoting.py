from __future__ import annotations

import duckdb
import pytest

from jupyter_qwen.sql.quoting import KEYWORDS, is_plain, quote_identifier, quote_reference, quote_text, quote_value

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


def test_keywords_are_those_that_duckdb_reserves_in_some_place() -> None:
    with duckdb.connect() as con:
        rows = con.execute(
            "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category <> 'unreserved'"
        ).fetchall()
    assert {name for (name,) in rows} <= KEYWORDS


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


def test_the_empty_name_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one character"):
        quote_identifier("")


@pytest.mark.parametrize("value", [*HOSTILE, "", "'", "''", 1, -2.5, True, False, None, 10**30, 1e300])
def test_values_survive_the_round_through_duckdb(value: object) -> None:
    with duckdb.connect() as con:
        found = con.execute(f"SELECT {quote_value(value)}").fetchall()[0][0]  # type: ignore[arg-type]
    assert found == value


def test_not_a_number_becomes_a_cast() -> None:
    assert quote_value(float("nan")) == "'nan'::DOUBLE"
    assert quote_text("it's") == "'it''s'"
