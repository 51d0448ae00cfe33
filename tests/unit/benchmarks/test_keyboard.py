"""The typing bench types what the traces say and counts what a typist would have seen."""

from __future__ import annotations

import asyncio
import json
import selectors
import shutil
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path

import pytest

from benchmarks.keyboard import report as keyboard_report
from benchmarks.keyboard import run as typing
from benchmarks.keyboard.run import accepted_characters
from benchmarks.keyboard.trace import Key, Trace, TracedEditor, load
from benchmarks.keyboard.typist import KeyRecord, Typist
from jupyter_qwen.assistant.events import CompletionText
from jupyter_qwen.engine.base import Capabilities, Delta, Finished, GenerationRequest, Usage
from jupyter_qwen.evaluate.predictions import PackError

FOLDER = typing.FOLDER


def trace(text: str, *, closes: bool = False, gap: float = 0.01) -> Trace:
    keys = tuple(Key(gap * number, character) for number, character in enumerate(text))
    return Trace("t", 0, closes, "x = 1\n", "\nend()", gap * len(text) + 0.3, keys)


class AheadOfTime(asyncio.SelectorEventLoop):
    """A loop whose clock jumps to the next timer, so that nothing depends on how busy the machine is."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        wait = self._selector.select  # type: ignore[attr-defined]

        def select(timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
            self._now += timeout or 0.0
            ready: list[tuple[selectors.SelectorKey, int]] = wait(0)
            return ready

        self._selector.select = select  # type: ignore[attr-defined]

    def time(self) -> float:
        return self._now


def untimed(work: Coroutine[None, None, list[KeyRecord]]) -> list[KeyRecord]:
    loop = AheadOfTime()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


def test_the_traces_type_what_their_scripts_say() -> None:
    notebook, traces = load(FOLDER)

    assert len(notebook.cells) == 30
    assert len(traces) == 5
    for found in traces:
        script = (FOLDER / "scripts" / f"{found.name}.txt").read_text(encoding="utf8")
        words = [word for word in found.typed.split() if word.isalnum()]
        assert all(word in script for word in words)
        assert list(found.keys) == sorted(found.keys, key=lambda key: key.at)


def test_the_editor_closes_brackets_and_types_over_them() -> None:
    editor = TracedEditor(trace("", closes=True))
    for key in 'f(["a"], 1)':
        editor.press(key)

    assert (editor.prefix, editor.suffix) == ('x = 1\nf(["a"], 1)', "\nend()")


def test_characters_are_accepted_once_and_only_while_they_are_right() -> None:
    records = [
        KeyRecord(1, 0.1, visible="bcd_"),
        KeyRecord(2, 0.1, visible="cdx"),
        KeyRecord(4, 0.1, visible="ef"),
        KeyRecord(5, 0.1, visible="z"),
    ]

    assert accepted_characters(trace("abcdefgh"), records) == 5


def test_a_typist_sees_text_at_once_when_typing_along() -> None:
    wanted = trace("total = price * count", gap=0.04)
    whole = "x = 1\n" + wanted.typed
    asked: list[str] = []

    async def ask(prefix: str, suffix: str) -> AsyncIterator[CompletionText]:
        asked.append(prefix)
        yield CompletionText(whole[len(prefix) :], done=True)

    slow_start = Trace(**{**wanted.__dict__, "keys": (wanted.keys[0], *(Key(k.at + 0.3, k.text) for k in wanted.keys[1:])),
                          "ends": wanted.ends + 0.3})  # fmt: skip
    records = untimed(Typist(slow_start, ask).run())

    assert records[0].visible == "otal = price * count"
    assert [record.along for record in records] == [False] + [True] * (len(records) - 2) + [False]
    assert accepted_characters(slow_start, records) == len(wanted.typed) - 1


class Scribe:
    """An engine that always writes the same."""

    capabilities = Capabilities(grammar=False)
    context_tokens = 4096

    async def generate(self, request: GenerationRequest) -> AsyncIterator[Delta | Finished]:
        if request.max_new_tokens:
            yield Delta("price * count")
        yield Finished("stop", Usage(prompt_tokens=100, cached_tokens=90, new_tokens=3))

    async def count_tokens(self, text: str) -> int:
        return len(text) // 4 + 1

    async def engine(self) -> Scribe:
        return self

    def describe(self) -> dict[str, str]:
        return {"state": "ready", "engine": "scribe"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The notebook, and two short traces."""
    (tmp_path / "traces").mkdir()
    shutil.copy(FOLDER / "notebook.json", tmp_path)
    for name in ("one", "sql_string"):
        data = {"name": name, "after_cell": 30, "closes_brackets": False, "prefix": "", "suffix": "",
                "keys": [[10 * n, c] for n, c in enumerate("total = ")] + [[1200, "p"]], "ends_ms": 1400}  # fmt: skip
        (tmp_path / "traces" / f"{name}.json").write_text(json.dumps(data))
    return tmp_path


async def test_all_traces_are_typed_and_some_again_in_the_large_notebook(folder: Path) -> None:
    report = json.loads(await typing.run(typing.TypingOptions(folder, as_json=True), Scribe()))

    small, large = report["runs"]
    assert (small["cells"], large["cells"], large["columns"]) == (30, 300, 200)
    assert (list(small["traces"]), list(large["traces"])) == (["one", "sql_string"], ["sql_string"])
    assert small["all"]["keys"] == 18
    assert report["compared"]["keys"] == large["all"]["keys"] == 9
    assert small["all"]["pauses waited"] == 2
    assert 0 < small["all"]["pause to text p50"] < 1
    assert small["all"]["prompt tokens reused"] == pytest.approx(0.9)

    text = keyboard_report.table(report)
    assert "| | target | one | sql_string | all, 30 cells | the same traces, 30 cells | these traces, 300 cells" in text
    assert "| pause to text p50 | ≤ 600 ms |" in text
    assert "within 20 %" in text


async def test_a_size_that_is_asked_for_is_the_only_run(folder: Path) -> None:
    options = typing.TypingOptions(folder, traces=("one",), columns=50)

    text = await typing.run(options, Scribe())

    assert "| | target | one | all, 30 cells, 50 columns |" in text


async def test_a_trace_that_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(PackError, match="no trace two"):
        await typing.run(typing.TypingOptions(folder, traces=("two",)), Scribe())
