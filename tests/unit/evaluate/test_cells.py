from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_qwen.engine.base import Capabilities, Delta, Engine, Finished, GenerationRequest, Usage
from jupyter_qwen.evaluate import cells
from jupyter_qwen.evaluate.predictions import PackError


class OneCell:
    """An engine that writes the same cell for every prompt and keeps the prompts."""

    capabilities = Capabilities()
    context_tokens = 8192

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.prompts: list[str] = []

    async def generate(self, request: GenerationRequest) -> AsyncIterator[Delta | Finished]:
        self.prompts.append(request.prompt)
        yield Delta(self.answer)
        yield Finished("stop", Usage(prompt_tokens=100, new_tokens=7))

    async def count_tokens(self, text: str) -> int:
        return len(text) // 3

    async def aclose(self) -> None: ...

    async def engine(self) -> Engine:
        return self

    def describe(self) -> dict[str, Any]:
        return {"state": "ready", "model": {"label": "test"}}


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Two notebooks: one that reads a file, one that makes its frame."""
    folder = tmp_path / "pack"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "trips.csv").write_text("km,mode\n3,bike\n40,train\n")
    cases = [
        {
            "id": "a",
            "kind": "value",
            "setup": ["import pandas as pd", "trips = pd.read_csv('trips.csv')"],
            "question": "How many km in all?",
            "frames": ["trips"],
        },
        {
            "id": "b",
            "setup": ["import pandas as pd\nstops = pd.DataFrame({'zone': ['A', 'B']})"],
            "question": "Which zones?",
            "frames": ["stops"],
        },
    ]
    write(folder, cases)
    return folder


def write(folder: Path, cases: list[dict[str, Any]]) -> None:
    (folder / "cells_cases.jsonl").write_text("".join(json.dumps(case) + "\n" for case in cases))


def answered(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


async def test_a_question_sees_the_live_frames_and_the_next_case_none_of_them(pack: Path, tmp_path: Path) -> None:
    engine, out = OneCell("trips['km'].sum()\n```"), tmp_path / "cells.jsonl"

    summary = await cells.run(cells.CellsOptions(pack, out), engine)

    first, second = answered(out)
    assert (first["id"], first["code"], first["mode"]) == ("a", "trips['km'].sum()", "python")
    assert {"verdict", "seconds", "ttft_seconds", "new_tokens", "warnings"} <= first.keys()
    assert {"features", "grade", "reasons", "words", "alternative"} <= first.keys()
    assert first["features"]["words_left"] == 0
    assert first["grade"] == "check"
    assert "it ran on copies of all rows" in first["reasons"]
    asked = [prompt for prompt in engine.prompts if "in place of Python" not in prompt]
    assert "trips (pandas" in asked[0]
    assert "read_csv('trips.csv')" in asked[0]
    assert "stops (pandas" in asked[1]
    assert "trips" not in asked[1]
    assert second["warnings"] == ["unknown-name"]
    assert "cases" in summary


async def test_the_baseline_is_told_the_first_rows_and_its_first_block_counts(pack: Path, tmp_path: Path) -> None:
    engine, out = OneCell("Here:\n```python\nprint(1)\n```\nor\n```\n2\n```"), tmp_path / "raw.jsonl"

    await cells.run(cells.CellsOptions(pack, out, raw=True, limit=1), engine)

    (item,) = answered(out)
    assert item["code"] == "print(1)"
    assert "trips.head(3):" in engine.prompts[0]
    assert "40  train" in engine.prompts[0]
    assert "int64" in engine.prompts[0]


async def test_cases_on_file_are_kept_and_one_can_be_asked_alone(pack: Path, tmp_path: Path) -> None:
    engine, out = OneCell("1\n```"), tmp_path / "cells.jsonl"
    await cells.run(cells.CellsOptions(pack, out, cases=("b",)), engine)

    await cells.run(cells.CellsOptions(pack, out, resume=True), engine)

    assert [item["id"] for item in answered(out)] == ["b", "a"]
    assert len(engine.prompts) == 2


async def test_a_set_up_cell_that_fails_names_the_case_and_its_words(pack: Path, tmp_path: Path) -> None:
    write(pack, [{"id": "c", "setup": ["1", "import absent_module"], "question": "x?", "frames": []}])

    with pytest.raises(PackError, match=r"case c: set-up cell 2 fails: ModuleNotFoundError: .*absent_module"):
        await cells.run(cells.CellsOptions(pack, tmp_path / "cells.jsonl"), OneCell("1"))


async def test_a_case_that_cannot_be_set_up_is_told_and_the_others_are_asked(pack: Path, tmp_path: Path) -> None:
    write(
        pack,
        [
            {"id": "c", "setup": ["import absent_module"], "question": "x?", "frames": []},
            {"id": "d", "setup": ["a = 1"], "question": "What is a?", "frames": []},
        ],
    )
    out = tmp_path / "cells.jsonl"

    table = await cells.run(cells.CellsOptions(pack, out), OneCell("a"))

    first, second = (json.loads(line) for line in out.read_text().splitlines())
    assert (first["code"], second["code"]) == ("", "a")
    assert "absent_module" in first["error"]
    assert "case c: set-up cell 1 fails" in table


async def test_a_case_without_its_fields_is_refused_before_any_kernel_starts(pack: Path, tmp_path: Path) -> None:
    write(pack, [{"id": "d", "question": "x?", "setup": "import os", "frames": []}])

    with pytest.raises(PackError, match="case d needs a question, and setup and frames as lists of texts"):
        await cells.run(cells.CellsOptions(pack, tmp_path / "cells.jsonl"), OneCell("1"))
