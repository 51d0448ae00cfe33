"""What answers: a child of our own, the child of another server, or an endpoint. Started here, described, and stopped."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from jupyter_qwen.engine.base import EngineError, Usage
from jupyter_qwen.engine.choice import EngineChoice
from jupyter_qwen.engine.client.http import HttpEngine
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.installed import llama_version
from jupyter_qwen.engine.process.borrowed import BorrowedChild
from jupyter_qwen.engine.process.child_memory import held_bytes, resident_bytes
from jupyter_qwen.engine.process.child_process import ChildFailed, ChildProcess, Ready, short_waits
from jupyter_qwen.engine.process.child_settings import child_module, child_settings, slot_folder
from jupyter_qwen.engine.process.sharing import Registry, Shared, alone, identity
from jupyter_qwen.engine.process.supervised import Again, SupervisedEngine
from jupyter_qwen.engine.scheduler import capacity_of
from jupyter_qwen.engine.slots.cache_files import SlotFiles
from jupyter_qwen.engine.slots.parking import SlotMemory
from jupyter_qwen.engine.slots.plan import SlotPlan
from jupyter_qwen.models.machine import gpus

log = logging.getLogger(__name__)
Child = ChildProcess | BorrowedChild
OnUsage = Callable[[Usage], None]
OnChild = Callable[[int], object]
Adopted = Callable[[HttpEngine, Child, Ready, SlotMemory | None], "RunningEngine"]
IDLE_CHECK_SECONDS = 15.0


@dataclass
class RunningEngine:
    """An engine that answers, and what there is to say about it. `sharing` is a sentence, or empty."""

    engine: SupervisedEngine
    child: Child | None
    choice: EngineChoice
    device: str = ""
    dtype: str = ""
    sharing: str = ""
    vram_bytes: int | None = None
    registry: Registry | None = None

    @property
    def borrowed(self) -> bool:
        return isinstance(self.child, BorrowedChild)

    def memory_bytes(self) -> int | None:
        """Resident memory of the engine's process."""
        return held_bytes(self.child.pid) if self.child else None

    def freed_bytes(self) -> int:
        """What stopping would free. Mapped weights are page cache: they count as available already."""
        return resident_bytes(self.child.pid if self.child and not self.borrowed else None)

    def idle_seconds(self, now: float) -> float:
        """Since when nobody has used it: neither this server nor a guest. `now` is of the monotonic clock."""
        if self.engine.active:
            return 0.0
        own = now - self.engine.last_used
        guests = self.registry.last_use_by_guests(self.child.pid) if self.registry and self.child else None
        return own if guests is None else min(own, guests)

    async def idle(self, limit_seconds: float) -> None:
        """Return when nobody has used it for so long."""
        while self.idle_seconds(time.monotonic()) < limit_seconds:  # noqa: ASYNC110  guests touch a file, which sets no event
            await asyncio.sleep(min(IDLE_CHECK_SECONDS, max(limit_seconds / 4, 0.05)))

    async def stop(self) -> None:
        """Close the client and end the child, or leave it to its owner. The files of its KV caches go with it."""
        self.engine.retire()
        async with contextlib.AsyncExitStack() as last:  # whatever goes wrong before it: no process stays
            if self.engine.memory is not None:
                last.push_async_callback(self.engine.memory.close)
            if self.child is not None:
                last.push_async_callback(self.child.stop)
            if self.registry is not None and self.child is not None and not self.borrowed:
                last.callback(self.registry.withdraw, self.child.pid)
            last.push_async_callback(self.engine.http.aclose)


async def connect(choice: EngineChoice, config: EngineConfig, on_usage: OnUsage) -> RunningEngine:
    """An endpoint of somebody else's. Raises EngineUnavailable or EngineRefused."""
    http = HttpEngine(
        config.openai_base_url or "",
        config.openai_key,
        model=config.openai_model,
        context_tokens=config.context_tokens,
    )
    capacity = capacity_of("openai")
    if config.openai_questions:
        capacity = replace(capacity, questions=config.openai_questions, completions=1)
    async with contextlib.AsyncExitStack() as undo:
        undo.push_async_callback(http.aclose)
        await http.probe()
        undo.pop_all()
    return RunningEngine(SupervisedEngine(http, None, on_usage, capacity=capacity), None, choice)


async def start(
    choice: EngineChoice,
    config: EngineConfig,
    path: Path | None,
    on_usage: OnUsage,
    *,
    again: Again | None = None,
    on_wait: Callable[[], object] = lambda: None,
    on_child: OnChild = lambda pid: None,
) -> RunningEngine:
    """A child with the weights at `path`: another server's when that is allowed and there is one, else one of our own.

    `again` gives the engine that takes the place of one whose child died. Two servers that start at once load the model once:
    the second waits, which `on_wait` is told. `on_child` hears of a child of our own when it begins to load. Cancelled, or when
    anything fails, it leaves no process behind. Raises EngineUnavailable.
    """

    def adopted(http: HttpEngine, child: Child, ready: Ready, memory: SlotMemory | None) -> RunningEngine:
        capacity = capacity_of(choice.engine, threads=choice.threads, on_gpu=_on_gpu(ready.device))
        engine = SupervisedEngine(http, child, on_usage, again=again, capacity=capacity, memory=memory)
        return RunningEngine(engine, child, choice, ready.device, ready.dtype)

    async def launch() -> RunningEngine:
        return await _launch(choice, config, path, adopted, on_child)

    if not config.share:
        return await launch()
    registry = Registry(Path(config.runtime_folder) if config.runtime_folder else None)
    weights = await asyncio.to_thread(identity, path, config.script if choice.engine == "scripted" else None)
    mark = hashlib.sha256(f"{choice.engine}|{weights}".encode()).hexdigest()[:12]
    async with alone(registry.folder / f".jupyter_qwen-{mark}.lock", on_wait, config.load_timeout_seconds):
        shared, said = await asyncio.to_thread(registry.find, choice, weights)
        if shared is not None:
            try:
                running = await _borrow(shared, registry, choice, config, path, adopted)
            except EngineError as error:  # it ended this moment, or does not answer: then one of our own
                log.info("The engine of process %d is not used: %s", shared.server_pid, error)
                said = ""
            else:
                running.sharing, running.registry = said, registry
                return running
        running = await launch()
        running.sharing = said
        await _published(running, registry, weights)
        return running


async def _published(running: RunningEngine, registry: Registry, weights: str) -> None:
    """Tell the user's other servers of a child of ours. Raises ChildFailed when it has just ended."""
    child, choice = running.child, running.choice
    assert isinstance(child, ChildProcess)
    try:
        registry.publish(
            choice, weights, pid=child.pid, url=child.ready.result().url, key=child.key, device=running.device,
            dtype=running.dtype or choice.dtype or "",
        )  # fmt: skip
    except OSError as error:  # a runtime folder that cannot be written: nobody else will use it, that is all
        log.info("The engine is not shared: %s", error)
        return
    except psutil.Error as error:
        await running.stop()
        raise ChildFailed(*child.end()) from error
    running.registry = registry
    if running.engine.memory is not None:
        running.engine.memory.alone = partial(_has_no_guests, registry, child.pid)


def _has_no_guests(registry: Registry, child_pid: int) -> bool:
    return registry.last_use_by_guests(child_pid) is None


async def _borrow(
    shared: Shared, registry: Registry, choice: EngineChoice, config: EngineConfig, path: Path | None, adopted: Adopted
) -> RunningEngine:
    """The engine of another server. Raises EngineError when it does not answer."""
    child, settings = BorrowedChild(shared, registry), child_settings(choice, config, path)
    async with contextlib.AsyncExitStack() as undo:
        undo.push_async_callback(child.stop)
        http = _client(choice, shared.url, shared.key, settings)
        undo.push_async_callback(http.aclose)
        await http.probe()
        memory = _slot_memory(http, choice, config, settings)
        undo.pop_all()
    running = adopted(http, child, Ready(shared.url, shared.device, shared.dtype), memory)
    child.watch(lambda: time.monotonic() if running.engine.active else running.engine.last_used)
    return running


async def _launch(
    choice: EngineChoice, config: EngineConfig, path: Path | None, adopted: Adopted, on_child: OnChild
) -> RunningEngine:
    settings = child_settings(choice, config, path)
    free = await _free_vram() if choice.on_gpu else None
    child = ChildProcess(
        child_module(choice),
        settings,
        log_folder=Path(config.log_folder) if config.log_folder else None,
        # torch's threads have other work between their barriers: there it measured no better
        environment=short_waits() if choice.engine == "llama" else None,
    )
    async with contextlib.AsyncExitStack() as undo:
        undo.push_async_callback(child.stop, at_once=True)
        on_child(child.pid)
        ready = await child.wait_ready(config.load_timeout_seconds)
        http = _client(choice, ready.url, child.key, settings)
        undo.push_async_callback(http.aclose)
        await http.probe()
        memory = _slot_memory(http, choice, config, settings)
        if memory is not None:
            await memory.open()
        running = adopted(http, child, ready, memory)
        if free is not None:
            # what the card lost while the model was loaded; process numbers of a container mean nothing to the driver
            running.vram_bytes = max(0, free - (await _free_vram() or free))
        undo.pop_all()
    return running


async def _free_vram() -> int | None:
    found = await asyncio.to_thread(gpus)
    return found[0].available_bytes if found else None


async def forget(owner: str, running: RunningEngine | None) -> None:
    """Drop what the KV caches, in memory and on disk, hold of a notebook's conversation."""
    if running is not None and running.engine.memory is not None and not running.engine.dead:
        await running.engine.memory.forget(owner)


def _slot_memory(
    http: HttpEngine, choice: EngineChoice, config: EngineConfig, settings: dict[str, Any]
) -> SlotMemory | None:
    """What parks KV caches. Slots are emptied through it too, so a borrowed child has one, which is never opened."""
    return SlotMemory(http, slot_files(config, settings)) if choice.engine == "llama" else None


def slot_files(config: EngineConfig, settings: dict[str, Any]) -> SlotFiles:
    """The files of a child with these settings. Caches are of one kind that the same weights fill in the same pool."""
    shape = {name: settings.get(name) for name in ("context_tokens", "pool_tokens", "yarn", "gpu_layers", "slots")}
    made_by = [identity(settings["model"], settings.get("server")), llama_version(), platform.machine(), shape]
    kind = hashlib.sha256(json.dumps(made_by).encode()).hexdigest()[:16]
    return SlotFiles(slot_folder(config), kind=kind)


def _client(choice: EngineChoice, url: str, key: str, settings: dict[str, Any]) -> HttpEngine:
    return HttpEngine(url, key, context_tokens=choice.context_tokens, slots=SlotPlan(settings.get("pool_tokens")))


def _on_gpu(device: str) -> bool:
    return bool(device) and not device.startswith("CPU")
