"""The routes on a real server: decode, one call, encode."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

from jupyter_qwen.server.routes import ROUTES

Post = Callable[..., Any]


@pytest.mark.parametrize("route", [pattern for pattern, _ in ROUTES])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_every_route_refuses_a_request_without_token(
    route: str, method: str, jp_serverapp: Any, http_server_client: Any, jp_base_url: str
) -> None:
    handler = dict(ROUTES)[route]
    if getattr(handler, method.lower()) is getattr(handler.__mro__[-3], method.lower(), None):
        pytest.skip("the route has no such verb")
    path = route.replace("(pull|cancel)", "pull").replace("(load|unload)", "load").lstrip("/")
    body = "{}" if method == "POST" else None
    with pytest.raises(HTTPClientError) as caught:
        await http_server_client.fetch(jp_base_url + path, method=method, body=body, follow_redirects=False)
    assert caught.value.code in (302, 403, 405)
    if caught.value.code == 405:
        assert method.lower() not in vars(handler)


async def test_status_says_which_engine_and_in_which_state(api: Any) -> None:
    status = await api("status")
    assert status["engine"] == "scripted"
    assert status["state"] in ("unloaded", "loading", "ready")
    assert status["remote"] is False


async def test_question_streams_to_a_bound_block_with_a_cell(ask_events: Post, question: Post) -> None:
    events = await ask_events("ask", question("how many orders"))
    answer = events[-1]
    assert answer["type"] == "answer", answer
    block = answer["blocks"][0]
    assert block["verdict"] == "bound"
    assert block["cell"]["source"].startswith('con.sql("""')
    assert "count(*)" in answer["markdown"]
    kinds = [event["type"] for event in events]
    assert kinds.index("prompt") < kinds.index("delta") < kinds.index("block") < kinds.index("answer")
    assert "".join(e["text"] for e in events if e["type"] == "delta").startswith("```sql\nSELECT count(*)")


async def test_rejected_query_carries_duckdbs_own_words(ask_events: Post, question: Post) -> None:
    answer = (await ask_events("ask", question("wrong column")))[-1]
    block = answer["blocks"][0]
    assert block["verdict"] == "rejected"
    assert any("nothing_like_it" in item["message"] for item in block["diagnostics"])


async def test_statement_that_writes_needs_consent(ask_events: Post, question: Post) -> None:
    block = (await ask_events("ask", question("drop everything")))[-1]["blocks"][0]
    assert block["needs_consent"] is True
    assert block["kind"] == "drop"


async def test_python_answer_is_a_block_without_verdict(ask_events: Post, question: Post) -> None:
    block = (await ask_events("ask", question("say hello", mode="python")))[-1]["blocks"][0]
    assert (block["language"], block["verdict"], block["cell"]["source"]) == ("python", None, "print('hello')")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"question": "  "}, "empty"),
        ({"question": "x" * 100_000}, "100,000 characters"),
        ({"question": "a", "mode": "x"}, "mode"),
    ],
)
async def test_bad_question_is_answered_in_a_sentence(
    ask_events: Post, question: Post, body: dict[str, Any], words: str
) -> None:
    events = await ask_events("ask", {**question("x"), **body})
    assert events[-1]["type"] == "error"
    assert words in events[-1]["message"]


async def test_body_that_is_not_json_is_a_400_with_a_message(api: Any, refusal: Any) -> None:
    code, told = await refusal(api("ask", "not json"))
    assert code == 400
    assert "not JSON" in told["message"]


async def test_proof_without_a_question(api: Any, question: Post) -> None:
    body = {"sql": "SELECT totl FROM orders", "schema": question("x")["schema"]}
    proof = await api("prove", body)
    assert proof["verdict"] == "rejected"
    assert "total" in proof["diagnostics"][0]["candidates"]


async def test_context_shows_the_exact_prompt_with_tokens_per_source(api: Any, question: Post) -> None:
    body = question("how many orders")
    seen = await api("context", body)
    parts = {part["label"]: part for part in seen["parts"]}
    assert "orders" in parts["schema"]["text"]
    assert parts["question"]["text"] == "how many orders"
    assert all(part["tokens"] > 0 for part in parts.values())
    assert "how many orders" in seen["prompt"]


async def test_conversation_is_kept_and_cleared(api: Any, ask_events: Post, question: Post) -> None:
    await ask_events("ask", question("how many orders"))
    turns = (await api("thread", id="demo.ipynb"))["turns"]
    assert [turn["question"] for turn in turns] == ["how many orders"]
    assert turns[0]["blocks"][0]["verdict"] == "bound"
    assert await api("thread", id="demo.ipynb", method="DELETE") is None
    assert (await api("thread", id="demo.ipynb"))["turns"] == []


async def test_collector_is_one_expression_at_the_level_asked_for(api: Any, refusal: Any) -> None:
    expression = (await api("collector", privacy="types"))["expression"]
    compile(expression, "<collector>", "eval")
    assert (await refusal(api("collector", privacy="everything")))[0] == 400


async def test_ghost_text_is_cumulative_and_ends(loaded: Any, ask_events: Post) -> None:
    await loaded()
    events = await ask_events("complete", {"prefix": "total = ", "suffix": "", "language": "python"})
    assert events[-1]["done"] is True
    assert events[-1]["text"] == "sum(values)"
    assert all(events[-1]["text"].startswith(event["text"]) for event in events)


async def test_unload_gives_the_engine_back(api: Any, ask_events: Post, question: Post) -> None:
    await ask_events("ask", question("how many orders"))
    status = await api("engine/unload", {})
    assert status["state"] == "unloaded"


async def test_fix_of_a_failing_sql_cell_is_proved_and_keeps_the_rest_of_the_cell(
    ask_events: Post, question: Post
) -> None:
    cell = {
        "id": "c1",
        "type": "code",
        "source": 'result = con.sql("SELECT totl FROM orders").df()  # mine',
        "error": {"name": "BinderException", "message": 'Binder Error: Referenced column "totl" not found'},
    }
    answer = (await ask_events("ask", question("/fix", cells=[cell], mode="auto")))[-1]
    assert answer["type"] == "answer", answer
    block = answer["blocks"][0]
    assert block["verdict"] == "bound"
    assert block["repairs"]
    assert block["cell"]["source"] == 'result = con.sql("""\nSELECT total FROM orders\n""").df()  # mine'


@pytest.mark.parametrize(
    "around",
    [
        "import os\nos.remove('x')\n{}",
        "{}.to_csv('everything.csv')",
        "con.sql('SELECT total FROM orders')\n{}",
        "!rm -rf x\n{}",
    ],
)
async def test_fix_of_a_cell_that_holds_more_than_its_query_shows_all_of_it_and_asks(
    ask_events: Post, question: Post, around: str
) -> None:
    source = around.format('con.sql("SELECT totl FROM orders").df()')
    answer = (await ask_events("ask", question("/fix", cells=[{"id": "c1", "type": "code", "source": source}])))[-1]
    block = answer["blocks"][0]
    assert (block["verdict"], block["needs_consent"]) == (None, True)
    mended = source.replace('"SELECT totl FROM orders"', '"""\nSELECT total FROM orders\n"""')
    assert block["source"] == block["cell"]["source"] == mended
    assert mended in answer["markdown"]
    assert block["diagnostics"][0]["code"] == "other-code"


@pytest.mark.parametrize(("owner", "verdict"), [("con", "bound"), ("duckdb", "rejected")])
async def test_fix_is_proved_on_the_connection_that_the_cell_queries(
    ask_events: Post, question: Post, owner: str, verdict: str
) -> None:
    cells = [
        {"id": "c1", "type": "code", "source": f"{owner}.sql('SELECT totl FROM orders')"},
        {"id": "c2", "type": "code", "source": "other.sql('SELECT 1')"},
    ]
    body = question("/fix", cells=cells, active_cell="c1")
    body["schema"]["connections"] += ({"name": "other"},)
    block = (await ask_events("ask", body))[-1]["blocks"][0]
    assert (block["verdict"], block["needs_consent"]) == (verdict, verdict == "rejected")


async def test_fix_of_one_of_two_queries_tells_that_the_other_does_not_bind(ask_events: Post, question: Post) -> None:
    source = "con.sql('SELECT 1 FROM nothing_like_it_at_all')\ncon.sql('SELECT totl FROM orders')"
    answer = (await ask_events("ask", question("/fix", cells=[{"id": "c1", "type": "code", "source": source}])))[-1]
    block = answer["blocks"][0]
    assert (block["verdict"], block["needs_consent"]) == ("rejected", True)


async def test_python_with_proved_queries_bears_no_verdict(ask_events: Post, question: Post) -> None:
    answer = (await ask_events("ask", question("two queries in python", mode="python")))[-1]
    block = answer["blocks"][0]
    assert "con.sql" in block["source"]
    assert block["verdict"] is None


async def test_proved_query_is_translated_for_another_database_and_says_so(ask_events: Post, question: Post) -> None:
    block = (await ask_events("ask", question("how many orders", dialect="bigquery")))[-1]["blocks"][0]
    assert (block["verdict"], block["cell"]) == ("unchecked", None)
    assert any("bigquery" in item["message"] for item in block["diagnostics"])


async def test_unknown_dialect_is_named_with_near_ones(ask_events: Post, question: Post) -> None:
    error = (await ask_events("ask", question("how many orders", dialect="postgras")))[-1]
    assert error["type"] == "error"
    assert "postgras" in error["message"]
    assert "postgres" in error["hint"]


async def test_notebook_is_warmed_for_sql_and_for_chat_while_nobody_asks(
    api: Any, ask_events: Post, question: Post
) -> None:
    cells = [{"id": f"c{n}", "type": "code", "source": f"frame_{n} = load('{n}.csv')"} for n in range(12)]

    async def warm(**fields: Any) -> dict[str, Any]:
        body = question("ignored", mode="auto", thread="warmed.ipynb", cells=cells, active_cell="c11", **fields)
        return await api("warm", body)

    assert await warm() == {"started": False, "state": "off"}  # nobody loads a model by opening a notebook
    await ask_events("ask", question("how many orders", thread=""))
    assert (await warm())["started"] is True
    while (state := (await warm())["state"]) != "done":
        assert state in ("waiting", "running")
    assert (await warm())["started"] is False
    for mode, text in (("chat", "what is frame_3"), ("sql", "how many orders")):
        answer = (await ask_events("ask", question(text, mode=mode, thread="", cells=cells, active_cell="c11")))[-1]
        usage = answer["usage"]
        assert usage["cached_tokens"] > 0.7 * usage["prompt_tokens"], (mode, usage)
    assert (await warm(schema=None))["started"] is True  # the tables changed


async def test_next_question_finds_the_answer_processed_though_old_turns_were_dropped(
    api: Any, ask_events: Post, question: Post
) -> None:
    async def warmth() -> str:
        body = question("", mode="chat", thread="long.ipynb")
        return (await api("warm", body))["state"]

    for number in range(10):
        usage = (await ask_events("ask", question(f"tell me {number}", mode="chat", thread="long.ipynb")))[-1]["usage"]
        if number:
            assert usage["prompt_tokens"] - usage["cached_tokens"] < 25, number
        while await warmth() != "done":
            pass


@pytest.mark.parametrize(("mode", "code"), [("sql", "SELECT count(*) FROM orders"), ("python", "print('short')")])
async def test_answer_ends_with_its_code_and_computes_no_explanation_that_nobody_asked_for(
    ask_events: Post, question: Post, mode: str, code: str
) -> None:
    answer = (await ask_events("ask", question(f"talk on and on in {mode}", mode=mode, thread="")))[-1]
    assert answer["markdown"].strip() == f"```{mode}\n{code}\n```"
    assert answer["usage"]["new_tokens"] < 15


async def test_fix_ends_with_the_corrected_cell(ask_events: Post, question: Post) -> None:
    cell = {"id": "c1", "type": "code", "source": "pint('short')", "error": {"name": "NameError", "message": "pint"}}
    body = question("talk on and on in fix", mode="fix", thread="", cells=[cell], schema=None)
    answer = (await ask_events("ask", body))[-1]
    assert answer["markdown"] == "The name was wrong.\n\n```python\nprint('short')\n```"
    assert answer["usage"]["new_tokens"] < 30
