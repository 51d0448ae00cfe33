"""What the engine reads while a notebook's page loads begins the prompt of whatever is asked first."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from jupyter_qwen.assistant.answer_limits import AnswerLimits
from jupyter_qwen.assistant.warming.warm import Warming
from jupyter_qwen.demo.demo_folder import RIDES_NOTEBOOK, SHOP_NOTEBOOK, build_demo
from jupyter_qwen.engine.base import Engine
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.schema.collect import collect
from jupyter_qwen.schema.collector.collection_limits import CollectionLimits
from jupyter_qwen.server.locks import Locks
from jupyter_qwen.server.runtime import Runtime
from jupyter_qwen.server.settings import Administration

SCRIPT = Path(__file__).parents[2] / "fixtures" / "script.json"
PATIENT = CollectionLimits(seconds=60)
SETTINGS = {"privacy": "auto", "sendCells": True}
QUESTIONS = {
    SHOP_NOTEBOOK: [
        "monthly revenue per product category in 2024", "the three products with the highest revenue in each category",
        "plot the revenue per month in 2024", "which customers never ordered", "orders from Germany in March 2025",
        "average rating of each product, best first", "share of orders that were returned, per country",
        "/sql returns by reason", "how far is each category from its target of 2024", "which carrier is cheapest to France",
    ],
    RIDES_NOTEBOOK: [
        "number of rides per district of the start station", "the three start stations with the most rides in each district",
        "plot the number of rides per month", "rides on rainy days", "the longest ride of each rider type",
        "average minutes per weekday", "stations without a ride", "/sql rides per hour", "how old are the bikes on average",
        "share of members among the rides of each district",
    ],
}  # fmt: skip


@dataclass
class Recorded(Warming):
    """Warming that tells what it was given."""

    given: list[str] = field(default_factory=list)

    def start(self, engine: Engine, owner: str, texts: Sequence[str]) -> bool:
        self.given += texts
        return super().start(engine, owner, texts)


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    monkeypatch.setattr("jupyter_qwen.knowledge.files.user_config_path", lambda name: tmp_path / "config")
    monkeypatch.setattr("jupyter_qwen.sql.files.looking.SECONDS", 60.0)  # however busy the machine is
    monkeypatch.setattr("jupyter_qwen.assistant.tables_of_cells.SECONDS", 600.0)
    build_demo(tmp_path / "demo")
    made = Runtime(
        EngineConfig(engine="scripted", script=str(SCRIPT), share=False),
        limits=AnswerLimits(), threads_folder=tmp_path / "threads",
        root_dir=str(tmp_path / "demo"), max_privacy="samples", load_on_start=True,
        locks=Locks(Administration(defaults={}, locked=frozenset())), on_status=lambda status: None,
        log=logging.getLogger("test"),
    )  # fmt: skip
    made.services.warming = Recorded()
    return made


def after_running(notebook: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the front end sends once the notebook's loading cells, which are our own, have run."""
    monkeypatch.chdir(notebook.parent)
    content = json.loads(notebook.read_text(encoding="utf-8"))
    names: dict[str, Any] = {}
    cells = []
    for number, cell in enumerate(content["cells"], 1):
        loads = cell["id"] in content["metadata"]["jupyter_qwen"]["loads"]
        if loads:
            exec(cell["source"], names)
        cells.append(
            {
                "id": cell["id"],
                "type": cell["cell_type"],
                "source": cell["source"],
                "execution_count": number if loads else None,
            }
        )
    names.pop("__builtins__")
    return {
        "cells": cells,
        "schema": collect(names, limits=PATIENT),
        "thread": notebook.name,
        "language": "python",
        "mode": "auto",
    }


@pytest.mark.parametrize("name", [SHOP_NOTEBOOK, RIDES_NOTEBOOK])
async def test_what_is_read_while_a_demo_opens_begins_the_prompt_of_every_first_question(
    name: str, runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with aclosing(runtime):
        notebook = tmp_path / "demo" / name
        assert await runtime.prepare(notebook, SETTINGS)
        assert await runtime.services.warming.finished(name) == "done"
        warming = runtime.services.warming
        assert isinstance(warming, Recorded)
        (read,) = warming.given
        body = after_running(notebook, monkeypatch)
        told = [table["reference"][-1] for table in body["schema"]["tables"]]
        assert [name for name in told if name in read] == told
        for question in QUESTIONS[name]:
            asked = (await runtime.context({**body, "question": question}))["prompt"]
            assert asked[: len(read)] == read, question


@pytest.mark.parametrize("content", ["{}", "[]", "not JSON", '{"cells": [{"cell_type": "code"}]}'])
async def test_what_is_no_notebook_is_said_to_be_none(content: str, runtime: Runtime, tmp_path: Path) -> None:
    async with aclosing(runtime):
        (tmp_path / "demo" / "other.ipynb").write_text(content)
        with pytest.raises(ValueError, match=r"other\.ipynb|Expecting"):
            await runtime.prepare(tmp_path / "demo" / "other.ipynb", SETTINGS)


@pytest.mark.parametrize("language", ["R", "julia"])
async def test_a_notebook_without_tables_of_ours_is_not_prepared(
    language: str, runtime: Runtime, tmp_path: Path
) -> None:
    async with aclosing(runtime):
        notebook = tmp_path / "demo" / SHOP_NOTEBOOK
        content = json.loads(notebook.read_text(encoding="utf-8"))
        content["metadata"]["kernelspec"]["language"] = language
        notebook.write_text(json.dumps(content), encoding="utf-8")
        assert not await runtime.prepare(notebook, SETTINGS)
        assert runtime.services.warming.state(SHOP_NOTEBOOK) == "off"


@pytest.mark.parametrize("wanted", [True, False])
async def test_cells_that_are_not_to_be_sent_are_not_read_ahead(wanted: bool, runtime: Runtime, tmp_path: Path) -> None:
    async with aclosing(runtime):
        source = 'import pandas as pd\nsecret = 42\nrides = pd.read_csv("rides.csv")'
        content = {
            "metadata": {},
            "cells": [{"id": "a", "cell_type": "code", "source": source.splitlines(keepends=True)}],
        }
        (tmp_path / "demo" / "code.ipynb").write_text(json.dumps(content))
        assert await runtime.prepare(tmp_path / "demo" / "code.ipynb", {**SETTINGS, "sendCells": wanted})
        await runtime.services.warming.finished("code.ipynb")
        warming = runtime.services.warming
        assert isinstance(warming, Recorded)
        assert "rides" in warming.given[0]
        assert ("secret" in warming.given[0]) is wanted
