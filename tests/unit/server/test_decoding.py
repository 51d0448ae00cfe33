"""Requests as bytes become values, or a refusal in a sentence."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from jupyter_qwen.assistant.question import BadRequest, decode_schema
from jupyter_qwen.schema.model import Column, Schema, SchemaFormatError
from jupyter_qwen.server.wire import decode_body

COLUMN: dict[str, Any] = {
    "name": "city", "type": "VARCHAR", "nullable": False, "comment": "where", "values": ["Bern"], "values_complete": True,
    "distinct": 1,
}  # fmt: skip


def schema_of(*columns: dict[str, Any]) -> dict[str, Any]:
    return {"version": 1, "tables": [{"reference": ["shops"], "kind": "table", "columns": list(columns)}]}


def test_bad_requests_are_refused_in_a_sentence() -> None:
    with pytest.raises(BadRequest, match="not JSON"):
        decode_body(b"{")
    with pytest.raises(SchemaFormatError):
        decode_schema(schema_of({"type": "VARCHAR"}))


def test_decoded_column_is_the_one_that_its_class_makes() -> None:
    schema = decode_schema(schema_of(COLUMN, {"name": "n"}))
    assert schema is not None
    full, bare = schema.tables[0].columns
    assert full == Column("city", "VARCHAR", False, "where", ("Bern",), True, 1)
    assert bare == Column("n")
    assert [*vars(full)] == [field.name for field in fields(Column)]
    assert hash(bare) == hash(Column("n"))
    assert Schema.from_json(schema.to_json()) == schema
