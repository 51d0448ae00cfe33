"""``python -m benchmarks.keyboard``: replays typing traces into the assistant and reports what a typist would have seen.

Every trace is typed in real time. The cell is entered before, so its prompt is warm, as it is in the product once the
cursor rests there; what that cost is told apart. Without ``--cells`` and ``--columns`` all traces are typed in the notebook of
30 cells, and two of them once more in one of 300 cells whose frames have 200 columns: seven minutes in all.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from benchmarks.keyboard.meter import MeteredEngines, TypingMeter, shared_beginning
from benchmarks.keyboard.report import table
from benchmarks.keyboard.trace import Notebook, Trace, load
from benchmarks.keyboard.typist import KeyRecord, Typist
from jupyter_qwen.assistant.completion.complete import complete
from jupyter_qwen.assistant.events import CompletionText
from jupyter_qwen.assistant.question import CompletionQuestion
from jupyter_qwen.assistant.services import EngineSource, Services
from jupyter_qwen.evaluate.predictions import PackError, percentile
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.notebook import Cell

PAUSE_SECONDS = 0.8  # a gap that long is a pause: somebody may read what is suggested
FOLDER = Path(__file__).parent
_USUAL, _LARGE = (30, 0), (300, 200)  # cells, columns
_TYPED_AGAIN = ("function_body", "sql_string")  # in the large notebook; all of them would take nine minutes


@dataclass(frozen=True)
class TypingOptions:
    """What to type, and into what. `cells` and `columns` grow the notebook and its frames; ``None`` for both runs."""

    folder: Path = FOLDER
    traces: tuple[str, ...] = ()
    cells: int | None = None
    columns: int | None = None
    as_json: bool = False


@dataclass
class Run:
    """The records of some traces, and the counters of the desk and the engine."""

    records: list[tuple[Trace, list[KeyRecord]]] = field(default_factory=list)
    warm_seconds: list[float] = field(default_factory=list)
    reused: int = 0
    prompt_tokens: int = 0
    requests: int = 0
    generations: int = 0
    remembered: int = 0
    cancelled: int = 0
    cut_short: int = 0
    ahead: int = 0
    new_tokens: int = 0
    unheard_tokens: int = 0

    def __add__(self, other: Run) -> Run:
        return Run(*(getattr(self, part.name) + getattr(other, part.name) for part in fields(self)))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--folder, --traces, --cells, --columns, --json. The engine's options are the caller's."""
    parser.add_argument("--folder", type=Path, default=FOLDER, help="notebook.json and traces/ (default: %(default)s)")
    parser.add_argument("--traces", nargs="+", default=[], metavar="NAME", help="only these traces")
    parser.add_argument("--cells", type=int, help="one run, in a notebook of so many cells (default: 30, then 300)")
    parser.add_argument("--columns", type=int, help="one run, every DataFrame widened to so many columns")
    parser.add_argument("--json", action="store_true", help="figures as JSON")


def options_from(arguments: argparse.Namespace) -> TypingOptions:
    """The options that the arguments say."""
    return TypingOptions(arguments.folder, tuple(arguments.traces), arguments.cells, arguments.columns, arguments.json)


async def run(options: TypingOptions, engines: EngineSource) -> str:
    """Type the traces; returns the table, or the JSON. Raises PackError or EngineError."""
    notebook, traces = load(options.folder)
    unknown = set(options.traces) - {trace.name for trace in traces}
    if unknown:
        raise PackError(f"{options.folder} has no trace {', '.join(sorted(unknown))}")
    chosen = [trace for trace in traces if not options.traces or trace.name in options.traces]
    if options.cells is None and options.columns is None:
        again = [trace for trace in chosen if trace.name in _TYPED_AGAIN] or chosen[:1]
        plan = [(_USUAL, chosen), (_LARGE, again)]
    else:
        plan = [((options.cells or _USUAL[0], options.columns or 0), chosen)]
    report: dict[str, Any] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        "runs": [],
    }
    done: list[dict[str, Run]] = []
    for (cells, columns), typed in plan:
        runs = await _type_all(notebook, typed, engines, cells=cells, columns=columns)
        done.append(runs)
        figures = {name: figures_of(result) for name, result in runs.items()}
        together = figures_of(sum(runs.values(), Run()))
        report["runs"].append({"cells": cells, "columns": columns, "traces": figures, "all": together})
    if len(done) > 1:
        report["compared"] = figures_of(sum((done[0][name] for name in done[1]), Run()))
    report["engine"] = str(engines.describe().get("engine"))
    return json.dumps(report, indent=1) if options.as_json else table(report)


async def _type_all(
    notebook: Notebook, traces: Sequence[Trace], engines: EngineSource, *, cells: int, columns: int
) -> dict[str, Run]:
    grown = notebook.grown(cells=cells, columns=columns)
    runs = {}
    for trace in traces:
        print(f"typing {trace.name}, {cells} cells: {trace.ends:.0f} s", file=sys.stderr, flush=True)
        runs[trace.name] = await measure(grown, [trace], engines, shift=max(0, cells - len(notebook.cells)))
    return runs


@dataclass(frozen=True)
class _Cell:
    """The active cell of a notebook, as the front end would ask about it."""

    thread: str
    above: tuple[Cell, ...]
    schema: Schema
    services: Services

    def ask(self, prefix: str, suffix: str, *, warm: bool = False) -> AsyncIterator[CompletionText]:
        question = CompletionQuestion(
            prefix, suffix, thread=self.thread, cells=self.above, schema=self.schema, warm=warm
        )  # fmt: skip
        return complete(question, self.services)


async def measure(notebook: Notebook, traces: Sequence[Trace], engines: EngineSource, *, shift: int = 0) -> Run:
    """Type `traces` one after the other. `shift` is how many cells were put above those that the traces count."""
    meter = TypingMeter(await engines.engine())
    result = Run()
    for trace in traces:
        services = Services(MeteredEngines(engines, meter))
        cell = _Cell(trace.name, notebook.cells[: trace.after_cell + shift], notebook.schema, services)
        began = time.monotonic()
        async for _ in cell.ask(trace.prefix, trace.suffix, warm=True):
            result.warm_seconds.append(time.monotonic() - began)
        first = len(meter.generations)
        result.records.append((trace, await Typist(trace, cell.ask).run()))
        await services.completion.aclose()
        reused, total = await meter.reuse(first=first)
        counters = services.completion.counters
        result.reused += reused
        result.prompt_tokens += total
        result.requests += counters.requests
        result.generations += counters.begun
        result.remembered += counters.remembered
        result.cancelled += counters.cancelled
        result.cut_short += counters.cut_short
        result.ahead += counters.ahead
        result.new_tokens += counters.tokens
        result.unheard_tokens += counters.unheard
    return result


def figures_of(result: Run) -> dict[str, Any]:
    """The figures of a run: seconds, counts and shares (0 to 1)."""
    records = [record for _, found in result.records for record in found]
    pauses = [record for record in records if record.gap >= PAUSE_SECONDS]
    computed = [record for record in pauses if not record.along]
    silent = [record for record in computed if record.shown_after is None and record.ended]
    # no text before the next key, though the server was not done: at least as long as the pause
    waits = [record.shown_after or record.gap for record in computed if record not in silent]
    along = [record.shown_after for record in records if record.along and record.shown_after is not None]
    typed = sum(len(trace.typed) for trace, _ in result.records)
    accepted = sum(accepted_characters(trace, found) for trace, found in result.records)
    in_flight = result.cut_short  # one token is being computed when the engine hears of it
    return {
        "keys": len(records),
        "pauses": len(pauses),
        "pauses where text was there": len(pauses) - len(computed),
        "pauses without a suggestion": len(silent),
        "pauses waited": len(waits),
        "pause to text p50": percentile(waits, 0.5),
        "pause to text p95": percentile(waits, 0.95),
        "typed along p50": percentile(along, 0.5),
        "typed along p95": percentile(along, 0.95),
        "keys typed along": len(along),
        "keys with a suggestion": sum(r.shown_after is not None for r in records) / max(1, len(records)),
        "accepted characters": accepted / max(1, typed),
        "requests": result.requests,
        "answered from memory": result.remembered,
        "generations": result.generations,
        "computed ahead": result.ahead,
        "cancelled": result.cancelled,
        "prompt tokens": result.prompt_tokens,
        "prompt tokens reused": result.reused / max(1, result.prompt_tokens),
        "new tokens": result.new_tokens,
        "new tokens after cancellation": (result.unheard_tokens + in_flight) / max(1, result.new_tokens + in_flight),
        "warming p50": percentile(result.warm_seconds, 0.5),
    }


def accepted_characters(trace: Trace, records: Sequence[KeyRecord]) -> int:
    """How many characters a user who wants exactly the trace's text could have accepted: two or more in a row, none twice."""
    typed, covered = trace.typed, 0
    end = 0
    for record in records:
        right = shared_beginning(record.visible, typed[record.position :])
        if right >= 2:
            begin = max(end, record.position)
            end = max(end, record.position + right)
            covered += end - begin
    return covered
