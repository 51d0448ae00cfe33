"""A short measurement of one build of llama.cpp with one model: load, read some 250 tokens, write 24."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from jupyter_qwen.engine.base import EngineError, Finished, GenerationRequest, Usage
from jupyter_qwen.engine.builds.server_facts import LlamaServer
from jupyter_qwen.engine.builds.speeds import Speed, Speeds
from jupyter_qwen.engine.choice import EngineChoice
from jupyter_qwen.engine.client.http import HttpEngine
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.installed import has_llama
from jupyter_qwen.engine.process.child_process import ChildFailed, ChildProcess, short_waits
from jupyter_qwen.engine.process.child_settings import child_module, child_settings
from jupyter_qwen.engine.slots.plan import SlotPlan

log = logging.getLogger(__name__)
LONGEST_SECONDS = 180.0
NEW_TOKENS = 24
CONTEXT_TOKENS = 2048
PROMPT = "".join(f"value_{number} = table_{number % 7}.column_{number % 11} + {number * 37}\n" for number in range(12))
Tell = Callable[[str], object]


async def compare(
    choice: EngineChoice,
    config: EngineConfig,
    model: Path,
    servers: tuple[LlamaServer, ...],
    tell: Tell,
    *,
    anew: bool = False,
) -> None:
    """Measure the wheel and `servers` where nothing is known of them, one after the other, and keep it. `anew` forgets first."""
    speeds = Speeds()
    for server in (None, *servers) if has_llama() else servers:
        if not anew and await asyncio.to_thread(speeds.recall, server, model, choice.threads) is not None:
            continue
        tell(f"Measuring {server.label if server else 'the llama.cpp of the wheel'}, once.")
        speed = await measure(replace(choice, server=server), config, model)
        try:
            await asyncio.to_thread(speeds.keep, server, model, choice.threads, speed)
        except OSError as error:
            log.warning("What was measured of llama.cpp cannot be kept: %s", error)
            return


async def measure(choice: EngineChoice, config: EngineConfig, model: Path) -> Speed:
    """The speed of the choice's build. Whatever goes wrong is the `failed` of what comes back; no process stays."""
    small = replace(choice, engine="llama", context_tokens=CONTEXT_TOKENS)
    settings = child_settings(small, config, model) | {"slot_folder": None, "yarn": None}
    folder = Path(config.log_folder) if config.log_folder else None
    try:
        child = ChildProcess(child_module(small), settings, log_folder=folder, environment=short_waits())
    except ChildFailed as error:
        return Speed(failed=str(error))
    try:
        usage = await asyncio.wait_for(_asked(child), LONGEST_SECONDS)
    except asyncio.TimeoutError:
        return Speed(failed=f"it took more than {LONGEST_SECONDS:.0f} seconds for {NEW_TOKENS} tokens")
    except EngineError as error:
        return Speed(failed=await _why(child, error))
    finally:
        await child.stop(at_once=True)
    if not usage.prefill_seconds or not usage.decode_seconds:
        return Speed(failed="it tells no times")
    read = usage.prompt_tokens - usage.cached_tokens
    return Speed(round(read / usage.prefill_seconds, 1), round(usage.new_tokens / usage.decode_seconds, 2))


async def _asked(child: ChildProcess) -> Usage:
    ready = await child.wait_ready(LONGEST_SECONDS)
    http = HttpEngine(ready.url, child.key, context_tokens=CONTEXT_TOKENS, slots=SlotPlan())
    try:
        await _finished(http, "first: the weights come into memory", 2)
        return await _finished(http, PROMPT, NEW_TOKENS)
    finally:
        await http.aclose()


async def _finished(http: HttpEngine, prompt: str, new_tokens: int) -> Usage:
    async with aclosing(http.generate(GenerationRequest(prompt, max_new_tokens=new_tokens))) as stream:
        async for item in stream:
            if isinstance(item, Finished):
                return item.usage
    raise ChildFailed("It ended its answer without an end.")


async def _why(child: ChildProcess, error: EngineError) -> str:
    """How it died, where it did: what the connection says of that is only that it is lost."""
    await asyncio.wait({asyncio.wrap_future(child.exited)}, timeout=1.0)
    return child.end()[0] if child.returncode is not None and not isinstance(error, ChildFailed) else str(error)
