"""A Jupyter server of the bench's own with the extension in it, and a client that notes when each token arrived."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx

from benchmarks.startup import free_port
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.evaluate.raw import BenchError, Heard

START_SECONDS = 60.0
LOAD_SECONDS = 300.0
PROBE = "benchmarks.speed.lag_probe"


class Product:
    """A running server. `url` ends in a slash; every request carries the token."""

    def __init__(self, process: subprocess.Popen[bytes], url: str, token: str) -> None:
        self.process = process
        self.client = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"token {token}"},
            timeout=httpx.Timeout(None, connect=10.0),
            limits=httpx.Limits(max_connections=None),
            trust_env=False,
        )

    async def status(self) -> dict[str, Any]:
        """The Status of docs/reference/protocol.md."""
        status: dict[str, Any] = (await self.client.get("jupyter-qwen/status")).raise_for_status().json()
        return status

    async def load(self) -> dict[str, Any]:
        """Load the model and wait until it is ready. Raises BenchError with the status's words when it cannot be."""
        await self.client.post("jupyter-qwen/engine/load", json={})
        ends = time.monotonic() + LOAD_SECONDS
        while time.monotonic() < ends:
            status = await self.status()
            if status["state"] == "ready":
                return status
            if status["state"] in ("absent", "crashed") or (status["state"] == "unloaded" and status["message"]):
                raise BenchError(f"{status['message']} {status['hint']}".strip())
            await asyncio.sleep(0.1)
        raise BenchError(f"The model was not ready after {LOAD_SECONDS:.0f} seconds.")

    async def ask(self, body: dict[str, Any]) -> Heard:
        """Ask and read to the end. Raises BenchError for an answer that ended in an error."""
        heard = Heard()
        began = time.perf_counter()
        async with self.client.stream("POST", "jupyter-qwen/ask", json=body) as response:
            async for line in response.aiter_lines():
                event = json.loads(line)
                heard.events.append(event["type"])
                if event["type"] == "delta":
                    heard.last = time.perf_counter() - began
                    heard.first = heard.first or heard.last
                    heard.pieces += 1
                    heard.text += event["text"]
                elif event["type"] == "error":
                    raise BenchError(f"{event['message']} {event['hint']}".strip())
                elif event["type"] == "answer":
                    usage = event["usage"]
                    heard.prompt_tokens = usage["prompt_tokens"]
                    heard.cached_tokens = usage["cached_tokens"]
                    heard.new_tokens = usage["new_tokens"]
        heard.done = time.perf_counter() - began
        if "answer" not in heard.events:
            raise BenchError("The stream ended without an answer.")
        return heard

    async def prompt(self, body: dict[str, Any]) -> str:
        """The very prompt that the question would send."""
        return str((await self.client.post("jupyter-qwen/context", json=body)).raise_for_status().json()["prompt"])

    async def warm(self, body: dict[str, Any]) -> dict[str, Any]:
        """Have the beginning of a question processed ahead; what the server says about it."""
        answer: dict[str, Any] = (await self.client.post("jupyter-qwen/warm", json=body)).raise_for_status().json()
        return answer

    async def settled(self, body: dict[str, Any], *, seconds: float) -> str:
        """Wait until nothing is left to process ahead for this notebook, at most so long; the last state."""
        ahead = {key: value for key, value in body.items() if key != "question"}
        ends = time.monotonic() + seconds
        while (state := str((await self.warm(ahead)).get("state"))) in ("waiting", "running"):
            if time.monotonic() > ends:
                break
            await asyncio.sleep(0.1)
        return state

    async def lag(self) -> dict[str, float]:
        """How long the server's event loop was kept from its work since the last time this was asked; milliseconds."""
        lag: dict[str, float] = (await self.client.get("jupyter-qwen-bench/lag")).raise_for_status().json()
        return lag

    async def aclose(self) -> None:
        """Stop the server and wait until it has gone."""
        await self.client.aclose()
        self.process.terminate()
        try:
            await asyncio.to_thread(self.process.wait, 15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            await asyncio.to_thread(self.process.wait)


@contextlib.asynccontextmanager
async def serving(config: EngineConfig, folder: Path, **traits: Any) -> AsyncIterator[Product]:
    """A server of its own on the loopback address, ended with the block. Nothing of the user's settings or chats is touched."""
    port, token = free_port(), secrets.token_urlsafe(24)
    settings = folder / "bench_config.json"
    settings.write_text(
        json.dumps(
            {
                "ServerApp": {
                    "ip": "127.0.0.1",
                    "port": port,
                    "port_retries": 0,
                    "open_browser": False,
                    "allow_root": True,
                    "root_dir": str(folder),
                    "jpserver_extensions": {"jupyter_qwen": True, PROBE: True},
                },
                "QwenExtension": {
                    **_traits(config),
                    "threads_folder": str(folder / "threads"),
                    **traits,
                },
            }
        )
    )
    log = folder / "server.log"
    process = await asyncio.to_thread(_spawn, settings, log, token)
    product = Product(process, f"http://127.0.0.1:{port}/", token)
    try:
        await _answering(product, log)
        yield product
    finally:
        await product.aclose()


def _spawn(settings: Path, log: Path, token: str) -> subprocess.Popen[bytes]:
    """The server's process; the token is in its environment, not among its arguments, which every user can read."""
    environment = {
        **os.environ,
        "JUPYTER_TOKEN": token,
        "JUPYTER_RUNTIME_DIR": str(log.parent / "runtime"),
        # the checkout, where the probe lies
        "PYTHONPATH": os.pathsep.join(filter(None, (str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")))),
    }
    command = [sys.executable, "-m", "jupyter_server", f"--config={settings}"]
    with log.open("wb") as sink:
        return subprocess.Popen(command, stdout=sink, stderr=sink, env=environment)


async def _answering(product: Product, log: Path) -> None:
    ends = time.monotonic() + START_SECONDS
    while True:
        try:
            await product.status()
            return
        except httpx.HTTPError as error:
            if product.process.poll() is not None or time.monotonic() > ends:
                words = (await asyncio.to_thread(log.read_text, errors="replace"))[-1500:]
                raise BenchError(f"The server did not start ({error}):\n{words}") from error
        await asyncio.sleep(0.1)


def _traits(config: EngineConfig) -> dict[str, Any]:
    """The engine's options as the server extension's traits; what was left open stays open."""
    known = {
        "engine": config.engine,
        "model": config.model,
        "context_tokens": config.context_tokens,
        "threads": config.threads,
        "endpoint_url": config.openai_base_url,
        "endpoint_model": config.openai_model,
        "script": str(config.script) if config.script else None,
        "models_folder": str(config.models_folder) if config.models_folder else None,
    }
    return {name: value for name, value in known.items() if value is not None}
