"""What slows decoding down besides the model: a reader that wakes for every token, and other conversations in the pool.

    python -m benchmarks.decode_losses [--rounds 5] [--work-ms 1] [--held 4] [--model NAME]

One engine process with the product's settings, two clients: one reads every token as it comes, one at the product's pace
(engine/pace.py). `--work-ms` is what the reader computes each time something arrives, as a server does that passes it on. Then so
many idle slots are filled with a thousand tokens each, and put into files (engine/slot_memory.py). Ways take turns, each round
in another order. Medians of tokens a second, from the first to the last that the reader sees.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path

from jupyter_qwen.engine.base import Delta, Finished, GenerationRequest
from jupyter_qwen.engine.choice import choose
from jupyter_qwen.engine.client.http import HttpEngine
from jupyter_qwen.engine.client.pace import REST_SECONDS
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.process.child_settings import child_settings
from jupyter_qwen.engine.process.launch import ChildProcess, short_waits
from jupyter_qwen.engine.slots.plan import CHAT, SlotPlan
from jupyter_qwen.models.store import ModelStore

FILLING = "".join(f"value_{number} = table_{number % 7}.column_{number % 11} + {number * 37}\n" for number in range(24))
PROMPT = f"{FILLING}count: 1, 2, 3, 4, 5, 6,"
NEW_TOKENS = 96
LOAD_SECONDS = 120.0


async def speed(engine: HttpEngine, prompt: str, *, new_tokens: int = NEW_TOKENS, work_ms: float = 0.0) -> float:
    """Tokens a second of one answer, read by somebody who computes for `work_ms` whenever he wakes."""
    woke = first = last = 0.0
    async with aclosing(engine.generate(GenerationRequest(prompt, max_new_tokens=new_tokens, owner=prompt))) as stream:
        async for piece in stream:
            if isinstance(piece, Finished):
                return (piece.usage.new_tokens - 1) / max(last - first, 1e-9)
            now = time.perf_counter()
            if isinstance(piece, Delta) and piece.text:
                first, last = first or now, now
            if isinstance(piece, Delta) and work_ms and now - woke > 0.005:  # what came along is done in one go
                while time.perf_counter() - now < work_ms / 1000:
                    pass
                woke = time.perf_counter()
    raise SystemExit("the engine ended without saying what the answer cost")


async def rounds_of(count: int, ways: dict[str, Callable[[], Awaitable[float]]]) -> None:
    """Each way once a round, in another order each time; prints the medians."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(count):
        for name in random.sample(list(ways), len(ways)):
            found[name].append(await ways[name]())
    for name, speeds in found.items():
        print(f"| {name} | {statistics.median(speeds):.1f} | {min(speeds):.1f} to {max(speeds):.1f} |", flush=True)


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work-ms", type=float, default=1.0)
    parser.add_argument("--held", type=int, default=4, help=f"idle slots to fill, at most {len(CHAT) - 1}")
    parser.add_argument("--model")
    arguments = parser.parse_args()
    choice = choose(EngineConfig(engine="llama", model=arguments.model))
    path = ModelStore().verified_path(choice.model)
    with tempfile.TemporaryDirectory() as folder:
        settings = child_settings(choice, EngineConfig(slot_folder=folder), path)
        child = ChildProcess(
            "jupyter_qwen.engine.children.llama", settings, log_folder=Path(folder), environment=short_waits()
        )
        try:
            ready = await child.wait_ready(LOAD_SECONDS)
            plan = SlotPlan(settings["pool_tokens"])
            at_once = HttpEngine(ready.url, child.key, slots=plan)
            paced = HttpEngine(ready.url, child.key, slots=plan, rest_seconds=REST_SECONDS)
            await speed(at_once, PROMPT, new_tokens=4)
            print("| way | tokens/s | range |\n|---|---|---|", flush=True)
            work = arguments.work_ms
            await rounds_of(
                arguments.rounds,
                {
                    "every token as it comes": lambda: speed(at_once, PROMPT),
                    f"every token as it comes, {work:g} ms of work each time": lambda: speed(
                        at_once, PROMPT, work_ms=work
                    ),
                    "at the product's pace": lambda: speed(paced, PROMPT),
                    f"at the product's pace, {work:g} ms of work each time": lambda: speed(paced, PROMPT, work_ms=work),
                },
            )
            others = [f"# notebook {number}\n{FILLING * 2}" for number in range(min(arguments.held, len(CHAT) - 1))]
            for text in others:
                await speed(at_once, text, new_tokens=2)
            held = sum(plan.held[slot].tokens for slot in plan.idle_chats(-1) if plan.held[slot].text != PROMPT)
            await rounds_of(arguments.rounds, {f"{held} tokens of others in the pool": lambda: speed(paced, PROMPT)})
            await put_away(paced, plan)
            await rounds_of(arguments.rounds, {"the others in files": lambda: speed(paced, PROMPT)})
            for engine in (at_once, paced):
                await engine.aclose()
        finally:
            await child.stop()
    return 0


async def put_away(engine: HttpEngine, plan: SlotPlan) -> None:
    """Save and empty the idle slots, read one back, and say what each took."""
    for slot in plan.idle_chats(-1):
        if plan.held[slot].text == PROMPT:
            continue
        tokens, seconds = plan.held[slot].tokens, []
        for action in ("save", "erase", "restore", "erase"):
            began = time.perf_counter()
            if not await engine.slot_action(slot, action, f"{slot}.kv"):
                raise SystemExit(f"the engine could not {action} slot {slot}")
            seconds.append(1000 * (time.perf_counter() - began))
        print(
            f"slot of {tokens} tokens: saved {seconds[0]:.0f} ms, emptied {seconds[1]:.1f} ms, restored {seconds[2]:.1f} ms"
        )
        plan.emptied(slot)


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
