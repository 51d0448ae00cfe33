"""Says which engine there shall be, has it loaded when it is needed and unloaded when idle, and tells how things stand.

Lives in one event loop; disk, hashing, downloads and questions to the graphics card run in threads, the model in a child process.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

from jupyter_qwen.engine.base import EngineError, EngineUnavailable, Usage
from jupyter_qwen.engine.choice import FORMAT, EngineChoice, choose
from jupyter_qwen.engine.config import EngineConfig, EngineName
from jupyter_qwen.engine.engine_status import EngineStatus, facts_of
from jupyter_qwen.engine.process import speed_probe
from jupyter_qwen.engine.process.board import Board, OnChange
from jupyter_qwen.engine.process.life import Ending, EngineLife
from jupyter_qwen.engine.process.loading import LoadProgress, intact, unexpected
from jupyter_qwen.engine.process.pulls import Pulls
from jupyter_qwen.engine.process.starting import RunningEngine, connect, forget, start
from jupyter_qwen.engine.process.supervised import SupervisedEngine
from jupyter_qwen.models import fit
from jupyter_qwen.models.catalog import UnknownModel
from jupyter_qwen.models.entries import Format, ModelEntry
from jupyter_qwen.models.errors import ModelError
from jupyter_qwen.models.progress import Progress
from jupyter_qwen.models.store import ModelStore

log = logging.getLogger(__name__)
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
        self._post = self._board.post
        self._pulls = Pulls(self._board)
        self._life = EngineLife(self._load_it, self._begun, self._exited)
        self._idle: asyncio.Task[None] | None = None
        self._progress = LoadProgress(0, lambda progress: None)
        self._switching = asyncio.Lock()
        self._closed = False

    @property
    def status(self) -> EngineStatus:
        """How things stand now. Cheap; reads nothing."""
        return self._board.status

    @property
    def running(self) -> RunningEngine | None:
        """What answers now, if anything does."""
        return self._life.running

    async def refresh(self) -> EngineStatus:
        """While nothing runs: look whether the model is on disk, which tells `absent` from `unloaded`, and what would run."""
        config, choice, path, failure = self.config, None, None, None
        if not self._life.still or self._pulls.blocks:
            return self.status
        try:
            choice = await asyncio.to_thread(choose, config, None, self.store)
            path = await asyncio.to_thread(self.store.path, choice.model, choice.format) if choice.model else None
        except EngineError as error:
            failure = error
        if config is not self.config or not self._life.still or self._pulls.blocks:
            return self.status  # somebody began to load, or chose another model, meanwhile
        if failure is not None or choice is None:
            return self._post("unloaded", message=str(failure), hint=failure.hint if failure else "")
        if choice.model and path is None:
            missing = self.store.absent(choice.model, choice.format)
            return self._post("absent", message=str(missing), hint=missing.hint, **facts_of(choice, None))
        if self.status.state == "crashed":
            return self.status
        return self._post("unloaded", message="", hint="", **facts_of(choice, path))

    async def engine(self) -> SupervisedEngine:
        """The running engine; loaded first when nothing runs, once for all callers, of which none takes the load along.

        Raises EngineUnavailable (with the way out in `hint`) or EngineRefused.
        """
        while True:
            if self._closed:
                raise EngineUnavailable("The Jupyter server is about to end.")
            if self._life.running is None and self._pulls.blocks:
                raise EngineUnavailable("The model is still being downloaded.", "Wait for the download to end.")
            async with self._switching:  # a switch looks at what is there before anything of it is loaded
                config = self.config
            running = await self._life.begun()
            if running is not None:
                running.engine.last_used = time.monotonic()  # who asks for it is about to use it
                return running.engine
            if config is self.config:
                raise EngineUnavailable("Loading the model was stopped.", "Ask again: it is loaded anew.")

    async def forget(self, owner: str) -> None:
        """Drop what the KV caches, in memory and on disk, hold of a notebook's conversation."""
        await forget(owner, self._life.running)

    async def load(self) -> EngineStatus:
        """Load the engine now. Problems become the status rather than an exception."""
        with contextlib.suppress(EngineError):  # the status says it
            await self.engine()
        return self.status

    async def unload(self) -> EngineStatus:
        """Stop the child, or its load, and give its memory back; the next request loads again."""
        await asyncio.wait({self._retire()})
        if self._life.still and self.status.state not in ("absent", "downloading"):
            self._post("unloaded", message="", hint="", sharing="")
        return self.status

    async def configure(self, config: EngineConfig) -> EngineStatus:
        """Switch to other settings: what runs or loads is ended, and nothing is loaded yet."""
        async with self._switching:
            ended = self._retire()
            if config.models_folder != self.config.models_folder:
                self.store = ModelStore(config.models_folder)
            self.config = config
            entry = self.entry()
            self._pulls.configured_is(entry)
            await asyncio.wait({ended})
            if self._pulls.blocks and entry is not None:
                return self._post("downloading", message=f"Downloading {entry.label}.", hint="", model=entry)
            self._post("unloaded", message="", hint="", remote=config.remote)
            return await self.refresh()

    async def switch(
        self, model: str, *, engine: EngineName | None = None, context_tokens: int | None = None
    ) -> EngineStatus:
        """Make `model` the one that answers: what runs or loads is ended, the new one is not loaded yet.

        `engine` and `context_tokens` default to what the server was configured with; 0 lets the machine decide. Raises
        EngineRefused or EngineUnavailable, which names a model that fits, before anything has changed.
        """
        fresh = self._configured.switched(model, engine=engine, context_tokens=context_tokens)
        await asyncio.to_thread(lambda: choose(fresh, self.machine(), self.store))
        return await self.configure(fresh)

    def machine(self) -> fit.Machine:
        """This machine, with what the child that runs or loads holds counted as free. Blocks: it asks the card's driver."""
        found, running = fit.machine(), self._life.running
        held = running.freed_bytes() if running else self._progress.freed_bytes()
        return replace(found, available_bytes=min(found.total_bytes, found.available_bytes + held))

    async def pull_model(
        self, model: str | None = None, *, force: bool = False, kind: Format | None = None
    ) -> EngineStatus:
        """Download the model, with progress in the status; then load it when it is the configured one.

        Without `kind` the files come that the engine needs. A second call waits for the first. Problems become the status.
        `force` mends a damaged file; one that was found damaged is mended without it.
        """
        try:
            entry = self.store.wanted(model or self.config.model)
        except UnknownModel as error:
            return self._post(message=str(error), hint=error.hint)
        configured = entry == self.entry()
        if kind is None and configured and self.status.engine in FORMAT:
            kind = FORMAT[self.status.engine]
        damaged = configured and self.status.state == "absent" and self.status.model_file is not None
        path = await self._pulls.run(self.store, entry, configured=configured, force=force or damaged, kind=kind)
        if path is not None and entry == self.entry() and self._life.still:
            self._post("unloaded", message="", hint="", model_file=str(path))
            await self.load()
        return self.status

    def cancel_pull(self) -> EngineStatus:
        """Ask the download to stop; what was fetched stays. The status says when it has stopped."""
        self._pulls.stop()
        return self.status

    def entry(self) -> ModelEntry | None:
        """The model that is configured, or that was chosen where none is; ``None`` for a name that nobody knows."""
        if self.config.model is None and self.status.model is not None:
            return self.status.model
        try:
            return self.store.entry(self.config.model)
        except UnknownModel:  # an administrator's typing error: `refresh` says so
            return None

    async def aclose(self) -> None:
        """Stop everything this supervisor started."""
        self._closed = True
        ended = self._retire()
        await self._pulls.aclose()
        await asyncio.wait({ended})

    # -- starting and stopping

    async def _load_it(self, before: Ending) -> RunningEngine:
        """The work of the load task. Whatever goes wrong ends in the status: *loading* always comes to its end."""
        self._post("loading", message="Starting the engine.", hint="", sharing="", remote=self.config.remote)
        try:
            await asyncio.wait({before})
            return await self._start()
        except Exception as error:
            failure = error if isinstance(error, EngineError) else unexpected(error)
            if self.status.state != "absent":
                self._post("crashed", message=str(failure), hint=failure.hint)
            if failure is error:
                raise
            raise failure from error

    async def _start(self) -> RunningEngine:
        config = self.config
        choice = await asyncio.to_thread(choose, config, None, self.store)
        self._post("loading", **facts_of(choice, None))
        if choice.engine == "openai":
            self._post("loading", message=f"Connecting to {config.openai_base_url}.")
            return await connect(choice, config, self._note_usage)
        path = await self._verified(choice) if choice.model else None
        if choice.unmeasured and choice.engine == "llama" and path is not None:
            tell = partial(self._post, "loading")
            await speed_probe.compare(choice, config, path, choice.unmeasured, lambda words: tell(message=words))
            choice = await asyncio.to_thread(choose, config, None, self.store)
            self._post("loading", **facts_of(choice, path))
        loading = f"Loading {choice.model.label if choice.model else 'the script'}."
        self._post("loading", message=loading, progress=None)
        self._progress = LoadProgress(choice.need.weights if choice.need else 0, partial(self._loading, loading))
        wait = "Your other Jupyter server is loading a model; waiting for it."
        try:
            return await start(
                choice, config, path, self._note_usage, again=self.engine, on_child=self._progress.began,
                on_wait=partial(self._post, "loading", message=wait),
            )  # fmt: skip
        finally:
            self._progress.end()

    def _begun(self, running: RunningEngine) -> None:
        self._post(
            "ready",
            message="",
            hint="",
            device=running.device or None,
            dtype=running.dtype or running.choice.dtype,
            context_tokens=running.engine.context_tokens,
            memory_bytes=running.memory_bytes(),
            vram_bytes=running.vram_bytes,
            sharing=running.sharing,
        )
        if running.child is not None and self.config.idle_minutes > 0:
            self._idle = asyncio.create_task(self._unload_when_idle(running))

    def _retire(self) -> Ending:
        """Begin to end what runs or loads, whatever state it is in."""
        idle, self._idle = self._idle, None
        if idle is not None and idle is not asyncio.current_task():
            idle.cancel()
        return self._life.end()

    async def _verified(self, choice: EngineChoice) -> Path:
        """The path of intact weights; the state becomes `absent` when they are not. Raises EngineUnavailable."""
        try:
            path = await intact(self.store, choice, partial(self._loading, "Checking the model file."))
        except ModelError as error:
            found = await asyncio.to_thread(self.store.path, choice.model, choice.format)
            self._post("absent", message=str(error), hint=error.hint, model_file=str(found) if found else None)
            raise EngineUnavailable(str(error), error.hint) from error
        self._post("loading", model_file=str(path))
        return path

    def _exited(self, running: RunningEngine) -> None:
        if running.child is None:
            return
        sentence, hint = running.child.end()
        if running.borrowed:
            self._post("unloaded", message=sentence, hint=hint, sharing="")
            return
        log.warning("%s log: %s", sentence, running.child.log)
        self._post("crashed", message=sentence, hint=hint)

    async def _unload_when_idle(self, running: RunningEngine) -> None:
        await running.idle(self.config.idle_minutes * 60)
        if self._life.running is running:
            await self.unload()

    # -- status

    def _loading(self, message: str, progress: Progress) -> None:
        self._post("loading", message=message, progress=progress)

    def _note_usage(self, usage: Usage) -> None:
        running = self._life.running
        if usage.decode_seconds > 0 and usage.new_tokens >= ENOUGH_TOKENS_FOR_A_RATE and running is not None:
            speed = round(usage.new_tokens / usage.decode_seconds, 1)
            self._post("ready", tokens_per_second=speed, memory_bytes=running.memory_bytes())
