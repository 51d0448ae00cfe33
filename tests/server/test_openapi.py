"""docs/reference/openapi.yaml: its paths are the routes, and answers of a real server are what it says, field by field."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from jupyter_qwen.server.routes import ROUTES

DOCUMENT: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "docs" / "reference" / "openapi.yaml").read_text(encoding="utf-8")
)
KINDS = {"application/json", "application/x-ndjson"}


def check(value: Any, path: str, method: str, code: str = "200") -> None:
    """Raises ValidationError, which names the field, unless `value` is what the document says of that answer."""
    (content,) = DOCUMENT["paths"][path][method]["responses"][code]["content"].values()
    schema = {**content["schema"], "components": DOCUMENT["components"]}
    jsonschema.Draft202012Validator(schema).validate(value)


def test_every_schema_is_a_schema_and_every_answer_has_one() -> None:
    for schema in DOCUMENT["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    for path, verbs in DOCUMENT["paths"].items():
        for verb, operation in verbs.items():
            good = operation["responses"].get("200") or operation["responses"]["204"]
            assert set(good.get("content", {"application/json": None})) <= KINDS, (path, verb)


def test_paths_and_verbs_are_those_of_the_routes() -> None:
    served = set()
    for pattern, handler, *_ in ROUTES:
        choices = re.search(r"\((.*)\)", pattern)
        for choice in choices[1].split("|") if choices else [""]:
            path = re.sub(r"\(.*\)", choice, pattern).removeprefix("/jupyter-qwen")
            served |= {(path, verb) for verb in ("get", "post", "delete", "put", "patch") if verb in vars(handler)}
    assert served == {(path, verb) for path, verbs in DOCUMENT["paths"].items() for verb in verbs}


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/status", {}),
        ("/settings", {}),
        ("/models", {}),
        ("/collector", {"privacy": "types"}),
        ("/thread", {"id": "demo.ipynb"}),
        ("/knowledge", {"thread": "demo.ipynb"}),
    ],
)
async def test_what_is_read_is_as_stated(api: Any, path: str, query: dict[str, str]) -> None:
    check(await api(path, **query), path, "get")


TERM = {"thread": "demo.ipynb", "scope": "user", "term": {"name": "revenue", "meaning": "quantity times price"}}
CELLS = [{"id": "a", "type": "code", "source": "import pandas as pd\ndf = pd.DataFrame({'a': [1]})"}]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/knowledge", TERM),
        ("/loadable", {"thread": "demo.ipynb", "cells": CELLS}),
        ("/receipt", {"sql": "SELECT total FROM orders", "answers": {}}),
        ("/demo", {"path": "demo.ipynb"}),
        ("/thread/move", {"from": "a.ipynb", "to": "b.ipynb"}),
        ("/thread/reading", {"thread": "demo.ipynb", "question": "how many", "source": "SELECT 1"}),
        ("/models/cancel", {}),
        ("/engine/load", {}),
    ],
)
async def test_what_is_done_answers_as_stated(api: Any, path: str, body: dict[str, Any]) -> None:
    check(await api(path, body), path, "post")


@pytest.mark.parametrize("path", ["/context", "/warm"])
async def test_what_is_asked_about_a_question_is_as_stated(
    api: Any, question: Callable[..., dict[str, Any]], path: str
) -> None:
    asked = question("how many orders")
    request = DOCUMENT["components"]["schemas"]["AskRequest"]
    jsonschema.Draft202012Validator({**request, "components": DOCUMENT["components"]}).validate(asked)
    check(await api(path, asked), path, "post")


@pytest.mark.parametrize("sql", ["SELECT total FROM orders", "SELECT totl FROM orders", "DELETE FROM orders"])
async def test_proofs_are_as_stated(api: Any, question: Callable[..., dict[str, Any]], sql: str) -> None:
    body = {"sql": sql, "schema": question("")["schema"], "connection": "con"}
    check(await api("prove", body), "/prove", "post")


@pytest.mark.parametrize("text", ["how many orders", "wrong column"])
async def test_every_event_of_a_stream_is_as_stated(
    ask_events: Callable[..., Any], question: Callable[..., dict[str, Any]], api: Any, text: str
) -> None:
    events = await ask_events("ask", question(text))
    assert events[-1]["type"] == "answer"
    for event in events:
        check(event, "/ask", "post")
    check(await api("thread", id="demo.ipynb"), "/thread", "get")


async def test_completions_are_as_stated(ask_events: Callable[..., Any]) -> None:
    body = {"prefix": "import pan", "suffix": "", "language": "python", "path": "demo.ipynb", "thread": "demo.ipynb"}
    events = await ask_events("complete", {**body, "cells": [], "by_key": True})
    assert events
    for event in events:
        check(event, "/complete", "post")


@pytest.mark.parametrize(
    ("path", "body"), [("/receipt", {"sources": ["x = 1"], "answers": {}}), ("/engine/switch", {"model": "nonesuch"})]
)
async def test_errors_are_as_stated(api: Any, refusal: Any, path: str, body: dict[str, Any]) -> None:
    code, told = await refusal(api(path, body))
    assert code == 400
    check(told, path, "post", "default")


def test_a_field_that_is_not_stated_is_noticed() -> None:
    with pytest.raises(jsonschema.ValidationError, match="surprise"):
        check({"cells": [], "surprise": 1}, "/demo", "post")
