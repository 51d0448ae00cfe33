"""Teaching through the server: the file that it writes, the answer that it gives, what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Post = Callable[..., Any]


async def test_taught_question_is_answered_with_its_query_and_marked(
    api: Any, jp_root_dir: Path, ask_events: Post, question: Post
) -> None:
    pair = {"question": "Orders of the year?", "sql": "SELECT count(*) AS n FROM orders"}
    known = await api("knowledge", {"thread": "demo.ipynb", "pair": pair, "schema": question("?")["schema"]})
    assert known["pairs"][0]["sql"] == pair["sql"]
    assert known["files"][0] == {"scope": "project", "path": "qwen.md", "exists": True}
    assert "### Orders of the year?" in (jp_root_dir / "qwen.md").read_text(encoding="utf8")
    events = await ask_events("ask", question("orders of the YEAR", mode="auto"))
    assert events[-1]["origin"] == "taught"
    assert events[-1]["blocks"][0]["source"] == pair["sql"]
    assert "prompt" not in [event["type"] for event in events]


async def test_term_stands_in_what_the_model_sees_until_it_is_forgotten(
    api: Any, question: Post, ask_events: Post
) -> None:
    term = {"name": "big order", "meaning": "a total above 15"}
    await api("knowledge", {"scope": "user", "thread": "demo.ipynb", "term": term})
    seen = await api("context", question("how many big orders"))
    assert "Terms: big order means a total above 15" in seen["prompt"]
    known = await api("knowledge", method="DELETE", thread="demo.ipynb", scope="user", kind="term", name="Big Order")
    assert known["terms"] == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"term": {"name": "", "meaning": "x"}}, "needs a name"),
        ({"term": {"name": "x"}}, "meaning must be a text"),
        ({}, "Either term or pair"),
        ({"scope": "world", "term": {"name": "a", "meaning": "b"}}, "scope is 'world'"),
        ({"thread": "../x.ipynb", "term": {"name": "a", "meaning": "b"}}, "outside"),
        ({"pair": {"question": "How?", "sql": "SELECT nothing FROM orders"}}, "does not bind"),
        ({"pair": {"question": "How?", "sql": "DROP TABLE orders"}}, "does not bind"),
    ],
)
async def test_what_cannot_be_taught_is_refused_in_a_sentence(
    api: Any, refusal: Any, jp_root_dir: Path, question: Post, body: dict[str, Any], said: str
) -> None:
    code, told = await refusal(api("knowledge", {**body, "schema": question("?")["schema"]}))
    assert code == 400
    assert said in told["message"]
    assert not (jp_root_dir / "qwen.md").exists()
