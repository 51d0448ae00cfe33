"""The services behind the routes, built once at the first request."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from jupyter_qwen.assistant.ask import ask, build_prompt, warm
from jupyter_qwen.assistant.complete import complete
from jupyter_qwen.assistant.engines import OnStatus, SupervisedEngines
from jupyter_qwen.assistant.events import Event
from jupyter_qwen.assistant.intent import choose_connection
from jupyter_qwen.assistant.question import BadRequest, CompletionQuestion, Question, decode_schema
from jupyter_qwen.assistant.services import Limits, Services
from jupyter_qwen.assistant.threads import ThreadStore
from jupyter_qwen.engine.config import EngineConfig, EngineName
from jupyter_qwen.engine.status import EngineStatus
from jupyter_qwen.models.store import ModelStore
from jupyter_qwen.schema.collect import kernel_expression
from jupyter_qwen.schema.model import PRIVACY_LEVELS, PrivacyLevel, Schema
from jupyter_qwen.server.thread_ids import thread_id
from jupyter_qwen.sql.model import Proof
from jupyter_qwen.sql.validate import prove

if TYPE_CHECKING:
    from jupyter_qwen.server.app import QwenExtension

# A remote engine hears of names and types only, unless an administrator raised the level on purpose.
REMOTE_PRIVACY: PrivacyLevel = "types"


class Runtime:
    """One per server. Everything blocking runs in threads; methods are called on the server's event loop."""

    def __init__(
        self,
        config: EngineConfig,
        *,
        limits: Limits,
        threads_folder: Path | None,
        root_dir: str,
        max_privacy: PrivacyLevel,
        load_on_start: bool,
        on_status: OnStatus,
        log: logging.Logger,
    ) -> None:
        self._engines = SupervisedEngines(config, on_status)
        self.services = Services(self._engines, ThreadStore(threads_folder, scope=root_dir), limits)
        self._store = ModelStore(config.models_folder)
        self._max_privacy = min(max_privacy, REMOTE_PRIVACY, key=_rank) if config.remote else max_privacy
        self._root_dir = root_dir
        self._load_on_start = load_on_start
        self._log = log
        self._jobs: set[asyncio.Task[None]] = set()

    @classmethod
    def from_traits(cls, app: QwenExtension, *, api_key: str | None) -> Runtime:
        """A runtime as the administrator configured it. Empty text and 0 mean "let the machine decide"."""
        config = EngineConfig(
            engine=cast("EngineName", app.engine),
            model=app.model or None,
            context_tokens=app.context_tokens or None,
            threads=app.threads or None,
            idle_minutes=app.idle_minutes,
            openai_base_url=app.endpoint_url or None,
            openai_key=api_key,
            openai_model=app.endpoint_model or None,
            script=app.script or None,
            models_folder=app.models_folder or None,
        )
        return cls(
            config,
            limits=Limits(choice_seconds=app.choice_seconds),
            threads_folder=Path(app.threads_folder) if app.threads_folder else None,
            root_dir=app.serverapp.root_dir if app.serverapp is not None else "",
            max_privacy=cast("PrivacyLevel", app.max_privacy),
            load_on_start=app.load_on_start,
            on_status=app.emit_status,
            log=app.log,
        )

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
        """The Status of docs/architecture.md."""
        return {**self._engines.describe(), "max_privacy": self._max_privacy}

    async def ask(self, body: dict[str, Any]) -> AsyncIterator[Event]:
        """Answer an AskRequest. Raises what `failures.describe` knows."""
        question = await asyncio.to_thread(Question.from_json, self._request(body))
        async with aclosing(ask(question, self.services)) as events:  # type: ignore[type-var]
            async for event in events:
                yield event

    async def complete(self, body: dict[str, Any]) -> AsyncIterator[Event]:
        """Answer a CompleteRequest."""
        question = await asyncio.to_thread(CompletionQuestion.from_json, self._request(body))
        async with aclosing(complete(question, self.services)) as events:  # type: ignore[type-var]
            async for event in events:
                yield event

    async def context(self, body: dict[str, Any]) -> dict[str, Any]:
        """What the model would see for an AskRequest, with the tokens of each source."""
        question = await asyncio.to_thread(Question.from_json, self._request(body))
        prompt, engine = await build_prompt(question, self.services)
        parts = [
            {"label": part.label, "text": part.text, "tokens": await engine.count_tokens(part.text)}
            for part in prompt.parts
        ]
        return {"parts": parts, "prompt": prompt.text, "prompt_tokens": await engine.count_tokens(prompt.text)}

    def thread_id(self, raw: str) -> str:
        """The conversation that `raw` names: kernels know a notebook's whole path, browsers the one below the root."""
        return thread_id(raw, self._root_dir)

    async def warm(self, body: dict[str, Any]) -> bool:
        """Process the beginning of the next question over ``body["schema"]`` while it is being typed."""
        question = await asyncio.to_thread(Question.from_json, self._request({**body, "question": "?"}))
        return await warm(question, self.services)

    async def prove(self, body: dict[str, Any]) -> Proof:
        """The proof of ``body["sql"]`` against ``body["schema"]``, as seen from ``body["connection"]``."""
        sql = body.get("sql")
        if not isinstance(sql, str) or not sql.strip():
            raise BadRequest("sql must be a text that is not empty.")
        schema = decode_schema(body.get("schema")) or Schema()
        try:
            connection = choose_connection(schema, (), body.get("connection"))
        except KeyError as error:
            raise BadRequest(f"There is no DuckDB connection named {error.args[0]} in the kernel.") from error
        return await asyncio.to_thread(prove, sql, schema.visible_from(connection))

    async def collector(self, privacy: str) -> str:
        """The collector's expression at the level that was asked for, or the highest that is allowed."""
        if privacy not in PRIVACY_LEVELS:
            raise BadRequest(f"privacy is {privacy!r}; it must be one of {', '.join(PRIVACY_LEVELS)}.")
        return await asyncio.to_thread(kernel_expression, min(privacy, self._max_privacy, key=_rank))

    async def models(self) -> list[dict[str, Any]]:
        """The catalogue with what is on disk."""
        rows = await asyncio.to_thread(self._store.entries)
        return [{**asdict(row.entry), "on_disk": row.path is not None, "bytes": row.bytes} for row in rows]

    async def pull(self, model: str | None) -> None:
        """Begin to fetch the weights; progress and failure come as status events."""
        self._in_background(self._engines.supervisor.pull_model(model))
        # let the pull begin, so that the status that is answered says so
        await asyncio.sleep(0)

    async def cancel_pull(self) -> None:
        """Stop the download; what was fetched stays."""
        self._engines.supervisor.cancel_pull()

    async def load(self) -> None:
        """Begin to load the model."""
        self._in_background(self._engines.supervisor.load())

    async def unload(self) -> None:
        """Give the model's memory back."""
        await self._engines.supervisor.unload()

    def _request(self, body: dict[str, Any]) -> dict[str, Any]:
        """The request with no more privacy given up than is allowed, in the conversation that its thread names."""
        wanted = body.get("privacy") or self._max_privacy
        if wanted in PRIVACY_LEVELS:
            wanted = min(wanted, self._max_privacy, key=_rank)
        thread = body.get("thread")
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
