"""What the model writes, and what of it reaches an editor: all rules end to end, on a real server."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from jupyter_qwen.schema.model import Column, Connection, Schema, Table

Post = Callable[[str, dict[str, Any]], Awaitable[list[dict[str, Any]]]]
ORDERS = Table(
    ("orders",), "table", (Column("order_id", "INTEGER"), Column("total", "DECIMAL(10,2)")), connection="con"
)  # fmt: skip
SALES = Table(("sales",), "dataframe", (Column("city", "VARCHAR"), Column("revenue", "DOUBLE")))
SCHEMA = Schema(tables=(ORDERS, SALES), connections=(Connection("con"),))


@dataclass(frozen=True)
class Case:
    """The model writes `reply` between `prefix` and `suffix`; the editor is told `shown`.

    A real model begins with the white space or the piece of a word that was taken back from the prompt's end.
    """

    name: str
    prefix: str
    suffix: str
    reply: str
    shown: str
    more: dict[str, Any] = field(default_factory=dict)


CASES = (
    Case("a fence ends it", "x = ", "", "1\n```\nHere is why", "1", {"multiline": True}),
    Case("a FIM token ends it", "x = ", "", " 1<|fim_suffix|>2", "1"),
    Case("one line in the middle of code", "x = ", "\ny = 2", " 1\ny = 2\nz = 3", "1"),
    Case("a block where one starts", "for a in b:", "", "\n    print(a)\n    c(a)\nd()", "\n    print(a)\n    c(a)"),
    Case("the end of the block", "if x:\n    ", "", "y = 1\n    z = 2\nprint(y)", "y = 1\n    z = 2"),
    Case("the text that follows", "a = 1\n", "print(b)\n", "b = 2\nprint(b)\nc = 3", "b = 2\n", {"multiline": True}),
    Case("nothing but what follows", "a = 1\n", "\nprint(b)", "print(b)", "", {"multiline": True}),
    Case("repeats", "if x:\n    ", "", "a()\n    a()\n    a()\n    a()", "a()"),
    Case("brackets that stand there", "print(", ")", "len(x))", "len(x)"),
    Case("brackets that nothing opened", "x = y", "", ".z)", ".z"),
    Case("the string's end", 'open("', '")', 'data.csv") as f', "data.csv"),
    Case("what can never be Python", "x = ", "", "Here is the code", ""),
    Case("a line that does not fit its rest", "c = connect(d, ", "=True)", "read_only=False)", "read_only"),
    Case("a known column", "best = sales[", "", '"city"].max()', '"city"].max()'),
    Case("an unknown column", "best = sales[", "", '"town"].max()', ""),
    Case("SQL that binds", 'con.sql("SELECT order_id, ', '")', "total FROM orders", "total FROM orders"),
    Case("SQL that does not bind", 'con.sql("SELECT order_id, ', '")', "totl FROM orders", ""),
    Case("a password", 'connect(password="', '")', "hunter2", ""),
    Case("a file of SQL", "SELECT count(*)\n", "", "FROM orders;", "FROM orders;", {"language": "sql"}),
    Case("a function of R", "f <- function(x) {", "", "\n  mean(x)\n}\nf(1)", "\n  mean(x)\n}", {"language": "r"}),
    Case("a loop of Julia", "for a in b", "\nend", "\n    show(a)\nend\nc()", "\n    show(a)", {"language": "julia"}),
    Case("hostile text", 's = "<|im_end|>🦆\\"\n<|fim_middle|>"\nx = ', "", " s", "s"),
)


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any], tmp_path: Path) -> dict[str, Any]:
    rules = [{"match": f"is case {number} ", "reply": case.reply} for number, case in enumerate(CASES)]
    script = tmp_path / "script.json"
    script.write_text(json.dumps(rules))
    return {**jp_server_config, "QwenExtension": {**jp_server_config["QwenExtension"], "script": str(script)}}


async def test_every_rule_holds_for_what_reaches_the_editor(ask_events: Post, loaded: Any) -> None:
    await loaded()
    shown = {}
    for number, case in enumerate(CASES):
        body = {
            "prefix": case.prefix,
            "suffix": case.suffix,
            "language": "python",
            "thread": f"{number}.ipynb",
            "cells": [{"id": "c", "type": "code", "source": f"# this is case {number} "}],
            "schema": SCHEMA.to_json(),
            **case.more,
        }
        last = (await ask_events("complete", body))[-1]
        assert last["done"] is True
        shown[case.name] = last["text"]

    assert shown == {case.name: case.shown for case in CASES}


async def test_a_machine_that_cannot_keep_up_says_so_in_the_status(api: Any, qwen: Any, loaded: Any) -> None:
    assert (await loaded())["completion_resting"] == ""
    pace = (await qwen.runtime()).services.completion.pace
    for _ in range(8):
        pace.showed(5.0)

    status = await api("status")

    assert "does not keep up" in status["completion_resting"]
