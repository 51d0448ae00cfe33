"""A right query is left alone: the habits are tried on every query of the library with the question that it answers."""

from __future__ import annotations

from functools import cache

import duckdb
import pytest

from jupyter_qwen.prompt.shapes.library import Database, Pair, library
from jupyter_qwen.schema.collect import collect
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.habits import look_again
from jupyter_qwen.sql.results import result_key
from jupyter_qwen.sql.validate import prove


@cache
def opened(database: Database) -> tuple[duckdb.DuckDBPyConnection, Schema]:
    connection = duckdb.connect()
    connection.execute(database.setup)
    return connection, Schema.from_json(collect({"con": connection}))


@pytest.mark.parametrize("pair", library(), ids=lambda pair: f"line {pair.line}: {pair.shape}")
def test_the_rows_of_a_right_query_stay_what_they_were(pair: Pair) -> None:
    connection, schema = opened(pair.database)

    proof = look_again(prove(pair.sql, schema), pair.question, schema)

    assert proof.verdict == "bound"
    if proof.sql != pair.sql:  # the same text may give another of several rows that tie
        before, after = (connection.execute(sql).fetchall() for sql in (pair.sql, proof.sql))
        repairs = [repair.name for repair in proof.repairs]
        assert result_key(after) == result_key(before), (pair.question, repairs, proof.sql)
