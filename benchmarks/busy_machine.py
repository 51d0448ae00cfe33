"""An engine beside busy programs: how fast it reads and writes while others compute, with and without short waits.

    python -m benchmarks.busy_machine [--busy 0 0.05 1 2] [--turns 1000 2000] [--only NAME ...] [--rounds 3]
           [--engine llama] [--model NAME]

Each way is an engine process with the product's settings, and they take turns; beside them run so many processes that never
pause, like a kernel that computes. A share of one, like 0.05, is two processes that wake for a millisecond and sleep, like a
browser and its server. "as it comes" lets GNU OpenMP's threads spin for milliseconds at a barrier, "short waits" is what the
product sets (engine/process), `--turns` are other lengths of the wait, "asleep at once" is OMP_WAIT_POLICY=passive, "one
thread" has no barrier. Medians of the rounds, and the range of decode.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import multiprocessing
import random
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from jupyter_qwen.engine.base import Finished, GenerationRequest, Usage
from jupyter_qwen.engine.choice import EngineChoice, choose
from jupyter_qwen.engine.client.http import HttpEngine
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.process.child_process import SHORT_WAITS, ChildProcess
from jupyter_qwen.engine.process.child_settings import child_settings
from jupyter_qwen.models.store import ModelStore

PROMPT = (
    "-- question {number}\n" + "SELECT city, sum(amount) AS total FROM sales GROUP BY city ORDER BY total DESC;\n" * 4
)
NEW_TOKENS = 48
LOAD_SECONDS = 120.0
AWAKE_SECONDS = 0.001
Way = tuple[str, Mapping[str, str], int | None]


def ways(turns: Sequence[int]) -> list[Way]:
    """Name, environment and threads of each way."""
    return [
        ("as it comes", {}, None),
        ("short waits", SHORT_WAITS, None),
        *((f"{count} turns", {"GOMP_SPINCOUNT": str(count)}, None) for count in turns),
        ("asleep at once", {"OMP_WAIT_POLICY": "passive"}, None),
        ("one thread", {}, 1),
    ]


def burn(share: float) -> None:
    """Compute for that share of the time, for ever."""
    while True:
        ends = time.perf_counter() + AWAKE_SECONDS
        while time.perf_counter() < ends:
            pass
        if share < 1:
            time.sleep(AWAKE_SECONDS * (1 / share - 1) * random.uniform(0.8, 1.2))


async def measured(
    choice: EngineChoice, path: Path, tried: Sequence[Way], *, busy: float, rounds: int
) -> dict[str, list[Usage]]:
    """The cost of `rounds` answers of each way, each to a prompt of its own, beside `busy` processes."""
    processes = 2 if 0 < busy < 1 else round(busy)
    others = [multiprocessing.Process(target=burn, args=(busy,), daemon=True) for _ in range(processes)]
    found: dict[str, list[Usage]] = {name: [] for name, _, _ in tried}
    engines: dict[str, HttpEngine] = {}
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name, environment, threads in tried:
            settings = child_settings(replace(choice, threads=threads or choice.threads), EngineConfig(), path)
            child = ChildProcess(
                f"jupyter_qwen.engine.children.{choice.engine}", settings, log_folder=folder, environment=environment
            )
            stack.push_async_callback(child.stop)
            ready = await child.wait_ready(LOAD_SECONDS)
            engines[name] = HttpEngine(ready.url, child.key, context_tokens=choice.context_tokens)
            stack.push_async_callback(engines[name].aclose)
            await cost(engines[name], "the first answer after loading is not counted", 4)
        for process in others:
            process.start()
            stack.callback(process.kill)
        for number in range(rounds):
            for name in random.sample(list(engines), len(engines)):
                found[name].append(await cost(engines[name], PROMPT.format(number=number), NEW_TOKENS))
    return found


async def cost(engine: HttpEngine, prompt: str, new_tokens: int) -> Usage:
    """What one answer took."""
    async with aclosing(engine.generate(GenerationRequest(prompt, max_new_tokens=new_tokens))) as stream:
        async for piece in stream:
            if isinstance(piece, Finished):
                return piece.usage
    raise SystemExit("the engine ended without saying what the answer cost")


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--busy", type=float, nargs="+", default=[0, 0.05, 1, 2])
    parser.add_argument("--turns", type=int, nargs="*", default=[1000, 2000])
    parser.add_argument("--only", nargs="+", metavar="WAY", help="these ways alone, by their names in the table")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--engine", default="llama", choices=["llama", "transformers"])
    parser.add_argument("--model")
    arguments = parser.parse_args()
    choice = choose(EngineConfig(engine=arguments.engine, model=arguments.model))
    path = ModelStore().verified_path(choice.model, kind="gguf" if choice.engine == "llama" else "safetensors")
    print("| busy programs | way | prefill tok/s | decode tok/s | range |\n|---|---|---|---|---|", flush=True)
    tried = [way for way in ways(arguments.turns) if not arguments.only or way[0] in arguments.only]
    for busy in arguments.busy:
        found = await measured(choice, path, tried, busy=busy, rounds=arguments.rounds)
        for name, costs in found.items():
            prefill = statistics.median((u.prompt_tokens - u.cached_tokens) / u.prefill_seconds for u in costs)
            speeds = [(u.new_tokens - 1) / u.decode_seconds for u in costs]
            row = f"{prefill:.1f} | {statistics.median(speeds):.1f} | {min(speeds):.1f} to {max(speeds):.1f}"
            print(f"| {busy:g} | {name} | {row} |", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
