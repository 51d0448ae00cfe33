"""``jupyter qwen bench``: prefill, decode and the first token of an engine through our client, beside the raw library.

Ours and raw take turns on prompts that nobody has cached. Each prompt is asked about a second time, with another question at its
end: that is the warm one, which an engine that keeps what it computed answers at once. Seconds are the reader's: from the request
to the first and to the last token.
"""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

from jupyter_qwen.engine.base import Delta, Engine, EngineError, Finished, GenerationRequest
from jupyter_qwen.engine.builds.server_facts import LlamaServer
from jupyter_qwen.engine.config import EngineConfig, EngineName
from jupyter_qwen.engine.process.supervisor import Supervisor
from jupyter_qwen.evaluate import raw
from jupyter_qwen.evaluate.raw import Heard, Raw

LOCAL_ENGINES: tuple[EngineName, ...] = ("llama", "transformers")
NEW_TOKENS = 32
FILLING = "".join(f"value_{number} = table_{number % 7}.column_{number % 11} + {number * 37}\n" for number in range(24))
COLD, WARM = "count: 1, 2, 3, 4, 5, 6,", "count again: 11, 12, 13, 14,"
# what is told: (name, unit, whether of the cold answer, which value of it)
FIGURES = (
    ("prefill", "tok/s", True, "prefill_rate"),
    ("decode", "tok/s", True, "decode_rate"),
    ("first token, cold", "s", True, "first"),
    ("first token, warm", "s", False, "first"),
)

Asked = tuple[Heard, Heard]  # the cold answer and the warm one


async def measure(
    config: EngineConfig,
    engines: tuple[EngineName, ...],
    rounds: int,
    tell: Callable[[str], None],
    servers: tuple[LlamaServer, ...] = (),
) -> str:
    """The table, medians of `rounds` after one to warm up. An engine that is not here is a line that says why.

    Each of `servers` is measured as the llama engine too, beside the wheel's library.

    Raises BenchError when a raw library refuses.
    """
    lines = [f"{'engine':<13} {'figure':<18} {'ours':>9} {'raw':>9}        ours / raw"]
    own = replace(config, llama_server="none") if servers else config
    ways: list[tuple[EngineName, str, EngineConfig]] = [(name, name, replace(own, engine=name)) for name in engines]
    ways += [("llama", server.label, replace(config, engine="llama", llama_server=server.path)) for server in servers]
    for name, label, way in ways:
        tell(f"{label}: loading")
        if label != name:
            lines.append(f"{label}, beside the wheel's library:")
        supervisor = Supervisor(way)
        try:
            engine = await supervisor.engine()
            async with _beside(config, supervisor) as beside:
                pairs = [await _pair(number, engine, beside) for number in range(rounds + 1)][1:]
            lines += _lines(str(supervisor.status.engine or name), pairs)
        except EngineError as error:
            lines.append(f"{name:<13} {error} {error.hint}")
        finally:
            await supervisor.aclose()
    return "\n".join(lines)


def _lines(name: str, pairs: list[tuple[Asked, Asked | None]]) -> list[str]:
    lines = []
    for figure, unit, cold, value in FIGURES:
        ours = _median([getattr(one[0 if cold else 1], value) for one, _ in pairs])
        theirs = _median([getattr(one[0 if cold else 1], value) for _, one in pairs if one])
        told = [f"{number:.2f}" if number else "–" for number in (ours, theirs)]
        ratio = f"{ours / theirs:.3f}" if ours and theirs else "–"
        lines.append(f"{name:<13} {figure:<18} {told[0]:>9} {told[1]:>9} {unit:<6} {ratio:>11}")
    return lines


def _median(values: list[float]) -> float:
    """The middle of those that could be told; 0 where none could."""
    known = [value for value in values if value]
    return median(known) if known else 0.0


async def _pair(number: int, engine: Engine, beside: Raw | None) -> tuple[Asked, Asked | None]:
    """Both on prompts of one length that begin differently; who goes first changes."""
    beginnings = [f"# {side}{number} {time.time_ns()}\n{FILLING}" for side in "ab"]
    if beside is None:
        return await _asked(engine, beginnings[0]), None
    if number % 2:
        theirs = await _asked_raw(beside, beginnings[1])
        return await _asked(engine, beginnings[0]), theirs
    ours = await _asked(engine, beginnings[0])
    return ours, await _asked_raw(beside, beginnings[1])


async def _asked_raw(beside: Raw, beginning: str) -> Asked:
    cold = await beside.complete(beginning + COLD, max_new_tokens=NEW_TOKENS)
    return cold, await beside.complete(beginning + WARM, max_new_tokens=NEW_TOKENS)


async def _asked(engine: Engine, beginning: str) -> Asked:
    return await _ours(engine, beginning + COLD), await _ours(engine, beginning + WARM)


async def _ours(engine: Engine, prompt: str) -> Heard:
    heard, began = Heard(), time.perf_counter()
    async for item in engine.generate(GenerationRequest(prompt, max_new_tokens=NEW_TOKENS, lane="evaluation")):
        if isinstance(item, Finished):
            heard.prompt_tokens, heard.cached_tokens = item.usage.prompt_tokens, item.usage.cached_tokens
            heard.new_tokens = item.usage.new_tokens
        elif isinstance(item, Delta) and item.text:
            heard.last = time.perf_counter() - began
            heard.first = heard.first or heard.last
    return heard


@contextlib.asynccontextmanager
async def _beside(config: EngineConfig, supervisor: Supervisor) -> AsyncIterator[Raw | None]:
    """The raw library on the same weights; ``None`` for an engine that is not ours to start."""
    status = supervisor.status
    if status.engine == "transformers":
        folder, dtype = Path(str(status.model_file)), status.dtype or "bfloat16"
        async with raw.generating(folder, threads=config.threads, dtype=dtype) as plain:
            yield plain
        return
    if status.engine != "llama":
        yield None
        return
    with tempfile.TemporaryDirectory() as folder_name:
        async with raw.running(replace(config, engine="llama"), Path(folder_name)) as server:
            yield server
