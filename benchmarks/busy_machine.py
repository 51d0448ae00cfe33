"""An engine beside busy programs: how fast it reads and writes while others compute, with and without short waits.

    python benchmarks/busy_machine.py [--busy 0 1 2] [--rounds 3] [--engine llama] [--model NAME]

Each way is a fresh engine process with the product's settings; beside it run so many processes that never pause, like a browser
that draws or a kernel that computes. "as it comes" lets GNU OpenMP's threads spin for milliseconds at a barrier, "short waits" is
what the product sets (engine/launch.py), "asleep at once" is OMP_WAIT_POLICY=passive, "one thread" has no barrier. Medians of the
rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import statistics
import tempfile
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from jupyter_qwen.engine.base import Finished, GenerationRequest, Usage
from jupyter_qwen.engine.child_settings import child_settings
from jupyter_qwen.engine.choice import Choice, choose
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.http import HttpEngine
from jupyter_qwen.engine.launch import SHORT_WAITS, ChildProcess
from jupyter_qwen.models.store import ModelStore

PROMPT = (
    "-- question {number}\n" + "SELECT city, sum(amount) AS total FROM sales GROUP BY city ORDER BY total DESC;\n" * 4
)
NEW_TOKENS = 24
LOAD_SECONDS = 120.0
WAYS: tuple[tuple[str, Mapping[str, str], int | None], ...] = (
    ("as it comes", {}, None),
    ("short waits", SHORT_WAITS, None),
    ("longer waits", {"GOMP_SPINCOUNT": "20000"}, None),
    ("asleep at once", {"OMP_WAIT_POLICY": "passive"}, None),
    ("one thread", {}, 1),
)


def burn() -> None:
    """Compute for ever."""
    while True:
        pass


async def measured(
    choice: Choice, path: Path, environment: Mapping[str, str], *, busy: int, rounds: int
) -> list[Usage]:
    """The cost of `rounds` answers, each to a prompt of its own, beside `busy` processes."""
    with tempfile.TemporaryDirectory() as folder:
        settings = child_settings(choice, EngineConfig(), path)
        child = ChildProcess(
            f"jupyter_qwen.engine.children.{choice.engine}", settings, log_folder=Path(folder), environment=environment
        )
        others = [multiprocessing.Process(target=burn, daemon=True) for _ in range(busy)]
        try:
            ready = await child.wait_ready(LOAD_SECONDS)
            engine = HttpEngine(ready.url, child.key, context_tokens=choice.context_tokens)
            await cost(engine, "the first answer after loading is not counted", 4)
            for process in others:
                process.start()
            found = [await cost(engine, PROMPT.format(number=number), NEW_TOKENS) for number in range(rounds)]
            await engine.aclose()
            return found
        finally:
            for process in others:
                if process.pid is not None:
                    process.kill()
            await child.stop()


async def cost(engine: HttpEngine, prompt: str, new_tokens: int) -> Usage:
    """What one answer took."""
    async with aclosing(engine.generate(GenerationRequest(prompt, max_new_tokens=new_tokens))) as stream:
        async for piece in stream:
            if isinstance(piece, Finished):
                return piece.usage
    raise SystemExit("the engine ended without saying what the answer cost")


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--busy", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--engine", default="llama", choices=["llama", "transformers"])
    parser.add_argument("--model")
    arguments = parser.parse_args()
    choice = choose(EngineConfig(engine=arguments.engine, model=arguments.model))
    path = ModelStore().verified_path(choice.model, kind="gguf" if choice.engine == "llama" else "safetensors")
    print("| busy programs | way | prefill tok/s | decode tok/s |\n|---|---|---|---|", flush=True)
    for busy in arguments.busy:
        for name, environment, threads in WAYS:
            way = replace(choice, threads=threads or choice.threads)
            found = await measured(way, path, environment, busy=busy, rounds=arguments.rounds)
            prefill = statistics.median((u.prompt_tokens - u.cached_tokens) / u.prefill_seconds for u in found)
            decode = statistics.median(u.new_tokens / u.decode_seconds for u in found)
            print(f"| {busy} | {name} | {prefill:.1f} | {decode:.1f} |", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
