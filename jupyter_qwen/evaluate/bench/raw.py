"""llama.cpp's server as it comes, without any of our client: the base line on the same model, threads and prompts."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import httpx

from jupyter_qwen.engine.choice import Choice, choose
from jupyter_qwen.engine.client.http import KEEP_SECONDS
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.process.child_settings import child_settings
from jupyter_qwen.engine.process.launch import ChildProcess
from jupyter_qwen.evaluate.bench.product import BenchError, Heard
from jupyter_qwen.models.store import ModelStore

BATCH_TOKENS = 512  # llama.cpp's own; ours is shorter, so that Stop and completion need not wait
SLOTS = 2
LOAD_SECONDS = 300.0


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


def _settings(choice: Choice, config: EngineConfig, path: Path) -> dict[str, Any]:
    context = min(choice.context_tokens or 4096, 4096)
    return {
        **child_settings(choice, config, path),
        "context_tokens": context,
        "pool_tokens": SLOTS * context,
        "slots": SLOTS,
        "batch_tokens": BATCH_TOKENS,
    }
