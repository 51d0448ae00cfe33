"""Which reading of a question the user took is kept with the conversation."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError


async def _take(jp_fetch: Any, **body: object) -> dict[str, Any]:
    reply = await jp_fetch("jupyter-qwen", "thread", "reading", method="POST", body=json.dumps(body))
    told: dict[str, Any] = json.loads(reply.body)
    return told


async def test_answer_with_one_reading_has_none_to_take(jp_fetch: Any, ask_events: Any, question: Any) -> None:
    await ask_events("ask", question("how many orders"))
    (turn,) = json.loads((await jp_fetch("jupyter-qwen", "thread", params={"id": "demo.ipynb"})).body)["turns"]
    told = await _take(jp_fetch, thread="demo.ipynb", question="how many orders", source=turn["sql"])
    assert told == {"kept": False}
    assert turn["taken"] == ""


async def test_choice_without_its_query_is_refused(jp_fetch: Any) -> None:
    with pytest.raises(HTTPClientError, match="400"):
        await _take(jp_fetch, thread="demo.ipynb", question="how many orders")
