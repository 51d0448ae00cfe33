"""Starts an engine when it is needed, watches it, unloads it when idle, and says at any moment how things stand.

Lives in one event loop and never blocks it: disk, hashing and downloads run in threads, the model in a child process.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from jupyter_qwen.engine.base import Engine, EngineError, EngineState, EngineUnavailable, Usage
from jupyter_qwen.engine.choice import FORMAT, Choice, choose
from jupyter_qwen.engine.config import EngineConfig, EngineName
from jupyter_qwen.engine.process.board import Board, OnChange
from jupyter_qwen.engine.process.loading import LoadProgress
from jupyter_qwen.engine.process.pulls import Pulls
from jupyter_qwen.engine.process.running import Child, Running, connect, forget, start
from jupyter_qwen.engine.process.supervised import SupervisedEngine
from jupyter_qwen.engine.status import EngineStatus, facts_of
from jupyter_qwen.models import fit
from jupyter_qwen.models.catalog import UnknownModel
from jupyter_qwen.models.entries import Format, ModelEntry
from jupyter_qwen.models.errors import ModelError
from jupyter_qwen.models.progress import Progress
from jupyter_qwen.models.store import ModelStore

log = logging.getLogger(__name__)
IDLE_CHECK_SECONDS = 15.0
ENOUGH_TOKENS_FOR_A_RATE = 8


class Supervisor:
    """One engine for one server. `on_change` hears every new `EngineStatus`, in the event loop's thread."""

    def __init__(
        self, config: EngineConfig | None = None, on_change: OnChange | None = None, *, store: ModelStore | None = None
    ) -> None:
        self.config = config or EngineConfig()
        self.store = store or ModelStore(self.config.models_folder)
        self._configured = self.config
        self._board = Board(EngineStatus("unloaded", remote=self.config.remote), on_change)
        self._pulls = Pulls(self._board)
        self._running: Running | None = None
        self._lock = asyncio.Lock()
        self._idle: asyncio.Task[None] | None = None

    @property
    def status(self) -> EngineStatus:
        """How things stand now. Cheap; reads nothing."""
        return self._board.status

    async def refresh(self) -> EngineStatus:
        """While nothing runs: look whether the model is on disk, which tells `absent` from `unloaded`, and what would run."""
        if self._engine is not None or self._pulls.blocks or self._lock.locked():
            return self.status
        try:
            choice = await asyncio.to_thread(choose, self.config, None, self.store)
        except EngineError as error:
            return self._post("unloaded", message=str(error), hint=error.hint)
        path = await asyncio.to_thread(self.store.path, choice.model, choice.format) if choice.model else None
        if choice.model and path is None:
            missing = self.store.absent(choice.model, choice.format)
            return self._post("absent", message=str(missing), hint=missing.hint, **facts_of(choice, None))
        if self.status.state == "crashed":
            return self.status
        return self._post("unloaded", message="", hint="", **facts_of(choice, path))

    async def engine(self) -> Engine:
        """The running engine; loads it first when it is not. Concurrent callers wait for the same load.

        Raises EngineUnavailable (with the way out in `hint`) or EngineRefused.
        """
        async with self._lock:
            if self._engine is not None and not self._engine.dead:
                return self._engine
            if self._pulls.blocks:
                raise EngineUnavailable("The model is still being downloaded.", "Wait for the download to end.")
            await self._discard()
            try:
                return await self._start()
            except EngineError as error:
                if self.status.state != "absent":
                    self._post("crashed", message=str(error), hint=error.hint)
                raise

    async def forget(self, owner: str) -> None:
        """Drop what the KV caches, in memory and on disk, hold of a notebook's conversation."""
        await forget(owner, self._running, self.config)

    async def load(self) -> EngineStatus:
        """Load the engine now. Problems become the status rather than an exception."""
        with contextlib.suppress(EngineError):  # the status says it
            await self.engine()
        return self.status

    async def unload(self) -> EngineStatus:
        """Stop the child and give its memory back; the next request loads again."""
        async with self._lock:
            await self._discard()
            if self.status.state not in ("absent", "downloading"):
                self._post("unloaded", message="", hint="", sharing="")
        return self.status

    async def configure(self, config: EngineConfig) -> EngineStatus:
        """Switch to other settings: the running engine is unloaded, nothing is loaded yet."""
        await self.unload()
        if config.models_folder != self.config.models_folder:
            self.store = ModelStore(config.models_folder)
        self.config = config
        entry = self._entry()
        self._pulls.configured_is(entry)
        if self._pulls.blocks and entry is not None:
            return self._post("downloading", message=f"Downloading {entry.label}.", hint="", model=entry)
        self._post("unloaded", message="", hint="", remote=config.remote)
        return await self.refresh()

    async def switch(
        self, model: str, *, engine: EngineName | None = None, context_tokens: int | None = None
    ) -> EngineStatus:
        """Make `model` the one that answers: the running one is unloaded, the new one is not loaded yet.

        `engine` and `context_tokens` default to what the server was configured with; 0 lets the machine decide. Raises
        EngineRefused or EngineUnavailable before anything has changed when the model is unknown or does not fit: its hint names
        one that does.
        """
        fresh = self._configured.switched(model, engine=engine, context_tokens=context_tokens)
        await asyncio.to_thread(choose, fresh, self.machine(), self.store)
        return await self.configure(fresh)

    def machine(self) -> fit.Machine:
        """This machine, with what the running child holds counted as free: it goes when another model comes."""
        found = fit.machine()
        return replace(
            found,
            available_bytes=min(
                found.total_bytes, found.available_bytes + (self._running.freed_bytes() if self._running else 0)
            ),
        )

    async def pull_model(
        self, model: str | None = None, *, force: bool = False, kind: Format | None = None
    ) -> EngineStatus:
        """Download the model, with progress in the status; then load it when it is the configured one.

        Without `kind` the files come that the engine needs. A second call while one runs waits for that one. Problems become
        the status. `force` mends a damaged file, and a file that was found damaged is mended without being told so.
        """
        try:
            entry = self.store.wanted(model or self.config.model)
        except UnknownModel as error:
            return self._post(message=str(error), hint=error.hint)
        configured = entry == self._entry()
        if kind is None and configured and self.status.engine in FORMAT:
            kind = FORMAT[self.status.engine]
        damaged = configured and self.status.state == "absent" and self.status.model_file is not None
        path = await self._pulls.run(self.store, entry, configured=configured, force=force or damaged, kind=kind)
        if path is not None and entry == self._entry() and self._engine is None:
            self._post("unloaded", message="", hint="", model_file=str(path))
            await self.load()
        return self.status

    def cancel_pull(self) -> EngineStatus:
        """Ask the download to stop; what was fetched stays. The status says when it has stopped."""
        self._pulls.stop()
        return self.status

    async def aclose(self) -> None:
        """Stop everything this supervisor started."""
        await self._pulls.aclose()
        async with self._lock:
            await self._discard()

    # -- starting and stopping

    async def _start(self) -> Engine:
        choice = await asyncio.to_thread(choose, self.config, None, self.store)
        self._post("loading", message="Starting the engine.", hint="", sharing="", **facts_of(choice, None))
        if choice.engine == "openai":
            self._post("loading", message=f"Connecting to {self.config.openai_base_url}.")
            return self._adopt(await connect(self.config, self._note_usage), choice)
        path = await self._verified(choice) if choice.model else None
        loading = f"Loading {choice.model.label if choice.model else 'the script'}."
        self._post("loading", message=loading, progress=None)
        weights = choice.need.weights if choice.need else 0
        progress = LoadProgress(weights, partial(self._loading, loading))
        waiting = partial(
            self._post, "loading", message="Your other Jupyter server is loading a model; waiting for it."
        )
        try:
            start_it = start(choice, self.config, path, self._note_usage, on_wait=waiting, on_child=progress.began)
            return self._adopt(await start_it, choice)
        finally:
            progress.end()

    def _adopt(self, running: Running, choice: Choice) -> Engine:
        self._running, engine = running, running.engine
        self._post(
            "ready",
            message="",
            hint="",
            device=running.device or None,
            dtype=running.dtype or choice.dtype,
            context_tokens=engine.context_tokens,
            memory_bytes=running.memory_bytes(),
            vram_bytes=running.vram_bytes,
            sharing=running.sharing,
        )
        if running.child is not None:
            loop = asyncio.get_running_loop()
            running.child.exited.add_done_callback(partial(self._tell_exit, loop, running))
            if self.config.idle_minutes > 0:
                self._idle = asyncio.create_task(self._unload_when_idle(running))
        return engine

    async def _verified(self, choice: Choice) -> Path:
        """The path of intact weights, hashed in a thread when need be. The state becomes `absent` when they are not."""
        loop = asyncio.get_running_loop()

        def heard(progress: Progress) -> None:
            loop.call_soon_threadsafe(self._loading, "Checking the model file.", progress)

        # A script needs no weights: it is enough that there is a file, so that tests need not carry a gigabyte about.
        look = self.store.existing_path if choice.engine == "scripted" else self.store.verified_path
        try:
            path = await asyncio.to_thread(partial(look, choice.model, heard, kind=choice.format))
        except ModelError as error:
            found = await asyncio.to_thread(self.store.path, choice.model, choice.format)
            self._post("absent", message=str(error), hint=error.hint, model_file=str(found) if found else None)
            raise EngineUnavailable(str(error), error.hint) from error
        self._post("loading", model_file=str(path))
        return path

    async def _discard(self) -> None:
        """Stop what runs, whatever state it is in. The lock is held."""
        idle, self._idle = self._idle, None
        if idle is not None and idle is not asyncio.current_task():
            idle.cancel()
        running, self._running = self._running, None
        if running is not None:
            await running.stop(keep_slots=self.config.keep_slots)

    def _tell_exit(self, loop: asyncio.AbstractEventLoop, running: Running, _: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to be told
            loop.call_soon_threadsafe(self._exited, running)

    def _exited(self, running: Running) -> None:
        """A child ended. Only news when it is the current one: an unload forgets it first."""
        if running is not self._running or running.child is None:
            return
        sentence, hint = running.child.end()
        if running.borrowed:
            self._post("unloaded", message=sentence, hint=hint, sharing="")
            return
        log.warning("%s log: %s", sentence, running.child.log)
        self._post("crashed", message=sentence, hint=hint)

    async def _unload_when_idle(self, running: Running) -> None:
        limit = self.config.idle_minutes * 60
        while self._running is running:
            await asyncio.sleep(min(IDLE_CHECK_SECONDS, max(limit / 4, 0.05)))
            if self._running is running and running.idle_seconds(time.monotonic()) >= limit:
                await self.unload()
                return

    # -- status

    @property
    def _engine(self) -> SupervisedEngine | None:
        return self._running.engine if self._running else None

    @property
    def _child(self) -> Child | None:
        return self._running.child if self._running else None

    def _loading(self, message: str, progress: Progress) -> None:
        if self.status.state == "loading" and self._running is None:
            self._post("loading", message=message, progress=progress)

    def _note_usage(self, usage: Usage) -> None:
        if usage.decode_seconds > 0 and usage.new_tokens >= ENOUGH_TOKENS_FOR_A_RATE and self._running is not None:
            speed = round(usage.new_tokens / usage.decode_seconds, 1)
            self._post("ready", tokens_per_second=speed, memory_bytes=self._running.memory_bytes())

    def _entry(self) -> ModelEntry | None:
        """The model that is configured, or that was chosen where none is."""
        if self.config.model is None and self.status.model is not None:
            return self.status.model
        try:
            return self.store.entry(self.config.model)
        except UnknownModel:  # an administrator's typing error: `refresh` says so
            return None

    def _post(self, state: EngineState | None = None, **fields: Any) -> EngineStatus:
        return self._board.post(state, **fields)
