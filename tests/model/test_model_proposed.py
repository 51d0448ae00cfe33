"""The questions that the demo's notebooks propose, with the real model: each is right, and shows what it is there for."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from demo_questions import DemoKernel, right, spelled

from jupyter_qwen.assistant.ask import collect_answer
from jupyter_qwen.assistant.engines import SupervisedEngines
from jupyter_qwen.assistant.events import AnswerFinished
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.assistant.services import Services
from jupyter_qwen.demo.demo_folder import RIDES_NOTEBOOK, SHOP_NOTEBOOK, build_demo
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.knowledge.files import KnowledgeFiles
from jupyter_qwen.models.store import ModelStore
from jupyter_qwen.python.cell_sql import find_sql

_SALES = (
    "FROM order_items JOIN orders USING (order_id) JOIN products USING (product_id) JOIN categories USING (category_id)"
)
_STARTS = "FROM rides JOIN stations ON station_id = start_station_id GROUP BY district, station_id, station_name"
_THREE = "(PARTITION BY district ORDER BY count(*) DESC"

#: A join, the first rows of each group, a chart: in each notebook one question for each. Every query is right.
PROPOSED: dict[str, dict[str, tuple[str, ...]]] = {
    SHOP_NOTEBOOK: {
        "monthly revenue per product category in 2024": spelled(
            f"SELECT {{m:order_date}}, category_name, sum(quantity * unit_price) {_SALES} "
            "WHERE year(order_date) = 2024 GROUP BY ALL"
        ),
        "the three products with the highest revenue in each category": (
            f"SELECT category_name, product_name {_SALES} GROUP BY category_name, product_name "
            "QUALIFY rank() OVER (PARTITION BY category_name ORDER BY sum(quantity * unit_price) DESC) <= 3",
        ),
        "plot the revenue per month in 2024": spelled(
            "SELECT {m:order_date}, sum(quantity * unit_price) FROM order_items JOIN orders USING (order_id) "
            "WHERE year(order_date) = 2024 GROUP BY ALL"
        ),
    },
    RIDES_NOTEBOOK: {
        "number of rides per district of the start station": (
            "SELECT district, count(*) FROM rides JOIN stations ON station_id = start_station_id GROUP BY ALL",
        ),
        "the three start stations with the most rides in each district": (
            f"SELECT district, station_name {_STARTS} QUALIFY row_number() OVER {_THREE}, station_id) <= 3",
            f"SELECT district, station_name {_STARTS} QUALIFY rank() OVER {_THREE}) <= 3",
            f"SELECT district, station_id {_STARTS} QUALIFY rank() OVER {_THREE}) <= 3",
        ),
        "plot the number of rides per month": spelled("SELECT {m:started_at}, count(*) FROM rides GROUP BY ALL"),
    },
}  # fmt: skip


def proposed(notebook: Path) -> list[str]:
    questions = json.loads(notebook.read_text(encoding="utf-8"))["metadata"]["jupyter_qwen"]["questions"]
    return [str(question) for question in questions]


async def answers(folder: Path, name: str) -> tuple[DemoKernel, dict[str, AnswerFinished]]:
    kernel = DemoKernel(folder / name)
    engines = SupervisedEngines(EngineConfig())
    services = Services(engines, knowledge=KnowledgeFiles(folder))
    try:
        return kernel, {
            text: await collect_answer(
                Question(text, thread=name, cells=kernel.cells, active_cell=kernel.cells[-1].id, schema=kernel.schema),
                services,
            )
            for text in proposed(folder / name)
        }
    finally:
        await services.aclose()
        await engines.aclose()


@pytest.mark.model
@pytest.mark.parametrize("name", [SHOP_NOTEBOOK, RIDES_NOTEBOOK])
def test_every_proposed_question_is_answered_rightly(name: str, tmp_path: Path) -> None:
    if ModelStore().path() is None:
        pytest.skip("the default model is not here: jupyter qwen model pull")
    build_demo(tmp_path / "demo")
    kernel, found = asyncio.run(answers(tmp_path / "demo", name))
    wrong = {}
    for question, answer in found.items():
        block = next(block for block in answer.blocks if block.verdict is not None)
        drawn = find_sql(block.source) if answer.mode == "plot" else None
        print(f"{answer.seconds:.1f} s, {block.verdict}: {question}\n{block.source}")
        assert (drawn is not None) == question.startswith("plot")
        rows = kernel.rows(drawn.sql if drawn is not None else block.source)
        if block.verdict != "bound" or not any(right(rows, kernel.rows(gold)) for gold in PROPOSED[name][question]):
            wrong[question] = block.source
    assert wrong == {}


def test_what_is_proposed_has_gold_and_shows_a_join_the_first_of_each_group_and_a_chart(tmp_path: Path) -> None:
    build_demo(tmp_path / "demo")
    for name, gold in PROPOSED.items():
        kernel = DemoKernel(tmp_path / "demo" / name)
        join, first, chart = proposed(tmp_path / "demo" / name)
        assert [join, first, chart] == list(gold)
        assert all(" JOIN " in query for query in gold[join])
        assert all(" JOIN " in query and " QUALIFY " in query for query in gold[first])
        assert chart.startswith("plot ")
        for question, queries in gold.items():
            for query in queries:
                rows = kernel.rows(query)
                assert right([("x", *row) for row in reversed(rows)], rows), question
                assert not right(rows[1:], rows), question
