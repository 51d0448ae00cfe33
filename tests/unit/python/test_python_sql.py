"""SQL in a cell is found by one list of calls, whatever lines for IPython stand around it."""

from __future__ import annotations

import pytest

from jupyter_qwen.prompt.fim.cursor import place_of
from jupyter_qwen.python.cell_sql import find_sql
from jupyter_qwen.python.embedded_sql import prove_inside
from jupyter_qwen.schema.model import Column, Connection, Schema, Table
from jupyter_qwen.schema.notebook import SQL_MAGICS, SQL_METHODS, SQL_READERS

SCHEMA = Schema((Table(("t",), "table", (Column("a", "INTEGER"),), connection="con"),), (Connection("con"),))


@pytest.mark.parametrize("method", SQL_METHODS)
def test_each_method_that_takes_sql_is_known_to_proof_repair_and_completion(method: str) -> None:
    source = f'!ls\nif True:\n    %time f(x)\ncon.{method}("SELECT b FROM t")\n'

    inside = prove_inside(source, SCHEMA, ())
    found = find_sql(source)

    assert inside.verdict == "rejected"
    assert found is not None
    assert source[found.start : found.end] == '"SELECT b FROM t"'
    assert place_of(f'con.{method}("').kind == "sql"


@pytest.mark.parametrize("reader", SQL_READERS)
def test_readers_name_their_connection_behind_the_query(reader: str) -> None:
    assert prove_inside(f'pd.{reader}("SELECT b FROM t", con)', SCHEMA, ()).verdict == "rejected"
    assert place_of(f'pd.{reader}("').kind == "sql"


@pytest.mark.parametrize("magic", SQL_MAGICS)
def test_the_body_of_each_sql_magic_is_sql(magic: str) -> None:
    source = f"%%{magic} con\nSELECT 1\n"

    found = find_sql(source)

    assert found is not None
    assert found.sql == "SELECT 1\n"
    assert place_of(source).kind == "sql"
