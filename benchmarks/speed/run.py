"""The parts of a run in their order, each figure told as soon as it is there."""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.keyboard.run import FOLDER, figures_of, measure
from benchmarks.keyboard.trace import load
from benchmarks.speed import machine, questions, traffic
from benchmarks.speed.pairs import Measured
from benchmarks.speed.product import serving
from jupyter_qwen.assistant.engines import SupervisedEngines
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.evaluate.raw import running

PARTS = ("engine", "question", "sql", "prepared", "completion", "notebooks", "typing", "ours", "clients", "streams")
WITH_MODEL = frozenset({"engine", "question", "sql", "prepared", "completion", "notebooks"})
DEFAULT_PARTS = PARTS
TRACE = "function_body"

Tell = Callable[[str], None]


@dataclass(frozen=True)
class SpeedOptions:
    """What to measure. `rounds` is how many warm questions; the others follow from it."""

    parts: tuple[str, ...] = DEFAULT_PARTS
    rounds: int = 6
    traces: Path = FOLDER


async def run(options: SpeedOptions, config: EngineConfig, tell: Tell) -> dict[str, Any]:
    """Measure; returns the run's JSON. `tell` hears every figure in words. Raises BenchError or EngineError."""
    described = machine.describe()
    if described["busy"]:
        tell(f"Warning: {described['busy']}")
    began = time.monotonic()
    figures: list[Measured] = []
    engine: dict[str, Any] = {}
    async for item in _figures(options, config):
        if isinstance(item, Measured):
            figures.append(item)
            data = item.to_json()
            beside = f" (raw {data['raw_p50']:.2f})" if item.raw else ""
            tell(f"{item.part}: {item.name}: {data['p50']:.2f} {item.unit}{beside}")
        else:
            engine = item
    return {
        "version": 1,
        "machine": described,
        "engine": engine,
        "parts": list(options.parts),
        "seconds": round(time.monotonic() - began, 1),
        "figures": [figure.to_json() for figure in figures],
    }


async def _figures(options: SpeedOptions, config: EngineConfig) -> AsyncIterator[Measured | dict[str, Any]]:
    chosen = [part for part in PARTS if part in options.parts]
    with tempfile.TemporaryDirectory(prefix="jupyter_qwen_bench_") as name:
        folder = Path(name)
        if WITH_MODEL & set(chosen):
            async for item in _with_model(options, config, folder, chosen):
                yield item
        if "typing" in chosen:
            async for figure in _typing(options, config):
                yield figure
        if "ours" in chosen:
            below = folder / "ours"
            below.mkdir()
            async for figure in traffic.overhead(below, rounds=20):
                yield figure
        for part, clients, asked in (("clients", 10, 5), ("streams", 100, 1)):
            if part in chosen:
                below = folder / part
                below.mkdir()
                async for figure in traffic.clients(below, clients=clients, questions=asked):
                    yield figure


async def _with_model(
    options: SpeedOptions, config: EngineConfig, folder: Path, chosen: Sequence[str]
) -> AsyncIterator[Measured | dict[str, Any]]:
    async with serving(config, folder) as product, running(config, folder) as raw:
        status = await product.load()
        model = status["model"] or {}
        yield {"engine": status["engine"], "model": model.get("label"), "device": status["device"]}
        parts: dict[str, Callable[[], AsyncIterator[Measured]]] = {
            "engine": lambda: questions.engine(product, raw, rounds=options.rounds),
            "question": lambda: questions.questions(product, raw, rounds=options.rounds),
            "sql": lambda: questions.sql(product, raw, rounds=max(1, options.rounds // 3)),
            "prepared": lambda: questions.prepared(product),
            "completion": lambda: traffic.overtaking(product),
            "notebooks": lambda: traffic.notebooks(product, raw, rounds=max(1, options.rounds // 4)),
        }
        for part, measure in parts.items():
            if part in chosen:
                async for figure in measure():
                    yield figure


async def _typing(options: SpeedOptions, config: EngineConfig) -> AsyncIterator[Measured]:
    """The typing bench's own figures for one trace; it runs in this process, with a child of its own."""
    engines = SupervisedEngines(config)
    try:
        notebook, traces = load(options.traces)
        trace = [trace for trace in traces if trace.name == TRACE] or list(traces[:1])
        figures = figures_of(await measure(notebook.grown(cells=30, columns=0), trace, engines))
    finally:
        await engines.aclose()
    note = f"{figures['pauses']} pauses, {figures['keys']} keys, trace {trace[0].name}"
    waits = (figures["pause to text p50"], figures["pause to text p95"])
    yield Measured("typing", "pause to text (p50 and p95 of the trace)", "s", waits, note=note)
    share = 100 * figures["prompt tokens reused"]
    yield Measured("typing", "prompt tokens reused", "%", (share,), better="more")
