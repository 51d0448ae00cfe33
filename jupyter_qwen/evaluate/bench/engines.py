"""``jupyter qwen bench engines``: prefill and decode of each engine through the product's client, beside the raw library.

Ours and raw take turns on prompts that nobody has cached: llama.cpp's server with settings of its own, and transformers'
`generate` in a process of its own. Seconds are the reader's: from the request to the first and to the last token.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from jupyter_qwen.engine.base import Delta, Engine, EngineError, Finished, GenerationRequest
from jupyter_qwen.engine.config import EngineConfig, EngineName
from jupyter_qwen.engine.process.supervisor import Supervisor
from jupyter_qwen.evaluate.bench import raw

ENGINES: tuple[EngineName, ...] = ("llama", "transformers")
NEW_TOKENS = 32
FILLING = "".join(f"value_{number} = table_{number % 7}.column_{number % 11} + {number * 37}\n" for number in range(24))


@dataclass(frozen=True)
class Timed:
    """One answer: tokens of its prompt, seconds to the first token, new tokens, seconds to the last."""

    prompt_tokens: int
    first: float
    new_tokens: int
    done: float

    @property
    def prefill(self) -> float:
        """Tokens per second until the first new one."""
        return self.prompt_tokens / self.first

    @property
    def decode(self) -> float:
        """Tokens per second behind the first new one."""
        return (self.new_tokens - 1) / max(self.done - self.first, 1e-9)


Answer = Callable[[str], Awaitable[Timed]]


async def measure(
    config: EngineConfig, engines: tuple[EngineName, ...], rounds: int, tell: Callable[[str], None]
) -> str:
    """The table; engines that are not here are lines that say why."""
    lines = ["engine        what     ours tok/s   raw tok/s   ours / raw"]
    for name in engines:
        tell(f"{name}: loading")
        supervisor = Supervisor(replace(config, engine=name))
        try:
            engine = await supervisor.engine()
            async with _raw(replace(config, engine=name), supervisor) as beside:
                pairs = [await _pair(number, engine, beside) for number in range(rounds + 1)][1:]
        except EngineError as error:
            lines.append(f"{name:<13} {error} {error.hint}")
            continue
        finally:
            await supervisor.aclose()
        for what in ("prefill", "decode"):
            ours = median(getattr(one, what) for one, _ in pairs)
            theirs = median(getattr(one, what) for _, one in pairs)
            lines.append(f"{name:<13} {what:<8} {ours:>10.1f} {theirs:>11.1f} {ours / theirs:>12.3f}")
    return "\n".join(lines)


async def _pair(number: int, engine: Engine, beside: Answer) -> tuple[Timed, Timed]:
    """Both on prompts of one length that begin differently; who goes first changes."""
    texts = [f"# {side}{number} {time.time_ns()}\n{FILLING}count: 1, 2, 3, 4, 5, 6," for side in "ab"]
    if number % 2:
        theirs = await beside(texts[1])
        return await _ours(engine, texts[0]), theirs
    ours = await _ours(engine, texts[0])
    return ours, await beside(texts[1])


async def _ours(engine: Engine, prompt: str) -> Timed:
    began, first, last, usage = time.perf_counter(), 0.0, 0.0, None
    async for item in engine.generate(GenerationRequest(prompt, max_new_tokens=NEW_TOKENS, lane="evaluation")):
        if isinstance(item, Finished):
            usage = item.usage
        elif isinstance(item, Delta) and item.text:
            last = time.perf_counter() - began
            first = first or last
    assert usage is not None
    return Timed(usage.prompt_tokens - usage.cached_tokens, first, usage.new_tokens, last)


@contextlib.asynccontextmanager
async def _raw(config: EngineConfig, supervisor: Supervisor) -> AsyncIterator[Answer]:
    """The raw library on the same weights."""
    if config.engine == "transformers":
        async with _plain(supervisor) as answer:
            yield answer
        return
    with tempfile.TemporaryDirectory() as folder:
        async with raw.running(config, Path(folder)) as engine:
            assert engine is not None

            async def answered(prompt: str) -> Timed:
                heard = await engine.complete(prompt, max_new_tokens=NEW_TOKENS)
                return Timed(heard.prompt_tokens - heard.cached_tokens, heard.first, heard.new_tokens, heard.last)

            yield answered


@contextlib.asynccontextmanager
async def _plain(supervisor: Supervisor) -> AsyncIterator[Answer]:
    status = supervisor.status
    threads = str(supervisor.config.threads or _threads())
    command = [
        "-m",
        "jupyter_qwen.engine.children.plain_generate",
        str(status.model_file),
        threads,
        status.dtype or "bfloat16",
    ]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        if not await process.stdout.readline():
            raise EngineError("The raw library could not load the model.")

        async def answered(prompt: str) -> Timed:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps({"prompt": prompt, "new": NEW_TOKENS}).encode() + b"\n")
            await process.stdin.drain()
            return Timed(**json.loads(await process.stdout.readline()))

        yield answered
    finally:
        process.stdin.close()
        await process.wait()


def _threads() -> int:
    from jupyter_qwen.models import fit

    return fit.usable_cores()
