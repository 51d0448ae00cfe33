from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from jupyter_qwen.engine.base import Capabilities, Delta, Engine, Finished, GenerationRequest, Usage
from jupyter_qwen.evaluate import fim, python, scoring, text_to_sql
from jupyter_qwen.evaluate.lane import EvaluationEngines
from jupyter_qwen.evaluate.predictions import PackError
from jupyter_qwen.evaluate.sql_pack import SqlPack


class OneAnswer:
    """An engine that gives the same answer to every prompt and keeps the prompts."""

    capabilities = Capabilities()
    context_tokens = 8192

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.prompts: list[str] = []
        self.lanes: set[tuple[str, str]] = set()

    async def generate(self, request: GenerationRequest) -> AsyncIterator[Delta | Finished]:
        self.prompts.append(request.prompt)
        self.lanes.add((request.lane, request.owner))
        yield Delta(self.answer)
        yield Finished("stop", Usage(prompt_tokens=100, new_tokens=7))

    async def count_tokens(self, text: str) -> int:
        return len(text) // 3

    async def aclose(self) -> None: ...


class Source:
    def __init__(self, engine: OneAnswer) -> None:
        self._engine = engine

    async def engine(self) -> Engine:
        return self._engine

    def describe(self) -> dict[str, Any]:
        return {"state": "ready", "model": {"label": "test"}}


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Two questions on a database of one table that points at itself."""
    folder = tmp_path / "pack" / "sql"
    (folder / "staff" / "tables").mkdir(parents=True)
    (folder / "staff" / "schema.sql").write_text(
        "-- load: Person <- tables/Person.parquet\n\n"
        'CREATE TABLE "Person" (\n  "id" INTEGER PRIMARY KEY,\n  "boss" INTEGER,\n  "name" VARCHAR,\n'
        '  -- a remark\n  FOREIGN KEY ("boss") REFERENCES "Person" ("id")\n);\n'
    )
    duckdb.connect().execute(
        "COPY (SELECT * FROM (VALUES (1, NULL, 'Ada'), (2, 1, 'Bob')) t(id, boss, name)) "
        f"TO '{folder / 'staff' / 'tables' / 'Person.parquet'}' (FORMAT parquet)"
    )
    cases = [
        {"id": "a", "db": "staff", "question": "How many people?"},
        {"id": "b", "db": "staff", "question": "Who is the boss?", "evidence": "a boss has no boss"},
    ]
    (folder / "cases.jsonl").write_text("".join(json.dumps(case) + "\n" for case in cases))
    return tmp_path / "pack"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


async def test_every_case_goes_a_users_way_and_is_written_with_its_figures(pack: Path, tmp_path: Path) -> None:
    engine = OneAnswer("SELECT count(*) FROM Person")
    out = tmp_path / "predictions.jsonl"

    summary = await text_to_sql.run(text_to_sql.TextToSqlOptions(pack, out), Source(engine))

    first, second = lines(out)
    assert (first["id"], first["sql"], first["verdict"]) == ("a", "SELECT count(*) FROM Person", "bound")
    assert {"repairs", "seconds", "ttft_seconds", "prompt_tokens", "new_tokens"} <= first.keys()
    assert "CREATE TABLE Person" in engine.prompts[-1]
    assert "a boss has no boss" in engine.prompts[-1]
    assert second["new_tokens"] == 7
    assert "bound" in summary


async def test_a_run_gives_way_to_the_users_own_questions_also_while_it_prepares(pack: Path, tmp_path: Path) -> None:
    engine = OneAnswer("SELECT count(*) FROM Person")
    engines = EvaluationEngines(Source(engine))

    await text_to_sql.run(text_to_sql.TextToSqlOptions(pack, tmp_path / "predictions.jsonl"), engines)

    assert len(engine.prompts) == 5, "the schema beforehand, then two questions, each in two ways"
    assert engine.lanes == {("evaluation", "evaluation")}


async def test_a_query_that_does_not_bind_is_mended_and_says_so(pack: Path, tmp_path: Path) -> None:
    out = tmp_path / "predictions.jsonl"

    await text_to_sql.run(
        text_to_sql.TextToSqlOptions(pack, out, limit=1), Source(OneAnswer("SELECT names FROM Person"))
    )

    (item,) = lines(out)
    assert item["verdict"] == "bound"
    assert item["repairs"]
    assert "name" in item["sql"]


async def test_translated_questions_are_asked_in_their_language_and_the_others_not_at_all(
    pack: Path, tmp_path: Path
) -> None:
    told = tmp_path / "told.jsonl"
    told.write_text('{"id": "b", "de": "Wer ist der Chef?"}\n')
    engine, out = OneAnswer("SELECT count(*) FROM Person"), tmp_path / "predictions.jsonl"

    await text_to_sql.run(text_to_sql.TextToSqlOptions(pack, out, translations=told, language="de"), Source(engine))

    assert [item["id"] for item in lines(out)] == ["b"]
    assert "Question: Wer ist der Chef?<" in engine.prompts[-1]
    with pytest.raises(PackError, match="no question in 'fr' for b"):
        await text_to_sql.run(text_to_sql.TextToSqlOptions(pack, out, translations=told, language="fr"), Source(engine))


async def test_a_prediction_says_the_example_and_where_its_query_comes_from(pack: Path, tmp_path: Path) -> None:
    out = tmp_path / "predictions.jsonl"

    await text_to_sql.run(text_to_sql.TextToSqlOptions(pack, out), Source(OneAnswer("SELECT count(*) FROM Person")))

    assert {item["origin"] for item in lines(out)} == {"plain"}
    for item in lines(out):
        assert item["example"], "the other way was asked, to compare"
        assert item["features"]["agreeing"] == 1
        assert item["grade"] in ("likely", "check", "doubtful")
        assert "the model wrote the same query two times" in item["reasons"]
        assert item["alternative"] is None


class HelpedByAnExample(OneAnswer):
    """An engine that adds up as it goes only after an example."""

    async def generate(self, request: GenerationRequest) -> AsyncIterator[Delta | Finished]:
        self.prompts.append(request.prompt)
        helped = "Example of another database" in request.prompt
        yield Delta(
            "SELECT id, count(*) OVER (ORDER BY id) FROM Person"
            if helped
            else "SELECT id, count(*) FROM Person GROUP BY id"
        )
        yield Finished("stop", Usage(prompt_tokens=100, new_tokens=7))


async def test_an_answer_in_doubt_is_asked_for_once_more_with_an_example_and_both_are_told(
    pack: Path, tmp_path: Path
) -> None:
    case = {"id": "c", "db": "staff", "question": "What is the running total of people?"}
    (pack / "sql" / "cases.jsonl").write_text(json.dumps(case) + "\n")
    engine, out = HelpedByAnExample(""), tmp_path / "predictions.jsonl"

    await text_to_sql.run(text_to_sql.TextToSqlOptions(pack, out, cold=True), Source(engine))

    (item,) = lines(out)
    assert (item["example"], item["origin"]) == ("running total", "shaped")
    assert "OVER (ORDER BY id)" in item["sql"]
    assert [("Example of" in prompt) for prompt in engine.prompts] == [False, True]


async def test_the_baseline_sends_the_whole_ddl_and_proves_nothing(pack: Path, tmp_path: Path) -> None:
    engine = OneAnswer("SELECT nonsense")
    out = tmp_path / "raw.jsonl"

    await text_to_sql.run(text_to_sql.TextToSqlOptions(pack, out, raw=True), Source(engine))

    assert 'CREATE TABLE "Person"' in engine.prompts[0]
    assert "load:" not in engine.prompts[0]
    assert "remark" not in engine.prompts[0]
    assert [(item["sql"], item["verdict"]) for item in lines(out)] == [("SELECT nonsense", None)] * 2


async def test_a_run_is_resumed_where_it_ended_even_after_a_cut_line(pack: Path, tmp_path: Path) -> None:
    out = tmp_path / "predictions.jsonl"
    out.write_text('{"id": "a", "sql": "SELECT 1", "verdict": "bound"}\n{"id": "b", "sq')
    engine = OneAnswer("SELECT 2")

    await text_to_sql.run(text_to_sql.TextToSqlOptions(pack, out, raw=True, resume=True), Source(engine))

    assert [item["sql"] for item in lines(out)] == ["SELECT 1", "SELECT 2"]
    assert len(engine.prompts) == 1


async def test_without_resume_a_run_begins_anew(pack: Path, tmp_path: Path) -> None:
    out = tmp_path / "predictions.jsonl"
    out.write_text('{"id": "a", "sql": "SELECT 1"}\n')

    await text_to_sql.run(text_to_sql.TextToSqlOptions(pack, out, raw=True), Source(OneAnswer("SELECT 2")))

    assert [item["sql"] for item in lines(out)] == ["SELECT 2", "SELECT 2"]


def test_the_databases_of_a_pack_cannot_reach_files(pack: Path) -> None:
    con = SqlPack(pack).connect("staff")

    assert con.execute("SELECT count(*) FROM Person").fetchone() == (2,)
    with pytest.raises(duckdb.Error, match="disabled"):
        con.execute(f"SELECT * FROM read_text('{pack}/sql/cases.jsonl')")


def test_a_folder_without_cases_is_named(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"cases\.jsonl"):
        SqlPack(tmp_path)


async def test_whole_line_middles_are_completed_on_an_empty_line(tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text(json.dumps({"id": "x", "kind": "singleline", "prefix": "a = 1\n", "suffix": "print(b)\n"}) + "\n")
    engine = OneAnswer("b = 2\nprint(b)")
    out = tmp_path / "out.jsonl"

    await fim.run(fim.FimOptions(cases, out), Source(engine))

    assert lines(out)[0]["completion"] == "b = 2\n"


async def test_the_baseline_stands_beside_and_both_are_scored(tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    case = {"prefix": "def f(x):\n    ", "suffix": "\n", "test": "assert f(2) == 4", "kind": "multiline"}
    cases.write_text("".join(json.dumps({"id": key, **case}) + "\n" for key in "ab"))
    # nothing stops the raw model behind the function
    engine = OneAnswer("return 2 * x\n```\nThis function doubles.")
    out = tmp_path / "out.jsonl"

    table = await fim.run(fim.FimOptions(cases, out, with_raw=True, score=True), Source(engine))

    assert [item["passed"] for item in lines(out)] == [True, True]
    assert [item["passed"] for item in lines(tmp_path / "out.raw.jsonl")] == [False, False]
    assert re.search(r"\| +\| out.jsonl +\| out.raw.jsonl +\|", table)
    assert re.search(r"\| pass@1 +\| 100.0 % +\| 0.0 % +\|", table)
    assert re.search(r"\| passed, multiline +\| 2 / 2 +\| 0 / 2 +\|", table)


async def test_both_ways_are_resumed_each_where_it_ended(tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text("".join(json.dumps({"id": key, "prefix": "x = ", "suffix": ""}) + "\n" for key in "ab"))
    out = tmp_path / "out.jsonl"
    out.write_text('{"id": "a", "completion": "0"}\n')

    await fim.run(fim.FimOptions(cases, out, resume=True, with_raw=True), Source(OneAnswer("1")))

    assert [item["completion"] for item in lines(out)] == ["0", "1"]
    assert [item["completion"] for item in lines(tmp_path / "out.raw.jsonl")] == ["1", "1"]


async def test_an_answer_that_never_ends_fails_its_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "SECONDS", 1)
    case = {"id": "a", "prefix": "while True:", "suffix": "", "test": ""}

    assert (await scoring.passes(case, " pass")) is False
    assert (await scoring.passes({"id": "a", "prefix": "", "suffix": ""}, "")) is None


async def test_a_case_without_its_fields_is_named(tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text('{"id": "x", "prefix": "a"}\n')

    with pytest.raises(PackError, match="x has no suffix"):
        await fim.run(fim.FimOptions(cases, tmp_path / "out.jsonl"), Source(OneAnswer("1")))


async def test_python_cases_are_completed_or_asked_by_their_mode(tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text(
        json.dumps({"id": "c", "mode": "completion", "prompt": "x = "})
        + "\n"
        + json.dumps({"id": "i", "mode": "instruction", "prompt": "Write x."})
        + "\n"
    )
    engine = OneAnswer("1")
    out = tmp_path / "out.jsonl"

    await python.run(fim.FimOptions(cases, out), Source(engine))

    assert [item["completion"] for item in lines(out)] == ["1", "1"]
    assert "<|fim_middle|>" in engine.prompts[0]
    assert engine.prompts[1].endswith("```python\n")
