"""Requests with large schemas are decoded without the garbage collector, which comes back whatever happens."""

from __future__ import annotations

import gc
import threading
from dataclasses import fields
from typing import Any

import pytest

from jupyter_qwen.assistant.question import BadRequest, Question, decode_schema
from jupyter_qwen.schema.model import Column, Schema, SchemaFormatError
from jupyter_qwen.server.garbage import without_collections
from jupyter_qwen.server.wire import decode, decode_body

COLUMN: dict[str, Any] = {
    "name": "city", "type": "VARCHAR", "nullable": False, "comment": "where", "values": ["Bern"], "values_complete": True,
    "distinct": 1,
}  # fmt: skip


def schema_of(*columns: dict[str, Any]) -> dict[str, Any]:
    return {"version": 1, "tables": [{"reference": ["shops"], "kind": "table", "columns": list(columns)}]}


def test_collector_rests_while_a_request_is_decoded_and_comes_back() -> None:
    seen: list[bool] = []

    def read(data: object) -> Question:
        seen.append(gc.isenabled())
        return Question.from_json(data)

    question = decode(read, decode_body(b'{"question": "how many?", "mode": "sql"}'))
    assert question.text == "how many?"
    assert seen == [False]
    assert gc.isenabled()


def test_collector_comes_back_after_bad_requests() -> None:
    with pytest.raises(BadRequest):
        decode_body(b"{")
    with pytest.raises(SchemaFormatError):
        decode(decode_schema, schema_of({"type": "VARCHAR"}))
    assert gc.isenabled()


def test_overlapping_threads_keep_it_at_rest_until_the_last_has_done() -> None:
    inside, leave = threading.Event(), threading.Event()

    def other() -> None:
        with without_collections():
            inside.set()
            leave.wait(5)

    thread = threading.Thread(target=other)
    with without_collections():
        thread.start()
        assert inside.wait(5)
    assert not gc.isenabled()
    leave.set()
    thread.join()
    assert gc.isenabled()


def test_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with without_collections():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_decoded_column_is_the_one_that_its_class_makes() -> None:
    schema = decode_schema(schema_of(COLUMN, {"name": "n"}))
    assert schema is not None
    full, bare = schema.tables[0].columns
    assert full == Column("city", "VARCHAR", False, "where", ("Bern",), True, 1)
    assert bare == Column("n")
    assert [*vars(full)] == [field.name for field in fields(Column)]
    assert hash(bare) == hash(Column("n"))
    assert Schema.from_json(schema.to_json()) == schema
