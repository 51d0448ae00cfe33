"""Which reading of a question the user took is kept with the conversation."""

from __future__ import annotations

from typing import Any

import pytest
from tornado.httpclient import HTTPClientError


async def test_answer_with_one_reading_has_none_to_take(api: Any, ask_events: Any, question: Any) -> None:
    await ask_events("ask", question("how many orders"))
    (turn,) = (await api("thread", id="demo.ipynb"))["turns"]
    told = await api("thread/reading", {"thread": "demo.ipynb", "question": "how many orders", "source": turn["sql"]})
    assert told == {"kept": False}
    assert turn["taken"] == ""


async def test_choice_without_its_query_is_refused(api: Any) -> None:
    with pytest.raises(HTTPClientError, match="400"):
        await api("thread/reading", {"thread": "demo.ipynb", "question": "how many orders"})
