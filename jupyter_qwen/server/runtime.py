"""The services behind the routes, built once at the first request."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing
from pathlib import Path
from typing import Any, cast

from jupyter_qwen.assistant.answer_limits import AnswerLimits
from jupyter_qwen.assistant.ask import UNASKED, ask, build_prompt, warm
from jupyter_qwen.assistant.completion.complete import complete
from jupyter_qwen.assistant.completion.desk import CompletionDesk
from jupyter_qwen.assistant.engines import OnStatus, SupervisedEngines
from jupyter_qwen.assistant.events import CompletionText, Event
from jupyter_qwen.assistant.intent import choose_connection
from jupyter_qwen.assistant.loadable import describe_loadable
from jupyter_qwen.assistant.question import BadRequest, CompletionQuestion, Question, decode_cells, decode_schema
from jupyter_qwen.assistant.services import Services
from jupyter_qwen.assistant.threads import ThreadStore
from jupyter_qwen.assistant.warming.idle import IDLE_SHARE, IdleBudget
from jupyter_qwen.assistant.warming.opening import prepare_opening
from jupyter_qwen.assistant.warming.warm import Warming
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.engine_status import EngineStatus
from jupyter_qwen.knowledge.files import KnowledgeFiles
from jupyter_qwen.python.loading.notebook_file import NotebookFile
from jupyter_qwen.python.trial.rows import SWITCHED_OFF
from jupyter_qwen.schema.collect import kernel_expression
from jupyter_qwen.schema.model import PRIVACY_LEVELS, PrivacyLevel, Schema
from jupyter_qwen.server.locks import Locks
from jupyter_qwen.server.model_desk import ModelDesk
from jupyter_qwen.server.thread_ids import Renames, is_plain
from jupyter_qwen.server.wire import decode
from jupyter_qwen.sql.model import Proof
from jupyter_qwen.sql.validate import prove

# A remote engine hears of names and types only, unless an administrator raised the level on purpose.
REMOTE_PRIVACY: PrivacyLevel = "types"
MAX_THREAD_CHARACTERS = 10_000  # longer than any path that a system knows


class Runtime:
    """One per server. Everything blocking runs in threads; methods are called on the server's event loop."""

    def __init__(
        self,
        config: EngineConfig,
        *,
        limits: AnswerLimits,
        threads_folder: Path | None,
        root_dir: str,
        max_privacy: PrivacyLevel,
        load_on_start: bool,
        allow_model_switch: bool = True,
        warming_share: float = IDLE_SHARE,
        prepares: Callable[[], bool] = lambda: True,
        locks: Locks,
        reads_files: bool = True,
        try_python: bool = True,
        on_status: OnStatus,
        log: logging.Logger,
    ) -> None:
        self._engines = SupervisedEngines(config, lambda status: on_status(self.amended(status)))
        self._limits, idle = limits, IdleBudget(share=warming_share, wanted=prepares)
        self.services = Services(
            self._engines,
            ThreadStore(threads_folder, scope=root_dir),
            limits.for_context(config.context_tokens),
            CompletionDesk(idle=idle),
            Warming(idle, after_answers=True),
            KnowledgeFiles(Path(root_dir) if root_dir else None),
        )
        self._locks, self._try_python = locks, try_python
        self._files_root = Path(root_dir) if root_dir and reads_files else None
        max_privacy = locks.max_privacy(max_privacy)
        self._max_privacy = min(max_privacy, REMOTE_PRIVACY, key=_rank) if config.remote else max_privacy
        self._renames = Renames(root_dir)
        self._load_on_start = load_on_start
        self.models = ModelDesk(self._engines, allow_switch=allow_model_switch, in_background=self._in_background)
        self._log = log
        self._jobs: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Look at what is there and, when the weights are, begin to load them."""
        found = await self._engines.supervisor.refresh()
        if self._load_on_start and found.state == "unloaded" and not found.message:
            self._in_background(self._engines.supervisor.load())

    async def aclose(self) -> None:
        """Stop what runs and end the child process."""
        for job in self._jobs:
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)
        await self.services.aclose()
        await self._engines.aclose()

    def status(self) -> dict[str, Any]:
        """The Status of docs/reference/protocol.md."""
        return self.amended(self._engines.describe())

    def amended(self, status: dict[str, Any]) -> dict[str, Any]:
        """A status with what only this server knows."""
        return {
            **status,
            "max_privacy": self._max_privacy,
            "switchable": self.models.allow_switch,
            "completion_resting": self.services.completion.pace.advice().reason,
        }

    async def ask(self, body: dict[str, Any]) -> AsyncIterator[Event]:
        """Answer an AskRequest. Raises what `failures.describe` knows."""
        question = await asyncio.to_thread(decode, Question.from_json, self.bounded(body))
        async with aclosing(ask(question, self.services)) as events:  # type: ignore[type-var]
            async for event in events:
                yield event

    async def complete(self, body: dict[str, Any]) -> AsyncIterator[Event]:
        """Answer a CompleteRequest, with an empty text where an administrator's lock forbids one."""
        if reason := self._locks.no_completion(body):
            yield CompletionText("", done=True, reason=reason)
            return
        question = await asyncio.to_thread(decode, CompletionQuestion.from_json, self.bounded(body))
        async with aclosing(complete(question, self.services)) as events:  # type: ignore[type-var]
            async for event in events:
                yield event

    async def context(self, body: dict[str, Any]) -> dict[str, Any]:
        """What the model would see for an AskRequest, with the tokens of each source."""
        question = await asyncio.to_thread(decode, Question.from_json, self.bounded(body))
        prompt, engine = await build_prompt(question, self.services)
        parts = [
            {"label": part.label, "text": part.text, "tokens": await engine.count_tokens(part.text)}
            for part in prompt.parts
        ]
        return {
            "parts": parts,
            "sources": [{"ref": s.ref, "tokens": await engine.count_tokens(s.text)} for s in prompt.sources],
            "notes": list(prompt.notes),
            "prompt": prompt.text,
            "prompt_tokens": await engine.count_tokens(prompt.text),
        }

    def thread_id(self, raw: str) -> str:
        """The conversation that `raw` names: kernels know a notebook's whole path, browsers the one below the root.

        Raises BadRequest for what no notebook can be called.
        """
        if len(raw) > MAX_THREAD_CHARACTERS or not is_plain(raw):
            raise BadRequest("thread must be the path of a notebook, or another name of ordinary characters.")
        return self._renames.thread_id(raw)

    async def move_thread(self, source: object, target: object) -> int:
        """A notebook or a folder was renamed: its conversations go along. Raises BadRequest for what is no path."""
        if not isinstance(source, str) or not isinstance(target, str) or not source.strip() or not target.strip():
            raise BadRequest("from and to must be paths.")
        ids = self.thread_id(source), self.thread_id(target)
        self._renames.add(*ids)
        return await asyncio.to_thread(self.services.threads.move, *ids)

    async def clear(self, thread: str) -> None:
        """Forget a conversation: its file, and what KV caches hold of it, in memory and on disk."""
        self.services.warming.stop(thread)
        await asyncio.to_thread(self.services.threads.clear, thread)
        await self._engines.forget(thread)

    async def warm(self, body: dict[str, Any]) -> dict[str, Any]:
        """Process the beginning of the next question about ``body["cells"]`` and ``body["schema"]`` while nobody waits."""
        if not self._locks.prepares:
            return {"started": False, "state": "off"}
        question = await asyncio.to_thread(decode, Question.from_json, self.bounded({**body, "question": UNASKED}))
        started = await warm(question, self.services)
        return {"started": started, "state": self.services.warming.state(question.thread)}

    async def prepare(self, notebook: Path, settings: dict[str, Any]) -> bool:
        """Process what the first question about a notebook will begin with while its page loads; whether that began.

        Its cells are read and not run. `settings` are the user's. Raises OSError and ValueError for what is no notebook.
        """
        file = await asyncio.to_thread(NotebookFile.read, notebook)
        if not self._load_on_start or file.language.lower() != "python":
            return False
        level = settings["privacy"]
        body = self.bounded(
            {"thread": str(notebook), "cells": file.cells, "privacy": None if level == "auto" else level}
        )
        found = await self.loadable(body)
        cells = file.cells if settings["sendCells"] else []
        asked = {**body, "cells": cells, "language": file.language, "question": UNASKED, "schema": found["schema"]}
        question = await asyncio.to_thread(decode, Question.from_json, asked)
        return self._locks.prepares and await prepare_opening(question, self.services)

    async def keep(self, label: str, thread: str) -> bool:
        """Keep what the engine has read for a conversation in a file that outlives it; whether that worked."""
        return await self._engines.keep(label, thread)

    async def prove(self, body: dict[str, Any]) -> Proof:
        """The proof of ``body["sql"]`` against ``body["schema"]``, as seen from ``body["connection"]``."""
        sql = body.get("sql")
        if not isinstance(sql, str) or not sql.strip():
            raise BadRequest("sql must be a text that is not empty.")
        schema = await asyncio.to_thread(decode, decode_schema, body.get("schema")) or Schema()
        try:
            connection = choose_connection(schema, (), body.get("connection"))
        except KeyError as error:
            raise BadRequest(f"There is no DuckDB connection named {error.args[0]} in the kernel.") from error
        return await asyncio.to_thread(prove, sql, schema.visible_from(connection))

    async def loadable(self, body: dict[str, Any]) -> dict[str, Any]:
        """The tables that ``body["cells"]`` would make, and those of files: ``body["opened"]``, and beside ``body["thread"]``."""
        body = self.bounded(body)
        cells = await asyncio.to_thread(decode, decode_cells, body.get("cells"))
        return await asyncio.to_thread(
            describe_loadable, cells, self._files_root, body.get("thread"), body["privacy"], body.get("opened")
        )

    async def collector(self, privacy: str) -> str:
        """The collector's expression at the level that was asked for, or the highest that is allowed."""
        return await asyncio.to_thread(kernel_expression, self.allowed_privacy(privacy))

    def allowed_privacy(self, wanted: object) -> str:
        """The level that was asked for, or the highest that is allowed. Raises BadRequest for one that there is not."""
        level = wanted or self._max_privacy
        if level not in PRIVACY_LEVELS:
            raise BadRequest(f"privacy is {level!r}; it must be one of {', '.join(PRIVACY_LEVELS)}.")
        return min(str(level), self._max_privacy, key=_rank)

    async def switch_model(self, body: dict[str, Any]) -> None:
        """Make another model the one that answers; see `ModelDesk.switch`."""
        await self.models.switch(body)
        self.services.limits = self._limits.for_context(self._engines.supervisor.config.context_tokens)

    async def load(self) -> None:
        """Begin to load the model."""
        self._in_background(self._engines.supervisor.load())

    async def unload(self) -> None:
        """Give the model's memory back."""
        await self._engines.supervisor.unload()

    def bounded(self, body: dict[str, Any]) -> dict[str, Any]:
        """The request with no more given away than is allowed, in the conversation that its thread names."""
        body = self._locks.applied(body)
        wanted = body.get("privacy") or self._max_privacy
        if wanted in PRIVACY_LEVELS:
            wanted = min(wanted, self._max_privacy, key=_rank)
        thread = body.get("thread")
        schema = body.get("schema")
        if not self._try_python and isinstance(schema, dict):
            body = {**body, "schema": {**schema, "trial": SWITCHED_OFF}}
        return {
            **body,
            "privacy": wanted,
            **({"thread": self.thread_id(thread)} if isinstance(thread, str) else {}),
        }

    def _in_background(self, work: Coroutine[Any, Any, EngineStatus]) -> None:
        """Run a change of the engine's state; the supervisor turns its problems into status, which is logged here."""

        async def run() -> None:
            status = await work
            if status.message:
                self._log.info("jupyter_qwen: %s %s", status.message, status.hint)

        job = asyncio.create_task(run())
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)


def _rank(level: str) -> int:
    return PRIVACY_LEVELS.index(cast("PrivacyLevel", level))
