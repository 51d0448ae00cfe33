"""200 hostile names and values through panel, magic and completion: nothing raises, everything is quoted, no token is ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from fake_server import FakeServer, answer_events
from hostile_names import SPECIAL, hostile_texts

from benchmarks.speed.jupyter_process import JupyterServer
from jupyter_qwen.schema.collect import CollectionLimits, collect
from jupyter_qwen.schema.privacy import is_secret
from jupyter_qwen.schema.quoting import quote_identifier

TEXTS = hostile_texts(200)
# A prompt holds a part of the tables: each question is about some of them.
BATCHES = [TEXTS[start : start + 20] for start in range(0, 200, 20)]


@pytest.fixture(scope="module")
def con() -> Iterator[Any]:
    with duckdb.connect() as made:
        fill(made, TEXTS)
        yield made


def fill(con: Any, texts: list[str]) -> None:
    """A table for each text, which is its name, a column's name and a value."""
    for text in texts:
        try:
            con.execute(f"CREATE TABLE {quote(text)} ({quote(text)} VARCHAR, plain INTEGER)")
        except duckdb.Error:
            continue  # DuckDB has no such name: empty, or with a NUL
        con.execute(f"INSERT INTO {quote(text)} VALUES (?, 1)", [text])


def quote(name: str) -> str:
    return quote_identifier(name, always=True)


def tables(con: Any) -> dict[str, Any]:
    return collect({"con": con}, limits=CollectionLimits(seconds=30))


def asked(schema: dict[str, Any], mode: str, cells: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    return {"question": "how many orders", "mode": mode, "thread": "", "cells": cells, "schema": schema, **fields}


def test_all_names_and_values_are_collected(con: Any) -> None:
    schema = tables(con)
    listed = {table["reference"][-1]: table for table in schema["tables"]}
    made = {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall() if len(name) <= 1_000}
    assert len(made) > 180
    assert set(listed) == made
    for name, table in listed.items():
        assert table["columns"][0]["name"] == name
        assert table["rows"] == [[None if is_secret(name) else name[:200], 1]]


@pytest.mark.parametrize("mode", ["sql", "chat"])
def test_no_name_value_or_cell_becomes_a_token_of_the_prompt(started: JupyterServer, con: Any, mode: str) -> None:
    schema = tables(con)
    plain = started.call("context", asked({**schema, "tables": []}, mode, []))["prompt"]
    for number, batch in enumerate(BATCHES):
        part = {**schema, "tables": [table for table in schema["tables"] if table["reference"][-1] in batch]}
        cells = [{"id": text[:40], "type": "code", "source": text} for text in batch]
        seen = started.call("context", asked(part, mode, cells))["prompt"]
        for token in SPECIAL:
            assert seen.count(token) == plain.count(token), (number, token)


def test_every_question_about_them_is_answered(started: JupyterServer, con: Any) -> None:
    schema = tables(con)
    for batch in BATCHES:
        part = {**schema, "tables": [table for table in schema["tables"] if table["reference"][-1] in batch]}
        cells = [{"id": "c", "type": "code", "source": "\n".join(batch)}]
        answer = started.call("ask", asked(part, "sql", cells))
        assert answer["type"] == "answer", answer
        typed = {
            "prefix": batch[0],
            "suffix": batch[1],
            "cells": cells,
            "schema": part,
            "by_key": True,
            "path": batch[2][:200],
        }
        assert started.call("complete", typed)["type"] == "completion"


def test_the_magic_asks_about_all_of_them_and_shows_what_comes_back(shell: Any, server: FakeServer) -> None:
    for batch in BATCHES:
        with duckdb.connect() as con:
            fill(con, batch)
            shell.user_ns["con"] = con
            for text in batch:
                server.events = answer_events(text, prose=text, diagnostics=[{"severity": "error", "message": text}])
                shell.user_ns["text"] = text
                shell.input_transformer_manager.cleanup_transforms = []
                shell.run_cell_magic("qwen", "chat", text if text.strip() else "x")
            made = con.execute("SELECT table_name FROM duckdb_tables() WHERE length(table_name) <= 1000").fetchall()
            assert {table["reference"][-1] for table in server.asked()["schema"]["tables"]} == {
                name for (name,) in made
            }
    assert len(server.requests) >= len(TEXTS)
