"""What may leave a kernel is capped by the administrator and by where the engine is."""

from __future__ import annotations

import json
from typing import Any

import pytest

SECRET = "Zanzibar-7"


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any]) -> dict[str, Any]:
    jp_server_config["QwenExtension"]["max_privacy"] = "types"
    return jp_server_config


async def test_values_never_reach_the_prompt_above_the_administrators_level(jp_fetch: Any, question: Any) -> None:
    body = question("how many orders in Zanzibar-7?")
    column = body["schema"]["tables"][0]["columns"][0]
    column["values"] = [SECRET]
    body["schema"]["tables"][0]["rows"] = [[SECRET, "2024-01-01", "1.00"]]
    body["question"] = "how many orders"
    for wanted in (None, "samples"):
        body["privacy"] = wanted
        response = await jp_fetch("jupyter-qwen", "context", method="POST", body=json.dumps(body))
        assert SECRET not in json.loads(response.body)["prompt"]


async def test_status_tells_the_highest_level(jp_fetch: Any) -> None:
    assert json.loads((await jp_fetch("jupyter-qwen", "status")).body)["max_privacy"] == "types"
