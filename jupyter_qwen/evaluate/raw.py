"""The raw libraries, without any of our client: the base line on the same weights and prompts.

llama.cpp's server as it comes, and transformers' own `generate` in a process of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx

from jupyter_qwen.engine.base import EngineError
from jupyter_qwen.engine.choice import EngineChoice, choose
from jupyter_qwen.engine.client.http import KEEP_SECONDS
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.process.child_process import ChildProcess
from jupyter_qwen.engine.process.child_settings import child_settings
from jupyter_qwen.models import fit
from jupyter_qwen.models.store import ModelStore

BATCH_TOKENS = 512  # llama.cpp's own; ours is shorter, so that Stop and completion need not wait
SLOTS = 2
LOAD_SECONDS = 300.0


class BenchError(Exception):
    """A measurement could not be made; the message says which and why."""


@dataclass
class Heard:
    """One answer as its reader saw it. Times are seconds after the request was sent; `pieces` counts events with text."""

    first: float = 0.0
    last: float = 0.0
    done: float = 0.0
    pieces: int = 0
    text: str = ""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    new_tokens: int = 0
    events: list[str] = field(default_factory=list)

    @property
    def decode_rate(self) -> float:
        """Tokens a second between the first token and the last; 0 when there are too few to tell."""
        return (
            (self.new_tokens - 1) / (self.last - self.first) if self.new_tokens > 8 and self.last > self.first else 0.0
        )

    @property
    def prefill_rate(self) -> float:
        """Prompt tokens a second until the first token was there, those left out that were cached."""
        return (self.prompt_tokens - self.cached_tokens) / self.first if self.first else 0.0


class Raw(Protocol):
    """A raw library that answers."""

    async def complete(self, prompt: str, *, max_new_tokens: int) -> Heard:
        """Greedy. Raises BenchError when the library refuses."""
        ...


class RawEngine:
    """An own child with nothing in front of it: one POST, and the lines of its answer."""

    def __init__(self, url: str, key: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=None,
            limits=httpx.Limits(keepalive_expiry=KEEP_SECONDS),
            trust_env=False,
        )

    async def complete(self, prompt: str, *, max_new_tokens: int, stop: Sequence[str] = (), slot: int = 0) -> Heard:
        """Greedy, in a slot that keeps its KV cache. Raises BenchError when the server refuses."""
        heard = Heard()
        body: dict[str, Any] = {
            "prompt": prompt, "max_tokens": max_new_tokens, "temperature": 0, "stop": list(stop), "stream": True,
            "id_slot": slot, "cache_prompt": True,
        }  # fmt: skip
        began = time.perf_counter()
        async with self._client.stream("POST", "/v1/completions", json=body) as response:
            if response.status_code != 200:
                raise BenchError(f"The raw engine refused: {(await response.aread()).decode(errors='replace')[:300]}")
            async for line in response.aiter_lines():
                if not line.startswith("data: {"):
                    continue
                event = json.loads(line[6:])
                text = "".join(choice.get("text") or "" for choice in event.get("choices") or ())
                if text:
                    heard.last = time.perf_counter() - began
                    heard.first = heard.first or heard.last
                    heard.pieces += 1
                    heard.text += text
                if "timings" in event:
                    timings = event["timings"]
                    heard.cached_tokens = int(timings.get("cache_n") or 0)
                    heard.prompt_tokens = heard.cached_tokens + int(timings.get("prompt_n") or 0)
                    heard.new_tokens = int(timings.get("predicted_n") or 0)
        heard.done = time.perf_counter() - began
        return heard

    async def aclose(self) -> None:
        """Close the connections; the child is ended by whoever started it."""
        await self._client.aclose()


@contextlib.asynccontextmanager
async def running(config: EngineConfig, folder: Path) -> AsyncIterator[RawEngine | None]:
    """The raw engine, ended with the block; ``None`` where the chosen engine is not llama.cpp on this machine."""
    choice = choose(config)
    if choice.engine != "llama" or choice.model is None:
        yield None
        return
    store = ModelStore(config.models_folder)
    child = ChildProcess(
        "jupyter_qwen.engine.children.llama",
        _settings(choice, config, store.verified_path(choice.model)),
        log_folder=folder,
    )
    try:
        ready = await child.wait_ready(LOAD_SECONDS)
        engine = RawEngine(ready.url, child.key)
        try:
            yield engine
        finally:
            await engine.aclose()
    finally:
        await child.stop()


def _settings(choice: EngineChoice, config: EngineConfig, path: Path) -> dict[str, Any]:
    context = min(choice.context_tokens or 4096, 4096)
    return {
        **child_settings(choice, config, path),
        "context_tokens": context,
        "pool_tokens": SLOTS * context,
        "slots": SLOTS,
        "batch_tokens": BATCH_TOKENS,
    }


class Plain:
    """transformers' `generate` at the other end of a pipe."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._asks, self._answers = process.stdin, process.stdout

    async def complete(self, prompt: str, *, max_new_tokens: int) -> Heard:
        """Greedy; nothing is kept from one answer to the next. Raises BenchError when the process has ended."""
        self._asks.write(json.dumps({"prompt": prompt, "new": max_new_tokens}).encode() + b"\n")
        await self._asks.drain()
        line = await self._answers.readline()
        if not line:
            raise BenchError("transformers' generate ended without an answer.")
        told = json.loads(line)
        return Heard(
            first=told["first"],
            last=told["done"],
            done=told["done"],
            prompt_tokens=told["prompt_tokens"],
            new_tokens=told["new_tokens"],
        )


@contextlib.asynccontextmanager
async def generating(folder: Path, *, threads: int | None, dtype: str) -> AsyncIterator[Plain]:
    """`generate` on the weights in `folder`, ended with the block. Raises EngineError when it cannot load them."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "jupyter_qwen.engine.children.plain_generate", str(folder),
        str(threads or fit.usable_cores()), dtype,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        if not await process.stdout.readline():
            raise EngineError("The raw library could not load the model.")
        yield Plain(process)
    finally:
        process.stdin.close()
        await process.wait()
