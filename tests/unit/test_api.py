"""The public API, with everything real but the model."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest

import jupyter_qwen
from jupyter_qwen.api import NotRunnable
from jupyter_qwen.assistant.question import BadRequest
from jupyter_qwen.engine.config import EngineConfig


@pytest.fixture
def config(tmp_path: Path) -> EngineConfig:
    script = tmp_path / "script.json"
    rules = [
        {
            "match": "with their targets",
            "reply": "SELECT s.region, t.target FROM sales AS s JOIN targets AS t ON s.region = t.region",
        },
        {"match": "remove everything", "reply": "DROP TABLE sales"},
        {"match": "", "reply": "SELECT sum(amount) AS total FROM sales"},
    ]
    script.write_text(json.dumps(rules))
    return EngineConfig(engine="scripted", script=str(script))


SALES = pd.DataFrame({"region": ["north", "south"], "amount": [3, 4]})


def test_frames_are_asked_about_and_the_answer_runs(config: EngineConfig) -> None:
    answer = jupyter_qwen.ask("total amount", tables={"sales": SALES}, config=config)
    assert (answer.verdict, answer.sql) == ("bound", "SELECT sum(amount) AS total FROM sales")
    assert answer.df()["total"].tolist() == [7]
    assert "bound" in answer._repr_html_()


def test_database_and_frames_are_one_catalogue(config: EngineConfig, tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "a.duckdb")) as con:
        con.execute("CREATE TABLE targets AS SELECT 'north' AS region, 9 AS target")
    answer = jupyter_qwen.ask(
        "sales with their targets", tables={"sales": SALES}, database=tmp_path / "a.duckdb", config=config
    )
    assert answer.df().values.tolist() == [["north", 9]]


def test_statement_that_writes_is_not_run(config: EngineConfig) -> None:
    con = duckdb.connect()
    con.execute("CREATE TABLE sales AS SELECT 1 AS amount")
    answer = jupyter_qwen.ask("remove everything", database=con, config=config)
    with pytest.raises(NotRunnable):
        answer.df()
    assert con.sql("SELECT count(*) FROM sales").fetchall() == [(1,)]


def test_nothing_to_ask_about_says_what_to_give() -> None:
    with pytest.raises(BadRequest, match="nothing to ask about") as caught:
        jupyter_qwen.ask("revenue")
    assert "database=" in caught.value.hint


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = (
        "import sys, jupyter_qwen; "
        "print([m for m in ('torch', 'transformers', 'duckdb', 'sqlglot', 'httpx', 'tornado', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
