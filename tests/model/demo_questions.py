"""Sixty questions about the demo's tables, with what is right: `python tests/model/demo_questions.py` asks the real model.

A question goes the way of a user's: the notebook's loading cells run, the collector reads what they made, `assistant.ask`
answers, and the query runs where the cell would. An answer is right when it has the rows of one gold query: columns may stand in
any order and be more than the gold's, a percentage may be rounded, months and weekdays may be written in any of the usual ways.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import decimal
import itertools
import json
import math
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from jupyter_qwen.assistant.ask import collect_answer
from jupyter_qwen.assistant.engines import SupervisedEngines
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.assistant.services import Services
from jupyter_qwen.demo.demo_folder import RIDES_NOTEBOOK, SHOP_NOTEBOOK, build_demo
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.knowledge.files import KnowledgeFiles
from jupyter_qwen.schema.collect import collect
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.notebook import Cell

Row = tuple[Any, ...]

_MONTHS = (
    "date_trunc('month', {0})",
    "month({0})",
    "strftime({0}, '%Y-%m')",
    "strftime({0}, '%m')",
    "monthname({0})",
    "strftime({0}, '%b')",
)
_WEEKDAYS = ("dayname({0})", "dayofweek({0})", "isodow({0})", "strftime({0}, '%a')", "strftime({0}, '%w')")


@dataclass(frozen=True)
class Case:
    """One question; every query of `gold` is right."""

    id: str
    question: str
    gold: tuple[str, ...]

    @property
    def notebook(self) -> str:
        return SHOP_NOTEBOOK if self.id.startswith("shop") else RIDES_NOTEBOOK


def cases() -> list[Case]:
    """All sixty, from demo_questions.jsonl."""
    found = []
    for line in Path(__file__).with_suffix(".jsonl").read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        gold = [item["gold"]] if isinstance(item["gold"], str) else item["gold"]
        found.append(Case(item["id"], item["question"], tuple(itertools.chain.from_iterable(map(spelled, gold)))))
    return found


def spelled(gold: str) -> tuple[str, ...]:
    """`{m:x}` and `{w:x}` stand for the usual ways to write a month and a weekday."""
    for mark, ways in (("m", _MONTHS), ("w", _WEEKDAYS)):
        if match := re.search(rf"{{{mark}:(\w+)}}", gold):
            return tuple(gold.replace(match.group(), way.format(match.group(1))) for way in ways)
    return (gold,)


class DemoKernel:
    """The names that a demo notebook's loading cells make, in this process. They are our own cells."""

    def __init__(self, notebook: Path) -> None:
        content = json.loads(notebook.read_text(encoding="utf-8"))
        loads = content["metadata"]["jupyter_qwen"]["loads"]
        self.cells = tuple(
            Cell(id=cell["id"], type="code", source=cell["source"], execution_count=number)
            for number, cell in enumerate(content["cells"], 1)
            if cell["id"] in loads
        )
        self.names: dict[str, Any] = {}
        before = Path.cwd()
        os.chdir(notebook.parent)
        try:
            for cell in self.cells:
                exec(cell.source, self.names)
        finally:
            os.chdir(before)
        self.schema = Schema.from_json(collect({name: value for name, value in self.names.items() if name[0] != "_"}))

    def rows(self, query: str) -> list[Row]:
        """What the query gives where the notebook's cells run it. Raises duckdb.Error."""
        run = {"query": query, **self.names}
        exec(f"answer = {'con' if 'con' in self.names else 'duckdb'}.sql(query).fetchall()", run)
        return list(run["answer"])


def right(answer: Sequence[Row], gold: Sequence[Row]) -> bool:
    """Whether some columns of the answer are the columns of the gold, row for row, in any order of rows."""
    if len(answer) != len(gold):
        return False
    if not gold:
        return True
    wanted = [[_plain(value) for value in column] for column in zip(*gold, strict=True)]
    given = [[_plain(value) for value in column] for column in zip(*answer, strict=True)]
    fitting = [[index for index, column in enumerate(given) if _same(column, one)] for one in wanted]
    expected = sorted(zip(*wanted, strict=True), key=_order)
    return any(
        all(
            _close(left, right_)
            for pair in zip(sorted(zip(*(given[i] for i in chosen), strict=True), key=_order), expected, strict=True)
            for left, right_ in zip(*pair, strict=True)
        )
        for chosen in itertools.product(*fitting)
        if len(set(chosen)) == len(chosen)
    )


def shown_right(shown: Sequence[Sequence[str]], gold: Sequence[Row]) -> bool:
    """Whether rows of texts, as a notebook shows them, are rows of the gold, each once; ten at least where it has as many."""
    if len(shown) < min(len(gold), 10):
        return False
    left = [[_plain(value) for value in row] for row in gold]
    for row in shown:
        values = [_number(text) for text in row]
        found = next((one for one in left if all(any(_close(v, w) for v in values) for w in one)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return None if text in ("NULL", "None", "NaN") else text.removesuffix(" 00:00:00")


def _same(one: Sequence[Any], other: Sequence[Any]) -> bool:
    pairs = zip(sorted(((v,) for v in one), key=_order), sorted(((v,) for v in other), key=_order), strict=True)
    return all(_close(left[0], right_[0]) for left, right_ in pairs)


def _plain(value: Any) -> Any:
    if isinstance(value, bool | int | decimal.Decimal):
        return float(value)
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return str(value.date())
    return value if value is None or isinstance(value, float) else str(value)


def _order(row: Sequence[Any]) -> list[tuple[bool, str, Any]]:
    """Texts before numbers, so that rounded numbers bring no row out of place beside a text of its own."""
    kinds = [(isinstance(value, float), type(value).__name__, 0 if value is None else value) for value in row]
    return sorted(kinds, key=lambda kind: kind[0])


def _close(left: Any, right_: Any) -> bool:
    if isinstance(left, float) and isinstance(right_, float):
        return math.isclose(left, right_, rel_tol=1e-4, abs_tol=0.0051)
    return bool(left == right_)


@dataclass(frozen=True)
class Outcome:
    """How one question was answered."""

    case: Case
    is_right: bool
    mode: str
    sql: str
    why: str
    seconds: float


async def ask_demo(chosen: Sequence[Case], folder: Path) -> list[Outcome]:
    """Ask the default engine; prints a line for each question as it is answered."""
    build_demo(folder)
    engines = SupervisedEngines(EngineConfig())
    services = Services(engines, knowledge=KnowledgeFiles(folder))
    kernels: dict[str, DemoKernel] = {}
    outcomes = []
    try:
        for case in chosen:
            if case.notebook not in kernels:
                kernels[case.notebook] = DemoKernel(folder / case.notebook)
            kernel = kernels[case.notebook]
            outcomes.append(outcome := await _outcome(case, kernel, services))
            print(json.dumps({
                "id": case.id, "right": outcome.is_right, "seconds": round(outcome.seconds, 1), "mode": outcome.mode,
                "question": case.question, "why": outcome.why, "sql": outcome.sql,
            }), flush=True)  # fmt: skip
    finally:
        await engines.aclose()
    return outcomes


async def _outcome(case: Case, kernel: DemoKernel, services: Services) -> Outcome:
    question = Question(
        text=case.question,
        thread=case.notebook,
        cells=kernel.cells,
        active_cell=kernel.cells[-1].id,
        schema=kernel.schema,
    )
    answer = await collect_answer(question, services)
    block = next((block for block in answer.blocks if block.verdict is not None), None)
    if block is None:
        return Outcome(case, False, answer.mode, answer.markdown, "no query", answer.seconds)
    try:
        rows = kernel.rows(block.source)
    except duckdb.Error as error:
        return Outcome(case, False, answer.mode, block.source, str(error).splitlines()[0], answer.seconds)
    is_right = any(right(rows, kernel.rows(gold)) for gold in case.gold)
    why = "" if is_right else f"got {len(rows)} rows, first {rows[:2]}; wanted {kernel.rows(case.gold[0])[:2]}"
    return Outcome(case, is_right, answer.mode, block.source, why, answer.seconds)


def main(arguments: Sequence[str]) -> None:
    """--every N --from K asks each N-th question from the K-th on; --case ID one of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, metavar="N")
    parser.add_argument("--from", type=int, default=0, metavar="K", dest="first")
    parser.add_argument("--case", action="append", default=[], metavar="ID")
    options = parser.parse_args(arguments)
    chosen = [case for case in cases()[options.first :: options.every] if not options.case or case.id in options.case]
    with tempfile.TemporaryDirectory() as folder:
        outcomes = asyncio.run(ask_demo(chosen, Path(folder, "demo")))
    print(f"{sum(outcome.is_right for outcome in outcomes)} of {len(outcomes)} right")


if __name__ == "__main__":
    main(sys.argv[1:])
