"""A question about data where there is none is answered at once, without the model, and with the way out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

from jupyter_qwen.schema.model import Schema

EMPTY = Schema().to_json()
NOT_RUN = [{"id": "c1", "type": "code", "source": 'con = duckdb.connect("shop.duckdb")'}]
RUN = [{**NOT_RUN[0], "execution_count": 1}]


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("how many orders", "sql"),
        ("/sql revenue", "auto"),
        ("top 5 customers by revenue", "auto"),
        ("plot the revenue per month", "plot"),
        ("average price of a product", "auto"),
    ],
)
async def test_what_is_missing_is_said_without_the_model(ask_events: Any, question: Any, text: str, mode: str) -> None:
    events = await ask_events("ask", question(text, mode=mode, schema=EMPTY, cells=NOT_RUN))
    assert [event["type"] for event in events] == ["answer"]  # no status, no prompt: the engine was not asked
    answer = events[0]
    assert (answer["code"], answer["blocks"]) == ("no-tables", [])
    assert answer["actions"] == ["run-cells-above", "open-file", "demo-tables"]
    assert "one code cell has not run" in answer["markdown"]
    assert "in code: `con = duckdb.connect" in answer["markdown"]
    assert "the button of that name in the sidebar" in answer["markdown"]  # and, where there is none, the terminal
    assert "`jupyter qwen demo`" in answer["markdown"]


async def test_cells_that_have_run_are_not_offered_again(ask_events: Any, question: Any) -> None:
    (answer,) = await ask_events("ask", question("how many orders", schema=EMPTY, cells=RUN))
    assert answer["actions"] == ["open-file", "demo-tables"]
    assert "Run the cells" not in answer["markdown"]


async def test_the_conversation_keeps_it(ask_events: Any, question: Any, api: Any) -> None:
    await ask_events("ask", question("how many orders", schema=EMPTY, thread="empty.ipynb"))
    kept = json.dumps(await api("thread", id="empty.ipynb"))
    assert "There is no table to ask yet" in kept


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("how many orders", {"schema": None}),  # the kernel was not seen
        ("how many orders", {}),  # there are tables
        ("how many rows has 'orders.csv'", {"schema": EMPTY}),
        ("generate a series of 10 days", {"schema": EMPTY}),
        ("how do I average a list in python", {"schema": EMPTY, "mode": "auto"}),
        ("how many words has a haiku", {"schema": EMPTY, "mode": "chat"}),
        ("hello", {"schema": EMPTY, "mode": "auto"}),
        ("how many orders", {"schema": EMPTY, "include": [{"kind": "file", "name": "orders.txt", "text": "1,2"}]}),
    ],
)
async def test_everything_else_goes_to_the_model(ask_events: Any, question: Any, text: str, fields: Any) -> None:
    events = await ask_events("ask", question(text, **fields))
    assert any(event["type"] == "prompt" for event in events)
    assert (events[-1]["type"], events[-1]["code"]) == ("answer", "")


async def test_what_a_cell_would_load_is_asked_about_before_it_runs(
    ask_events: Any, question: Any, api: Any, jp_root_dir: Path
) -> None:
    (jp_root_dir / "orders.csv").write_text("order_id,order_date,total\n1,2024-01-02,10.00\n")
    (jp_root_dir / "other.csv").write_text("a\n1\n")
    cells = [
        {"id": "c1", "type": "code", "source": "import duckdb"},
        {"id": "c2", "type": "code", "source": 'orders = duckdb.read_csv("orders.csv")'},
    ]
    body = {"thread": "demo.ipynb", "cells": cells, "privacy": "types"}
    told = await api("loadable", body)
    assert [table["loading"]["cells"] for table in told["schema"]["tables"]] == [["c1", "c2"]]
    assert [table["loading"]["source"] for table in told["offered"]["tables"]] == ["other.csv"]
    events = await ask_events("ask", question("how many orders", schema=told["schema"], cells=cells))
    (block,) = events[-1]["blocks"]
    assert (block["verdict"], block["loads"]) == ("bound", ["c1", "c2"])


async def test_a_file_that_no_cell_loads_comes_with_the_line_that_loads_it(
    ask_events: Any, question: Any, api: Any, jp_root_dir: Path
) -> None:
    (jp_root_dir / "orders.csv").write_text("order_id,order_date,total\n1,2024-01-02,10.00\n")
    body = {"thread": "demo.ipynb", "cells": []}
    told = await api("loadable", body)
    events = await ask_events("ask", question("how many orders", schema=told["offered"], cells=[]))
    (block,) = events[-1]["blocks"]
    assert (block["verdict"], block["loads"]) == ("bound", [])
    assert block["cell"]["source"].startswith('import duckdb\n\norders = duckdb.read_csv("orders.csv")\nduckdb.sql(')


async def test_a_file_that_was_opened_is_asked_about_wherever_it_lies_below_the_root(
    ask_events: Any, question: Any, api: Any, jp_root_dir: Path
) -> None:
    (jp_root_dir / "data").mkdir()
    (jp_root_dir / "work").mkdir()
    (jp_root_dir / "data" / "orders.csv").write_text("order_id,order_date,total\n1,2024-01-02,10.00\n")
    body = {"thread": "work/demo.ipynb", "cells": [], "opened": ["data/orders.csv"]}
    told = await api("loadable", body)
    assert [table["loading"]["source"] for table in told["offered"]["tables"]] == ["../data/orders.csv"]
    events = await ask_events("ask", question("how many orders", schema=told["offered"], cells=[]))
    (block,) = events[-1]["blocks"]
    assert block["verdict"] == "bound"
    assert 'orders = duckdb.read_csv("../data/orders.csv")' in block["cell"]["source"]


@pytest.mark.parametrize("opened", ["orders.csv", ["a.csv"] * 51, [1]])
async def test_what_is_opened_must_be_a_short_list_of_paths(api: Any, opened: object) -> None:
    body = {"thread": "demo.ipynb", "cells": [], "opened": opened}
    with pytest.raises(HTTPClientError) as raised:
        await api("loadable", body)
    assert raised.value.code == 400
