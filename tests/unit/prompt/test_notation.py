from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest
from hostile import HOSTILE

from jupyter_qwen.prompt.notation import Notation, render
from jupyter_qwen.schema.model import Column, Schema, Table
from jupyter_qwen.schema.quoting import quote_identifier, quote_text


def test_ddl_reads_like_what_made_the_tables(cinema: Schema, snapshot_text: Callable[[str, str], None]) -> None:
    snapshot_text("sql/notation_ddl.txt", render(cinema.tables))


def test_ddl_with_values_shows_them_as_comments(cinema: Schema, snapshot_text: Callable[[str, str], None]) -> None:
    snapshot_text("sql/notation_ddl_values.txt", render(cinema.tables, Notation(values=4)))


def test_a_line_a_table_is_the_shortest_form(cinema: Schema, snapshot_text: Callable[[str, str], None]) -> None:
    line = render(cinema.tables, Notation(form="line", values=4))

    snapshot_text("sql/notation_line.txt", line)
    assert len(render(cinema.tables, Notation(form="line"))) < len(render(cinema.tables))


def test_what_is_kept_as_text_is_told_with_an_expression_to_copy(snapshot_text: Callable[[str, str], None]) -> None:
    columns = (
        ("Flight Date", "VARCHAR"),
        ("price", "VARCHAR"),
        ("share", "VARCHAR"),
        ("zip", "VARCHAR"),
        ("day", "BIGINT"),
    )
    rows = (
        ("1/8/1990", "$1,200.00", "12%", "90210", 20240131),
        ("12/25/2003", "$7.50", "3.5%", "10001", 20240201),
        ("2/3/2001", "$99.00", "40%", "60601", 20240202),
    )
    table = Table(("Flights Flown",), "dataframe", tuple(Column(*c) for c in columns), rows=rows, rows_complete=True)

    snapshot_text("notation_formats.txt", render((table,)) + "\n\n" + render((table,), Notation(form="line")))
    assert "strptime" not in render((table,), Notation(formats=False))


def test_ddl_of_hostile_names_makes_the_same_names_in_duckdb() -> None:
    columns = tuple(Column(name, "INTEGER") for name in _distinct_by_case(HOSTILE))
    assert len(columns) >= 200
    table = Table(('weird "table"\n; --',), "table", columns)

    con = duckdb.connect()
    con.execute(render((table,)))
    made = [row[0] for row in con.execute(f"DESCRIBE {quote_identifier(table.name)}").fetchall()]

    assert made == [column.name for column in columns]


@pytest.mark.parametrize("name", HOSTILE[::7])
def test_an_identifier_can_be_selected_as_it_is_written(name: str) -> None:
    con = duckdb.connect()

    con.execute(f"CREATE TABLE {quote_identifier(name)} ({quote_identifier(name)} INTEGER)")

    assert con.execute(f"SELECT {quote_identifier(name)} FROM {quote_identifier(name)}").description[0][0] == name


@pytest.mark.parametrize("text", ["it's", "''", "a\nb", "🦆"])
def test_a_literal_is_the_text_it_stands_for(text: str) -> None:
    assert duckdb.connect().execute(f"SELECT {quote_text(text)}").fetchone() == (text,)


def test_a_comment_cannot_end_the_remark_it_stands_in() -> None:
    table = Table(("t",), "table", (Column("a", "INTEGER", comment="evil */ DROP\nTABLE t"),), comment="x\ny")

    text = render((table,), Notation(form="line"))

    assert text == "t(a INTEGER /* evil * / DROP TABLE t */) /* x y */"


def _distinct_by_case(names: tuple[str, ...]) -> list[str]:
    return list({name.casefold(): name for name in names if name}.values())
