"""What the sidebar relies on: a context that is chosen, follow-ups, other languages, a history that survives."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from jupyter_qwen.schema.model import Column, Connection, Schema, Table

Post = Callable[..., Any]

PRODUCTS = Table(("products",), "table", (Column("secret_recipe", "VARCHAR"),), connection="con")
ORDERS = Table(("orders",), "table", (Column("order_id", "INTEGER"), Column("total", "DOUBLE")), connection="con")
TWO = Schema(tables=(PRODUCTS, ORDERS), connections=(Connection("con"),)).to_json()
CELLS = [
    {"id": "a", "type": "code", "source": "first = 1", "execution_count": 1},
    {
        "id": "b",
        "type": "code",
        "source": "boom()",
        "execution_count": 2,
        "error": {"name": "NameError", "message": "boom is gone", "traceback": "line 1"},
    },
    {"id": "c", "type": "code", "source": "second = 2"},
]


@pytest.fixture
def see(api: Any, question: Post) -> Callable[..., Any]:
    """What the model would see for a question."""

    async def post(text: str, **fields: Any) -> dict[str, Any]:
        body = question(text, schema=TWO, cells=CELLS, active_cell="c", **fields)
        return await api("context", body)

    return post


@pytest.mark.parametrize("mode", ["sql", "chat", "python"])
async def test_what_was_taken_out_is_not_in_the_prompt(see: Post, mode: str) -> None:
    whole = await see("how many orders", mode=mode)
    cut = await see("how many orders", mode=mode, exclude=["table:products", "cell:a", "error"])
    assert "secret_recipe" in whole["prompt"]
    assert "secret_recipe" not in cut["prompt"]
    assert "total" in cut["prompt"]
    if mode != "sql":
        assert "boom is gone" in whole["prompt"]
        assert "first = 1" in whole["prompt"]
        assert "boom is gone" not in cut["prompt"]
        assert "first = 1" not in cut["prompt"]
        assert "boom()" in cut["prompt"]


async def test_all_cells_can_be_taken_out_but_a_command_names_its_own(see: Post) -> None:
    chat = await see("why?", mode="chat", exclude=["cells"])
    assert "second = 2" not in chat["prompt"]
    explain = await see("Explain this cell.", mode="explain", exclude=["cells"])
    assert "second = 2" in explain["prompt"]
    assert "first = 1" not in explain["prompt"]


@pytest.mark.parametrize("mode", ["sql", "chat"])
async def test_what_was_added_is_in_the_prompt_and_first(see: Post, mode: str) -> None:
    added = [
        {"kind": "file", "name": "notes.md", "text": "Revenue never includes tax."},
        {"kind": "error", "name": "cell [2]", "id": "b", "text": "boom()\nNameError: boom is gone"},
        {"kind": "table", "name": "orders"},
    ]
    seen = await see("how many orders", mode=mode, include=added)
    prompt = seen["prompt"]
    places = [prompt.index(words) for words in ("never includes tax", "boom is gone", "orders", "secret_recipe")]
    assert places == sorted(places)
    assert prompt.count("boom()") == 1
    tokens = {source["ref"]: source["tokens"] for source in seen["sources"]}
    assert list(tokens)[:3] == ["file:notes.md", "error:b", "table:orders"]
    assert all(count > 0 for count in tokens.values())


async def test_the_answers_prompt_is_the_exact_one_that_was_sent(ask_events: Post, question: Post) -> None:
    events = await ask_events("ask", question("how many orders"))
    prompt = next(event for event in events if event["type"] == "prompt")
    assert prompt["prompt"].endswith("```sql\n")
    assert all(part["text"] in prompt["prompt"] or part["label"] == "values" for part in prompt["parts"])


async def test_a_follow_up_keeps_the_threads_query_and_kind(ask_events: Post, question: Post, api: Any) -> None:
    await ask_events("ask", question("how many orders", mode="auto"))
    body = question("only for 2023", mode="auto")
    seen = await api("context", body)
    assert "SELECT count(*) AS orders FROM orders" in seen["prompt"]
    chart = question("as a bar chart", mode="auto")
    seen = await api("context", chart)
    assert 'data = con.sql("""\nSELECT count(*) AS orders FROM orders\n""").df()' in seen["prompt"]
    assert "matplotlib" in seen["prompt"]


async def test_bare_plot_draws_the_last_result_or_says_what_is_missing(ask_events: Post, question: Post) -> None:
    error = (await ask_events("ask", question("/plot", schema=None, thread="empty.ipynb", mode="auto")))[-1]
    assert error["type"] == "error"
    assert "nothing to plot" in error["message"]
    assert error["hint"]
    await ask_events("ask", question("how many orders"))
    answer = (await ask_events("ask", question("/plot", mode="auto")))[-1]
    assert answer["mode"] == "plot"
    assert answer["blocks"][0]["cell"]["source"].startswith("import matplotlib.pyplot as plt\n\ndata = con.sql(")


async def test_plot_of_tables_is_query_and_chart_in_one_cell(ask_events: Post, question: Post) -> None:
    events = await ask_events("ask", question("plot how many orders as a histogram", mode="auto"))
    (block,) = events[-1]["blocks"]
    assert (block["language"], block["verdict"], block["needs_consent"]) == ("python", "bound", False)
    source = block["cell"]["source"]
    assert source.index('data = con.sql("""') < source.index("SELECT count(*) AS orders") < source.index("ax.hist(")
    assert 'title="How many orders"' in source
    assert [event["block"]["language"] for event in events if event["type"] == "block"] == ["python"]
    again = (await ask_events("ask", question("/plot", mode="auto")))[-1]["blocks"][0]["cell"]["source"]
    assert "SELECT count(*) AS orders" in again  # a turn keeps the query of such a cell


@pytest.mark.parametrize(
    ("language", "start"),
    [("R", 'DBI::dbGetQuery(con, r"('), ("julia", "DBInterface.execute(con,"), ("sql", "SELECT count(*)")],
)
async def test_a_query_is_inserted_in_the_kernels_language_unchecked_where_nothing_could_be_read(
    ask_events: Post, question: Post, language: str, start: str
) -> None:
    cells = [{"id": "c1", "type": "code", "source": "x"}]
    events = await ask_events("ask", question("how many orders", schema=None, language=language, cells=cells))
    block = events[-1]["blocks"][0]
    # The block says that it was not checked; running cells would not change that here.
    assert next(event for event in events if event["type"] == "prompt")["notes"] == []
    assert block["verdict"] == "unchecked"
    assert block["cell"]["source"].startswith(start)


async def test_a_question_whose_page_was_closed_is_kept_with_what_came(
    question: Post, http_server: Any, jp_http_port: int, jp_base_url: str, jp_auth_header: dict[str, str], api: Any
) -> None:
    url = f"http://127.0.0.1:{jp_http_port}{jp_base_url}jupyter-qwen/ask"
    body = question("count the stars", mode="chat", thread="cut.ipynb")
    async with (
        httpx.AsyncClient(headers=jp_auth_header, timeout=30) as client,
        client.stream("POST", url, json=body) as response,
    ):
        async for line in response.aiter_lines():
            if json.loads(line)["type"] == "delta":
                break
    for _ in range(100):
        turn = (await api("thread", id="cut.ipynb"))["turns"][0]
        if turn["markdown"]:
            break
        await asyncio.sleep(0.02)
    assert turn["question"] == "count the stars"
    assert turn["state"] == "cut"
    assert turn["markdown"].startswith("one")


async def test_a_renamed_notebook_keeps_its_conversation(
    ask_events: Post, question: Post, api: Any, refusal: Post
) -> None:
    await ask_events("ask", question("how many orders"))
    move = {"from": "demo.ipynb", "to": "sub/new.ipynb"}
    moved = await api("thread/move", move)
    assert moved == {"moved": 1}
    turns = (await api("thread", id="sub/new.ipynb"))["turns"]
    assert [turn["question"] for turn in turns] == ["how many orders"]
    assert (await refusal(api("thread/move", {"from": 3, "to": ""})))[0] == 400
