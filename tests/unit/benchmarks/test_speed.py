"""The product on the clock: what a run says, how two are compared, and a whole run on the scripted engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.speed import report
from benchmarks.speed.pairs import Measured, Pairs
from benchmarks.speed.run import SpeedOptions, run
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.evaluate.raw import Heard


def made(*figures: Measured, busy: str = "", processor: str = "A <processor> & more") -> dict[str, Any]:
    described = {"processor": processor, "cores": 2, "memory_gb": 8.0, "load_before": 0.1, "busy": busy}
    return {
        "version": 1,
        "machine": described,
        "engine": {"engine": "llama", "model": "Qwen"},
        "seconds": 10.0,
        "figures": [figure.to_json() for figure in figures],
    }


WARM = Measured("question", "first token, warm", "s", (0.3, 0.4, 0.5, 2.0), (0.3, 0.3, 0.4, 0.9), note="2,000 tokens")
DECODE = Measured("engine", "decode", "tokens/s", (28.0, 28.4), (29.0, 29.2), better="more")


def test_promise_that_was_missed_is_said_and_one_that_was_kept_too() -> None:
    kept = dict(report.promises(made(WARM, DECODE)))
    assert kept == {
        "engine, decode: at least 0.97 of raw": False,
        "question, first token, warm: p50 at most 0.5 s, p95 1.5 s": False,
    }
    quick = Measured("question", "first token, warm", "s", (0.3, 0.4), (0.3, 0.3))
    assert all(held for _, held in report.promises(made(quick)))


def test_comparison_says_what_is_better_whichever_way_is_good() -> None:
    before = made(Measured("a", "time", "s", (1.0,)), Measured("a", "rate", "tokens/s", (10.0,), better="more"))
    after = made(
        Measured("a", "time", "s", (0.5,)),
        Measured("a", "rate", "tokens/s", (5.0,), better="more"),
        Measured("b", "new", "s", (1.0,)),
    )
    text = report.compare(before, after)
    assert "| a | time | 1.00 s | 500 ms | -50 % | better |" in text
    assert "| a | rate | 10.0 tokens/s | 5.0 tokens/s | -50 % | worse |" in text
    assert "| b | new | – | 1.00 s |  | only in one run |" in text


async def test_pairs_ask_in_turn_so_that_neither_has_the_warmer_machine() -> None:
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

    pairs = Pairs(Product(), Raw())  # type: ignore[arg-type]
    for number in range(4):
        await pairs.ask({"question": f"q{number}", "max_new_tokens": 8})
    figure = pairs.figure("part", "name", value="first")
    assert order == ["product", "raw", "raw", "product", "product", "raw", "raw", "product"]
    assert figure.product == (0.2,) * 4
    assert figure.raw == (0.1,) * 4
    assert figure.note == "100 prompt tokens, 90 cached"


async def test_whole_run_on_the_scripted_engine_measures_every_part_it_was_asked_for(tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps([{"match": "", "reply": "word " * 40}]))
    told: list[str] = []
    options = SpeedOptions(parts=("engine", "question", "completion", "notebooks"), rounds=1)
    found = await run(options, EngineConfig(engine="scripted", script=script), told.append)
    parts = {figure["part"] for figure in found["figures"]}
    assert parts == {"engine", "question", "completion", "two notebooks"}
    assert all(figure["raw"] == () for figure in found["figures"])
    assert len(told) >= len(found["figures"])
    assert "first token, after a new table" in report.table(found)
    json.dumps(found)
