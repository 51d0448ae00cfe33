"""Starts an engine when it is needed, watches it, unloads it when idle, and says at any moment how things stand.

Lives in one event loop and never blocks it: disk, hashing and downloads run in threads, the model in a child process.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from jupyter_qwen.engine.base import Engine, EngineError, EngineState, EngineUnavailable, Usage
from jupyter_qwen.engine.choice import Choice, child_settings, choose
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.download import Download
from jupyter_qwen.engine.http import HttpEngine
from jupyter_qwen.engine.launch import ChildProcess, death
from jupyter_qwen.engine.slots import SlotPlan
from jupyter_qwen.engine.status import EngineStatus
from jupyter_qwen.engine.supervised import SupervisedEngine
from jupyter_qwen.models.catalog import UnknownModel
from jupyter_qwen.models.errors import ModelError, PullCancelled
from jupyter_qwen.models.progress import Progress
from jupyter_qwen.models.store import ModelStore

log = logging.getLogger(__name__)
IDLE_CHECK_SECONDS = 15.0
ENOUGH_TOKENS_FOR_A_RATE = 8
OnChange = Callable[[EngineStatus], None]


class Supervisor:
    """One engine for one server. `on_change` hears every new `EngineStatus`, in the event loop's thread."""

    def __init__(
        self, config: EngineConfig | None = None, on_change: OnChange | None = None, *, store: ModelStore | None = None
    ) -> None:
        self.config = config or EngineConfig()
        self.store = store or ModelStore(self.config.models_folder)
        self._on_change = on_change
        self._status = EngineStatus("unloaded", remote=self.config.remote)
        self._engine: SupervisedEngine | None = None
        self._child: ChildProcess | None = None
        self._lock = asyncio.Lock()
        self._download: Download | None = None
        self._idle: asyncio.Task[None] | None = None

    @property
    def status(self) -> EngineStatus:
        """How things stand now. Cheap; reads nothing."""
        return self._status

    async def refresh(self) -> EngineStatus:
        """While nothing runs: look whether the model is on disk, which tells `absent` from `unloaded`, and what would run."""
        if self._engine is not None or self._download is not None or self._lock.locked():
            return self._status
        try:
            choice = await asyncio.to_thread(choose, self.config)
        except EngineError as error:
            return self._change("unloaded", message=str(error), hint=error.hint)
        path = await asyncio.to_thread(self.store.path, choice.model) if choice.model else None
        if choice.model and path is None:
            missing = self.store.absent(choice.model)
            return self._change("absent", message=str(missing), hint=missing.hint, **_facts(choice, None))
        if self._status.state == "crashed":
            return self._status
        return self._change("unloaded", message="", hint="", **_facts(choice, path))

    async def engine(self) -> Engine:
        """The running engine; loads it first when it is not. Concurrent callers wait for the same load.

        Raises EngineUnavailable (with the way out in `hint`) or EngineRefused.
        """
        async with self._lock:
            if self._engine is not None and not self._engine.dead:
                return self._engine
            if self._download is not None:
                raise EngineUnavailable("The model is still being downloaded.", "Wait for the download to end.")
            await self._discard()
            try:
                return await self._start()
            except EngineError as error:
                await self._discard()
                if self._status.state != "absent":
                    self._change("crashed", message=str(error), hint=error.hint)
                raise

    async def load(self) -> EngineStatus:
        """Load the engine now. Problems become the status rather than an exception."""
        with contextlib.suppress(EngineError):  # the status says it
            await self.engine()
        return self._status

    async def unload(self) -> EngineStatus:
        """Stop the child and give its memory back; the next request loads again."""
        async with self._lock:
            await self._discard()
            if self._status.state not in ("absent", "downloading"):
                self._change("unloaded", message="", hint="")
        return self._status

    async def configure(self, config: EngineConfig) -> EngineStatus:
        """Switch to other settings: the running engine is unloaded, nothing is loaded yet."""
        await self.unload()
        if config.models_folder != self.config.models_folder:
            self.store = ModelStore(config.models_folder)
        self.config = config
        self._change("unloaded", message="", hint="")
        return await self.refresh()

    async def pull_model(self, model: str | None = None, *, force: bool = False) -> EngineStatus:
        """Download the model, with progress in the status; then load it when it is the configured one.

        A second call while one runs waits for that one. Problems become the status. `force` mends a damaged file, and a
        file that was found damaged is mended without being told so.
        """
        running = self._download
        if running is not None:
            with contextlib.suppress(ModelError):  # the first caller reports it
                await running.wait()
            return self._status
        damaged = self._status.state == "absent" and self._status.model_file is not None
        try:
            entry = self.store.entry(model or self.config.model)
        except UnknownModel as error:
            return self._change(self._status.state, message=str(error), hint=error.hint)
        download = self._download = Download(self.store, entry, self._pulling, force=force or damaged)
        self._change("downloading", message=f"Downloading {entry.label}.", hint="", model=entry)
        try:
            path = await download.wait()
        except PullCancelled as error:
            return self._change("absent", message="The download was stopped.", hint=error.hint)
        except ModelError as error:
            return self._change("absent", message=str(error), hint=error.hint)
        finally:
            self._download = None
        self._change("unloaded", message="", hint="", model_file=str(path))
        if entry == self.store.entry(self.config.model):
            await self.load()
        return self._status

    def cancel_pull(self) -> EngineStatus:
        """Ask the download to stop; what was fetched stays. The status says when it has stopped."""
        if self._download is not None:
            self._download.stop()
        return self._status

    async def aclose(self) -> None:
        """Stop everything this supervisor started."""
        self.cancel_pull()
        if self._download is not None:
            with contextlib.suppress(ModelError):  # that it was stopped is no news
                await self._download.wait()
        async with self._lock:
            await self._discard()

    # -- starting and stopping

    async def _start(self) -> Engine:
        choice = await asyncio.to_thread(choose, self.config)
        self._change("loading", message="Starting the engine.", hint="", **_facts(choice, None))
        if choice.engine == "openai":
            url = self.config.openai_base_url or ""
            self._change("loading", message=f"Connecting to {url}.")
            http = HttpEngine(
                url, self.config.openai_key, model=self.config.openai_model, context_tokens=self.config.context_tokens
            )
            return await self._adopt(http, None, device="")
        path = await self._verified(choice) if choice.model else None
        name = choice.model.label if choice.model else "the script"
        self._change("loading", message=f"Loading {name}.", progress=None)
        child = self._child = ChildProcess(
            f"jupyter_qwen.engine.children.{choice.engine}",
            child_settings(choice, self.config, path),
            log_folder=Path(self.config.log_folder) if self.config.log_folder else None,
        )
        child.exited.add_done_callback(partial(self._tell_exit, asyncio.get_running_loop(), child))
        try:
            ready = await child.wait_ready(self.config.load_timeout_seconds)
        except asyncio.CancelledError:
            await self._discard()
            raise
        http = HttpEngine(ready.url, child.key, context_tokens=choice.context_tokens, slots=SlotPlan())
        return await self._adopt(http, child, device=ready.device)

    async def _adopt(self, http: HttpEngine, child: ChildProcess | None, *, device: str) -> Engine:
        try:
            await http.probe()
        except BaseException:
            await http.aclose()
            raise
        engine = self._engine = SupervisedEngine(http, child, self._note_usage)
        self._change(
            "ready",
            message="",
            hint="",
            device=device or None,
            context_tokens=http.context_tokens,
            memory_bytes=self._memory(),
        )
        if self.config.idle_minutes > 0 and child is not None:
            self._idle = asyncio.create_task(self._unload_when_idle(engine))
        return engine

    async def _verified(self, choice: Choice) -> Path:
        """The path of intact weights, hashed in a thread when need be. The state becomes `absent` when they are not."""
        loop = asyncio.get_running_loop()

        def heard(progress: Progress) -> None:
            loop.call_soon_threadsafe(self._verifying, progress)

        try:
            path = await asyncio.to_thread(self.store.verified_path, choice.model, heard)
        except ModelError as error:
            found = await asyncio.to_thread(self.store.path, choice.model)
            self._change("absent", message=str(error), hint=error.hint, model_file=str(found) if found else None)
            raise EngineUnavailable(str(error), error.hint) from error
        self._change("loading", model_file=str(path))
        return path

    async def _discard(self) -> None:
        """Close the client and end the child, whatever state they are in. The lock is held."""
        idle, self._idle = self._idle, None
        if idle is not None and idle is not asyncio.current_task():
            idle.cancel()
        engine, self._engine = self._engine, None
        child, self._child = self._child, None
        if engine is not None:
            await engine.http.aclose()
        if child is not None:
            await child.stop()

    def _tell_exit(self, loop: asyncio.AbstractEventLoop, child: ChildProcess, _: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to be told
            loop.call_soon_threadsafe(self._exited, child)

    def _exited(self, child: ChildProcess) -> None:
        """A child ended. Only news when it is the current one and was ready: an unload forgets it first."""
        if child is self._child and self._engine is not None:
            sentence, hint = death(child.returncode or 0)
            log.warning("%s log: %s", sentence, child.log)
            self._change("crashed", message=sentence, hint=hint)

    async def _unload_when_idle(self, engine: SupervisedEngine) -> None:
        limit = self.config.idle_minutes * 60
        while self._engine is engine:
            await asyncio.sleep(min(IDLE_CHECK_SECONDS, max(limit / 4, 0.05)))
            if engine.active == 0 and time.monotonic() - engine.last_used >= limit and self._engine is engine:
                await self.unload()
                return

    # -- status

    def _verifying(self, progress: Progress) -> None:
        if self._status.state == "loading" and self._child is None:
            self._change("loading", message="Checking the model file.", progress=progress)

    def _pulling(self, progress: Progress) -> None:
        if self._download is not None:
            message = "Checking the download." if progress.phase == "verifying" else self._status.message
            self._change("downloading", message=message, progress=progress)

    def _note_usage(self, usage: Usage) -> None:
        if usage.decode_seconds > 0 and usage.new_tokens >= ENOUGH_TOKENS_FOR_A_RATE and self._status.state == "ready":
            speed = round(usage.new_tokens / usage.decode_seconds, 1)
            self._change("ready", tokens_per_second=speed, memory_bytes=self._memory())

    def _memory(self) -> int | None:
        try:
            return int(psutil.Process(self._child.pid).memory_info().rss) if self._child else None
        except psutil.NoSuchProcess:
            return None

    def _change(self, state: EngineState, **fields: Any) -> EngineStatus:
        """The new snapshot; told only when something differs. What holds for a running engine alone goes when it stops."""
        if state not in ("downloading", "loading"):
            fields.setdefault("progress", None)
        if state != "ready":
            fields |= {"memory_bytes": None, "tokens_per_second": None, "device": None}
        fresh = replace(self._status, state=state, remote=self.config.remote, **fields)
        if fresh != self._status:
            self._status = fresh
            if self._on_change is not None:
                self._on_change(fresh)
        return fresh


def _facts(choice: Choice, path: Path | None) -> dict[str, Any]:
    """What a choice says about the status."""
    return {
        "engine": choice.engine,
        "reason": choice.reason,
        "model": choice.model,
        "model_file": str(path) if path else None,
        "context_tokens": choice.context_tokens,
    }
