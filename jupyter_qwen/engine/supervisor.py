"""Starts an engine when it is needed, watches it, unloads it when idle, and says at any moment how things stand.

Lives in one event loop and never blocks it: disk, hashing and downloads run in threads, the model in a child process.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

from jupyter_qwen.engine.base import (
    Capabilities,
    Delta,
    Engine,
    EngineError,
    EngineUnavailable,
    Finished,
    GenerationRequest,
)
from jupyter_qwen.engine.choice import Choice, choose
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.http import HttpEngine
from jupyter_qwen.engine.launch import ChildProcess, death
from jupyter_qwen.engine.status import EngineStatus
from jupyter_qwen.models.catalog import UnknownModel
from jupyter_qwen.models.errors import ModelAbsent, ModelError, PullCancelled
from jupyter_qwen.models.progress import Progress
from jupyter_qwen.models.store import ModelStore

log = logging.getLogger(__name__)
SLOTS = 4
BATCH_TOKENS = 32
CACHE_MIB = 512
IDLE_CHECK_SECONDS = 15.0
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
        self._pull: asyncio.Task[None] | None = None
        self._stop_pull = False
        self._idle: asyncio.Task[None] | None = None

    @property
    def status(self) -> EngineStatus:
        """How things stand now. Cheap; reads nothing."""
        return self._status

    async def refresh(self) -> EngineStatus:
        """Look whether the model is on disk, when nothing is running: tells `absent` from `unloaded`."""
        if self._engine is None and self._status.state in ("unloaded", "absent") and not self._lock.locked():
            try:
                choice = await asyncio.to_thread(choose, self.config)
                path = await asyncio.to_thread(self.store.path, choice.model) if choice.model else None
            except EngineError as error:
                return self._change("unloaded", message=str(error), hint=error.hint)
            self._describe(choice, path)
            if choice.model and path is None:
                self._absent(choice)
            else:
                self._change("unloaded", message="", hint="")
        return self._status

    async def engine(self) -> Engine:
        """The running engine; loads it first when it is not. Concurrent callers wait for the same load.

        Raises EngineUnavailable (with the way out in `hint`) or EngineRefused.
        """
        async with self._lock:
            if self._engine is not None and not self._engine.dead:
                return self._engine
            if self._pull is not None:
                raise EngineUnavailable("The model is still being downloaded.", "Wait for the download to end.")
            await self._discard()
            try:
                return await self._start()
            except EngineError as error:
                if self._status.state not in ("absent",):
                    self._change("crashed", message=str(error), hint=error.hint, progress=None)
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
            if self._status.state != "absent":
                self._change("unloaded", message="", hint="", memory_bytes=None, tokens_per_second=None)
        return self._status

    async def configure(self, config: EngineConfig) -> EngineStatus:
        """Switch to other settings: the running engine is unloaded, nothing is loaded yet."""
        await self.unload()
        self.config = config
        self.store = ModelStore(config.models_folder)
        self._change("unloaded", message="", hint="", model=None, model_file=None, remote=config.remote)
        return await self.refresh()

    def start_pull(self, model: str | None = None, *, force: bool = False) -> EngineStatus:
        """Begin a download in the background (a second call joins the first); the status carries its progress."""
        if self._pull is None:
            self._pull = asyncio.create_task(self._run_pull(model or self.config.model, force=force))
            self._change("downloading", message="Starting the download.", hint="", progress=None)
        return self._status

    async def pull_model(self, model: str | None = None, *, force: bool = False) -> EngineStatus:
        """Download the model, then load it when it is the configured one. Problems become the status."""
        self.start_pull(model, force=force)
        if self._pull is not None:
            await asyncio.shield(self._pull)
        return self._status

    def cancel_pull(self) -> EngineStatus:
        """Ask the download to stop; what was fetched stays. The status says when it has stopped."""
        self._stop_pull = True
        return self._status

    async def aclose(self) -> None:
        """Stop everything this supervisor started."""
        self.cancel_pull()
        if self._pull is not None:
            await asyncio.shield(self._pull)
        async with self._lock:
            await self._discard()

    # -- starting and stopping

    async def _start(self) -> Engine:
        choice = await asyncio.to_thread(choose, self.config)
        self._describe(choice, None)
        if choice.engine == "openai":
            return await self._connect(choice)
        settings: dict[str, Any]
        if choice.engine == "scripted":
            settings = {
                "script": str(self.config.script) if self.config.script else None,
                "context_tokens": choice.context_tokens,
            }
        else:
            path = await self._verified(choice)
            settings = {
                "model": str(path),
                "alias": choice.model.short_name if choice.model else "local",
                "context_tokens": choice.context_tokens,
                "threads": choice.threads,
                "gpu_layers": self.config.gpu_layers,
                "slots": SLOTS,
                "batch_tokens": BATCH_TOKENS,
                "cache_mib": CACHE_MIB,
            }
        name = choice.model.label if choice.model else "the script"
        self._change("loading", message=f"Loading {name}.", hint="", progress=None)
        folder = Path(self.config.log_folder) if self.config.log_folder else None
        child = self._child = ChildProcess(f"jupyter_qwen.engine.children.{choice.engine}", settings, log_folder=folder)
        child.exited.add_done_callback(self._exit_listener(child))
        try:
            ready = await child.wait_ready(self.config.load_timeout_seconds)
        except asyncio.CancelledError:
            await self._discard()
            raise
        http = HttpEngine(ready.url, child.key, context_tokens=choice.context_tokens)
        return await self._adopt(http, choice, device=ready.device)

    async def _connect(self, choice: Choice) -> Engine:
        url = self.config.openai_base_url or ""
        self._change("loading", message=f"Connecting to {url}.", hint="", progress=None)
        http = HttpEngine(
            url, self.config.openai_key, model=self.config.openai_model, context_tokens=self.config.context_tokens
        )
        return await self._adopt(http, choice, device=None)

    async def _adopt(self, http: HttpEngine, choice: Choice, *, device: str | None) -> Engine:
        try:
            await http.probe()
        except BaseException:
            await http.aclose()
            raise
        engine = self._engine = SupervisedEngine(self, http, self._child)
        self._change(
            "ready",
            message="",
            hint="",
            device=device,
            context_tokens=http.context_tokens,
            memory_bytes=await self._memory(),
        )
        if self.config.idle_minutes > 0 and self._child is not None:
            self._idle = asyncio.create_task(self._unload_when_idle(engine))
        return engine

    async def _verified(self, choice: Choice) -> Path:
        """The path of intact weights, hashed in a thread when need be. Sets the state `absent` when they are not."""
        loop = asyncio.get_running_loop()

        def heard(progress: Progress) -> None:
            loop.call_soon_threadsafe(self._verifying, progress)

        try:
            path = await asyncio.to_thread(self.store.verified_path, choice.model, heard)
        except ModelAbsent as error:
            self._absent(choice)
            raise EngineUnavailable(str(error), error.hint) from error
        except ModelError as error:
            self._change("absent", message=str(error), hint=error.hint, progress=None)
            raise EngineUnavailable(str(error), error.hint) from error
        self._describe(choice, path)
        return path

    def _verifying(self, progress: Progress) -> None:
        self._change("loading", message="Checking the model file.", progress=progress)

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

    def _exit_listener(self, child: ChildProcess) -> Callable[[Any], None]:
        loop = asyncio.get_running_loop()

        def exited(_: Any) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to be told
                loop.call_soon_threadsafe(self._exited, child)

        return exited

    def _exited(self, child: ChildProcess) -> None:
        """A child ended. Only news when it is the current one: an unload forgets it first."""
        if child is self._child and self._engine is not None:
            sentence, hint = death(child.returncode or 0)
            log.warning("%s log: %s", sentence, child.log)
            self._change("crashed", message=sentence, hint=hint, memory_bytes=None, progress=None)

    async def _unload_when_idle(self, engine: SupervisedEngine) -> None:
        limit = self.config.idle_minutes * 60
        while self._engine is engine:
            await asyncio.sleep(min(IDLE_CHECK_SECONDS, max(limit / 4, 0.05)))
            if engine.active == 0 and time.monotonic() - engine.last_used >= limit and self._engine is engine:
                await self.unload()
                return

    # -- downloading

    async def _run_pull(self, model: str | None, *, force: bool) -> None:
        loop = asyncio.get_running_loop()
        self._stop_pull = False

        def heard(progress: Progress) -> None:
            loop.call_soon_threadsafe(self._pulling, progress)

        try:
            entry = self.store.entry(model)
            self._change("downloading", message=f"Downloading {entry.label}.", model=entry)
            await asyncio.to_thread(self.store.pull, entry, heard, lambda: self._stop_pull, force=force)
        except PullCancelled as error:
            self._change("absent", message="The download was stopped.", hint=error.hint, progress=None)
            return
        except (ModelError, UnknownModel) as error:
            self._change("absent", message=str(error), hint=error.hint, progress=None)
            return
        except OSError as error:
            self._change("absent", message=f"The download failed: {error}", hint="", progress=None)
            return
        finally:
            self._pull = None
        self._change("unloaded", message="", hint="", progress=None)
        if model == self.config.model or entry == self.store.entry(self.config.model):
            await self.load()

    def _pulling(self, progress: Progress) -> None:
        if self._pull is not None:
            message = "Checking the download." if progress.phase == "verifying" else self._status.message
            self._change("downloading", message=message, progress=progress)

    # -- status

    def _describe(self, choice: Choice, path: Path | None) -> None:
        self._status = replace(
            self._status,
            engine=choice.engine,
            reason=choice.reason,
            model=choice.model,
            model_file=str(path) if path else self._status.model_file,
            context_tokens=choice.context_tokens,
            remote=self.config.remote,
        )

    def _absent(self, choice: Choice) -> None:
        label = choice.model.label if choice.model else "The model"
        self._change(
            "absent",
            message=f"{label} is not on this machine.",
            hint="Download it: jupyter qwen model pull",
            progress=None,
        )

    def _change(self, state: Any, **fields: Any) -> EngineStatus:
        fresh = replace(self._status, state=state, **fields)
        if state == "ready":
            fresh = replace(fresh, progress=None)
        if fresh != self._status:
            self._status = fresh
            if self._on_change is not None:
                self._on_change(fresh)
        return self._status

    async def _memory(self) -> int | None:
        child = self._child
        if child is None:
            return None
        try:
            return int(psutil.Process(child.pid).memory_info().rss)
        except psutil.Error:
            return None

    async def note_finished(self, finished: Finished) -> None:
        """Called by the engine at the end of an answer: takes its speed, and the memory, into the status."""
        usage = finished.usage
        if usage.decode_seconds > 0 and usage.new_tokens > 4 and self._status.state == "ready":
            speed = round(usage.new_tokens / usage.decode_seconds, 1)
            self._change("ready", tokens_per_second=speed, memory_bytes=await self._memory())


class SupervisedEngine:
    """The engine that `Supervisor.engine()` hands out: counts what is running, and explains a death in one sentence."""

    def __init__(self, supervisor: Supervisor, http: HttpEngine, child: ChildProcess | None) -> None:
        self.http = http
        self.active = 0
        self.last_used = time.monotonic()
        self._supervisor = supervisor
        self._child = child

    @property
    def dead(self) -> bool:
        """Whether the child behind it has ended."""
        return self._child is not None and self._child.returncode is not None

    @property
    def capabilities(self) -> Capabilities:
        return self.http.capabilities

    @property
    def context_tokens(self) -> int:
        return self.http.context_tokens

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Delta | Finished, None]:
        """See `engine.base.Engine.generate`."""
        self.active += 1
        try:
            async with aclosing(self.http.generate(request)) as stream:
                async for item in stream:
                    if isinstance(item, Finished):
                        await self._supervisor.note_finished(item)
                    yield item
        except EngineUnavailable as error:
            raise await self._explained(error) from error
        finally:
            self.active -= 1
            self.last_used = time.monotonic()

    async def count_tokens(self, text: str) -> int:
        """See `engine.base.Engine.count_tokens`."""
        try:
            return await self.http.count_tokens(text)
        except EngineUnavailable as error:
            raise await self._explained(error) from error

    async def aclose(self) -> None:
        """Nothing: the supervisor owns the endpoint."""

    async def _explained(self, error: EngineUnavailable) -> EngineUnavailable:
        """The child's end, when that is the cause: the connection breaks a moment before the exit code is known."""
        if self._child is None:
            return error
        done, _ = await asyncio.wait({asyncio.wrap_future(self._child.exited)}, timeout=1.0)
        if not done:
            return error
        sentence, hint = death(self._child.returncode or 0)
        return EngineUnavailable(sentence, hint)
