"""The bench: what a run says, how two are compared, and a whole run on the scripted engine."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from jupyter_qwen.cli import bench, main
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.evaluate.bench import machine, report
from jupyter_qwen.evaluate.bench.notebook import BenchNotebook
from jupyter_qwen.evaluate.bench.pairs import Figure, Pairs
from jupyter_qwen.evaluate.bench.plot import plot
from jupyter_qwen.evaluate.bench.product import Heard
from jupyter_qwen.evaluate.bench.run import Options, run


def made(*figures: Figure, busy: str = "", processor: str = "A <processor> & more") -> dict[str, Any]:
    described = {"processor": processor, "cores": 2, "memory_gb": 8.0, "load_before": 0.1, "busy": busy}
    return {
        "version": 1,
        "machine": described,
        "engine": {"engine": "llama", "model": "Qwen"},
        "seconds": 10.0,
        "figures": [figure.to_json() for figure in figures],
    }


WARM = Figure("question", "first token, warm", "s", (0.3, 0.4, 0.5, 2.0), (0.3, 0.3, 0.4, 0.9), note="2,000 tokens")
DECODE = Figure("engine", "decode", "tokens/s", (28.0, 28.4), (29.0, 29.2), better="more")


def test_table_tells_medians_late_ones_and_the_raw_engine_beside_them() -> None:
    table = report.table(made(WARM, DECODE))
    assert "| question | first token, warm | 400 ms | 2.00 s | 300 ms | 900 ms | 1.33 | 4 | 2,000 tokens |" in table
    assert "A <processor> & more, 2 cores, 8.0 GB, load before 0.1" in table


def test_promise_that_was_missed_is_said_and_one_that_was_kept_too() -> None:
    kept = dict(report.promises(made(WARM, DECODE)))
    assert kept == {
        "engine, decode: at least 0.97 of raw": False,
        "question, first token, warm: p50 at most 0.5 s, p95 1.5 s": False,
    }
    quick = Figure("question", "first token, warm", "s", (0.3, 0.4), (0.3, 0.3))
    assert all(held for _, held in report.promises(made(quick)))


def test_comparison_says_what_is_better_whichever_way_is_good() -> None:
    before = made(Figure("a", "time", "s", (1.0,)), Figure("a", "rate", "tokens/s", (10.0,), better="more"))
    after = made(
        Figure("a", "time", "s", (0.5,)),
        Figure("a", "rate", "tokens/s", (5.0,), better="more"),
        Figure("b", "new", "s", (1.0,)),
    )
    text = report.compare(before, after)
    assert "| a | time | 1.00 s | 500 ms | -50 % | better |" in text
    assert "| a | rate | 10.0 tokens/s | 5.0 tokens/s | -50 % | worse |" in text
    assert "| b | new | – | 1.00 s |  | only in one run |" in text


def test_comparison_warns_of_a_busy_machine_and_of_another_processor() -> None:
    text = report.compare(made(WARM, busy="The machine was busy."), made(WARM, processor="Another"))
    assert "before: The machine was busy." in text
    assert "two different processors" in text


def test_pairs_ask_in_turn_so_that_neither_has_the_warmer_machine() -> None:
    order: list[str] = []

    class Product:
        async def prompt(self, body: dict[str, Any]) -> str:
            return f"prompt of {body['question']}"

        async def ask(self, body: dict[str, Any]) -> Heard:
            order.append("product")
            return Heard(first=0.2, prompt_tokens=100, cached_tokens=90)

        async def settled(self, body: dict[str, Any], *, seconds: float) -> str:
            return "done"

    class Raw:
        async def complete(self, prompt: str, **_: Any) -> Heard:
            assert prompt.startswith("prompt of")
            order.append("raw")
            return Heard(first=0.1)

    async def work() -> Figure:
        pairs = Pairs(Product(), Raw())  # type: ignore[arg-type]
        for number in range(4):
            await pairs.ask({"question": f"q{number}", "max_new_tokens": 8})
        return pairs.figure("part", "name", value="first")

    figure = asyncio.run(work())
    assert order == ["product", "raw", "raw", "product", "product", "raw", "raw", "product"]
    assert figure.product == (0.2,) * 4
    assert figure.raw == (0.1,) * 4
    assert figure.note == "100 prompt tokens, 90 cached"


def test_edits_of_the_notebook_change_one_place() -> None:
    notebook = BenchNotebook.new("m")
    edited = notebook.edited(-1, 1)
    assert [a == b for a, b in zip(notebook.cells, edited.cells, strict=True)] == [True] * 21 + [False]
    assert notebook.with_table("refunds").tables[:-1] == notebook.tables
    assert BenchNotebook.new("other").tables[0] != notebook.tables[0]


def test_machine_is_described_and_says_when_it_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine.os, "getloadavg", lambda: (9.0, 1.0, 1.0), raising=False)
    described = machine.describe()
    assert described["processor"]
    assert described["cores"] >= 1
    assert "load 9.0" in described["busy"]
    monkeypatch.setattr(machine.os, "getloadavg", lambda: (0.0, 0.0, 0.0), raising=False)
    assert machine.describe()["busy"] == ""


def test_whole_run_on_the_scripted_engine_measures_every_part_it_was_asked_for(tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps([{"match": "", "reply": "word " * 40}]))
    told: list[str] = []
    options = Options(parts=("engine", "question", "completion", "notebooks"), rounds=1)
    found = asyncio.run(run(options, EngineConfig(engine="scripted", script=script), told.append))
    parts = {figure["part"] for figure in found["figures"]}
    assert parts == {"engine", "question", "completion", "two notebooks"}
    assert all(figure["raw"] == () for figure in found["figures"])
    assert len(told) >= len(found["figures"])
    assert "first token, after a new table" in report.table(found)
    json.dumps(found)


def test_plot_follows_the_readers_theme_and_names_every_figure(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    path = tmp_path / "run.svg"
    plot(made(WARM, Figure("sql", "whole", "s", (3.0,))), path)
    svg = path.read_text()
    assert "prefers-color-scheme: dark" in svg
    assert "question: first token, warm" in svg
    assert "A &lt;processor&gt; &amp; more" in svg
    assert not re.search(r"#0102\d\d|#fefdfc", svg)


@pytest.mark.parametrize(
    ("text", "words"), [("nothing", "not JSON"), ("{}", "no run of this command"), ("[1]", "no run of this command")]
)
def test_file_that_is_no_run_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, words: str
) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    assert main(["bench", "--from", str(path)]) == 1
    assert words in capsys.readouterr().err
    assert main(["bench", "--compare", str(path), str(tmp_path / "missing.json")]) == 1


def test_kept_run_is_shown_and_compared_without_measuring(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "run.json"
    path.write_text(json.dumps(made(WARM, DECODE)))
    assert main(["bench", "--from", str(path)]) == 0
    assert "first token, warm" in capsys.readouterr().out
    assert main(["bench", "--compare", str(path), str(path)]) == 0
    assert "+0 %" in capsys.readouterr().out


def test_what_could_not_be_written_is_said_before_anything_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["bench", "--json", str(tmp_path / "nowhere" / "run.json")]) == 1
    assert "nowhere" in capsys.readouterr().err
    monkeypatch.setattr(bench.importlib.util, "find_spec", lambda name: None)
    assert main(["bench", "--plot", str(tmp_path / "run.svg")]) == 1
    assert "jupyter_qwen[lab]" in capsys.readouterr().err
