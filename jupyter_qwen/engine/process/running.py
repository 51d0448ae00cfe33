"""What answers: a child of our own, the child of another server, or an endpoint. Started here, described, and stopped."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from filelock import FileLock, Timeout

from jupyter_qwen.engine.base import EngineError, Usage
from jupyter_qwen.engine.choice import Choice
from jupyter_qwen.engine.client.http import HttpEngine
from jupyter_qwen.engine.client.pace import REST_SECONDS
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.process.borrowed import BorrowedChild
from jupyter_qwen.engine.process.child_settings import child_settings, slot_folder
from jupyter_qwen.engine.process.launch import ChildProcess, short_waits
from jupyter_qwen.engine.process.sharing import Registry, Shared, identity
from jupyter_qwen.engine.process.supervised import SupervisedEngine
from jupyter_qwen.engine.scheduler import Capacity, capacity_of
from jupyter_qwen.engine.slots.files import SlotFiles, fingerprint
from jupyter_qwen.engine.slots.memory import SlotMemory
from jupyter_qwen.engine.slots.plan import SlotPlan
from jupyter_qwen.models.machine import gpus

log = logging.getLogger(__name__)
Child = ChildProcess | BorrowedChild
OnUsage = Callable[[Usage], None]
OnChild = Callable[[int], object]
POLL_SECONDS = 0.1


@dataclass
class Running:
    """An engine that answers, and what there is to say about it. `sharing` is a sentence, or empty."""

    engine: SupervisedEngine
    child: Child | None
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
        memory = _memory(self.child)
        return int(memory.rss) if memory else None

    def freed_bytes(self) -> int:
        """What stopping would free. Mapped weights are page cache: they count as available already."""
        memory = None if self.borrowed else _memory(self.child)
        return int(memory.rss - getattr(memory, "shared", 0)) if memory else 0

    def idle_seconds(self, now: float) -> float:
        """Since when nobody has used it: neither this server nor a guest. `now` is of the monotonic clock."""
        if self.engine.active:
            return 0.0
        own = now - self.engine.last_used
        guests = self.registry.last_use_by_guests(self.child.pid) if self.registry and self.child else None
        return own if guests is None else min(own, guests)

    async def stop(self, *, keep_slots: bool = False) -> None:
        """Close the client and end the child, or leave it to its owner.

        With `keep_slots` the KV caches are saved first; not those that a guest may have written into, they are not ours to keep.
        """
        memory = self.engine.memory
        if keep_slots and memory is not None and not self.engine.dead and not self.borrowed and memory.alone():
            await memory.save()
        await self.engine.http.aclose()
        if self.child is not None:
            if self.registry is not None and not self.borrowed:
                self.registry.withdraw(self.child.pid)
            await self.child.stop()


async def connect(config: EngineConfig, on_usage: OnUsage) -> Running:
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
    return await _adopted(http, None, on_usage, capacity)


async def start(
    choice: Choice,
    config: EngineConfig,
    path: Path | None,
    on_usage: OnUsage,
    *,
    on_wait: Callable[[], object] = lambda: None,
    on_child: OnChild = lambda pid: None,
) -> Running:
    """A child with the weights at `path`: another server's when that is allowed and there is one, else one of our own.

    Two servers that start at once load the model once: the second waits, which `on_wait` is told. `on_child` hears of a child of
    our own when it begins to load. Raises EngineUnavailable.
    """
    if not config.share:
        return await _launch(choice, config, path, on_usage, on_child)
    registry = Registry(Path(config.runtime_folder) if config.runtime_folder else None)
    weights = await asyncio.to_thread(identity, path, config.script if choice.engine == "scripted" else None)
    mark = hashlib.sha256(f"{choice.engine}|{weights}".encode()).hexdigest()[:12]
    async with _alone(registry.folder / f".jupyter_qwen-{mark}.lock", on_wait, config.load_timeout_seconds):
        shared, said = await asyncio.to_thread(registry.find, choice, weights)
        if shared is not None:
            try:
                return await _borrow(shared, registry, choice, config, path, on_usage, said)
            except EngineError as error:  # it ended this moment, or does not answer: then one of our own
                log.info("The engine of process %d is not used: %s", shared.server_pid, error)
                said = ""
        running = await _launch(choice, config, path, on_usage, on_child)
        running.sharing, running.registry = said, registry
        assert isinstance(running.child, ChildProcess)
        if running.engine.memory is not None:
            running.engine.memory.alone = partial(_has_no_guests, registry, running.child.pid)
        ready, dtype = running.child.ready.result(), running.dtype or choice.dtype or ""
        try:
            registry.publish(
                choice, weights, pid=running.child.pid, url=ready.url, key=running.child.key, device=ready.device, dtype=dtype
            )  # fmt: skip
        except OSError as error:  # a runtime folder that cannot be written: nobody else will use it, that is all
            log.info("The engine is not shared: %s", error)
            running.registry = None
        return running


def _has_no_guests(registry: Registry, child_pid: int) -> bool:
    return registry.last_use_by_guests(child_pid) is None


async def _borrow(
    shared: Shared,
    registry: Registry,
    choice: Choice,
    config: EngineConfig,
    path: Path | None,
    on_usage: OnUsage,
    said: str,
) -> Running:
    """The engine of another server. Raises EngineError when it does not answer."""
    child, settings = BorrowedChild(shared, registry), child_settings(choice, config, path)
    http = _client(choice, shared.url, shared.key, shared.device, settings)
    try:
        memory = await _slot_memory(http, choice, config, path)
        running = await _adopted(http, child, on_usage, _capacity(choice, shared.device), memory)
    except BaseException:
        await child.stop()
        raise
    running.device, running.dtype = shared.device, shared.dtype
    running.sharing, running.registry = said, registry
    child.watch(lambda: time.monotonic() if running.engine.active else running.engine.last_used)
    return running


async def _launch(
    choice: Choice, config: EngineConfig, path: Path | None, on_usage: OnUsage, on_child: OnChild
) -> Running:
    settings = child_settings(choice, config, path)
    free = await _free_vram() if choice.on_gpu else None
    child = ChildProcess(
        f"jupyter_qwen.engine.children.{choice.engine}",
        settings,
        log_folder=Path(config.log_folder) if config.log_folder else None,
        # torch's threads have other work between their barriers: there it measured no better
        environment=short_waits() if choice.engine == "llama" else None,
    )
    on_child(child.pid)
    try:
        ready = await child.wait_ready(config.load_timeout_seconds)
        http = _client(choice, ready.url, child.key, ready.device, settings)
        memory = await _slot_memory(http, choice, config, path)
        if memory is not None and config.keep_slots:
            await memory.restore()
        running = await _adopted(http, child, on_usage, _capacity(choice, ready.device), memory)
    except BaseException:
        await child.stop()
        raise
    running.device, running.dtype = ready.device, ready.dtype
    if free is not None:
        # what the card lost while the model was loaded; process numbers of a container mean nothing to the driver
        running.vram_bytes = max(0, free - (await _free_vram() or free))
    return running


async def _free_vram() -> int | None:
    found = await asyncio.to_thread(gpus)
    return found[0].available_bytes if found else None


async def forget(owner: str, running: Running | None, config: EngineConfig) -> None:
    """Drop what the KV caches, in memory and on disk, hold of a notebook's conversation."""
    if running is not None and running.engine.memory is not None and not running.engine.dead:
        await running.engine.memory.forget(owner)
    elif config.keep_slots:
        await asyncio.to_thread(SlotFiles(slot_folder(config), "").forget, owner)


async def _slot_memory(http: HttpEngine, choice: Choice, config: EngineConfig, path: Path | None) -> SlotMemory | None:
    """What carries KV caches over to the next child; slots are emptied through it too, so the folder is there in any case."""
    if choice.engine != "llama":
        return None
    mark = await asyncio.to_thread(fingerprint, path, choice.engine, choice.context_tokens)
    return SlotMemory(http, SlotFiles(slot_folder(config), mark, config.privacy))


def _plan(settings: dict[str, Any]) -> SlotPlan:
    return SlotPlan(settings.get("pool_tokens"))


async def _adopted(
    http: HttpEngine, child: Child | None, on_usage: OnUsage, capacity: Capacity, memory: SlotMemory | None = None
) -> Running:
    try:
        await http.probe()
    except BaseException:
        await http.aclose()
        raise
    return Running(SupervisedEngine(http, child, on_usage, capacity=capacity, memory=memory), child)


def _client(choice: Choice, url: str, key: str, device: str, settings: dict[str, Any]) -> HttpEngine:
    """The client of a child. One that computes on this machine's cores is read in few wakes."""
    computes_here = choice.engine in ("llama", "transformers") and not _on_gpu(device)
    rest = REST_SECONDS if computes_here else 0.0
    return HttpEngine(url, key, context_tokens=choice.context_tokens, slots=_plan(settings), rest_seconds=rest)


def _capacity(choice: Choice, device: str) -> Capacity:
    return capacity_of(choice.engine, threads=choice.threads, on_gpu=_on_gpu(device))


def _on_gpu(device: str) -> bool:
    return bool(device) and not device.startswith("CPU")


@contextlib.asynccontextmanager
async def _alone(file: Path, on_wait: Callable[[], object], timeout_seconds: float) -> AsyncIterator[None]:
    """One server of this user at a time looks for an engine and starts one. Gives up waiting after the timeout."""
    lock, waited = FileLock(file, thread_local=False), 0.0
    while True:
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock.acquire(timeout=0)
            break
        except Timeout:
            if waited == 0:
                on_wait()
            if waited >= timeout_seconds:
                break
            waited += POLL_SECONDS
            await asyncio.sleep(POLL_SECONDS)
        except (OSError, NotImplementedError) as error:  # a folder that cannot be written, or a disk without locks
            log.info("Engines cannot be shared: %s", error)
            break
    try:
        yield
    finally:
        lock.release()


def _memory(child: Child | None) -> Any:
    if child is None:
        return None
    try:
        return psutil.Process(child.pid).memory_info()
    except psutil.Error:
        return None
