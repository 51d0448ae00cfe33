"""Models as the panel handles them: which there are, fetching one, switching to one, an administrator's lock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, cast

from jupyter_qwen.assistant.engines import SupervisedEngines, model_row
from jupyter_qwen.assistant.question import BadRequest
from jupyter_qwen.engine.config import EngineName
from jupyter_qwen.engine.engine_status import EngineStatus
from jupyter_qwen.engine.offers import offers
from jupyter_qwen.models.catalog import UnknownModel
from jupyter_qwen.models.entries import FORMATS, Format
from jupyter_qwen.server.thread_ids import is_plain

SWITCHABLE_ENGINES = ("auto", "llama", "transformers")


class ModelsLocked(Exception):
    """An administrator has switched off that users switch the model."""


class ModelDesk:
    """One a server. `in_background` runs a change of the engine's state, whose outcome is told as status."""

    def __init__(
        self,
        engines: SupervisedEngines,
        *,
        allow_switch: bool,
        in_background: Callable[[Coroutine[Any, Any, EngineStatus]], None],
    ) -> None:
        self.allow_switch = allow_switch
        self._supervisor = engines.supervisor
        self._in_background = in_background

    async def rows(self) -> list[dict[str, Any]]:
        """The catalogue as this machine could run it, with what is on disk: ModelRow of docs/reference/protocol.md."""

        def judged() -> list[dict[str, Any]]:
            found = offers(self._supervisor.store, self._supervisor.machine())
            return [model_row(row, current=self._supervisor.status.model) for row in found]

        return await asyncio.to_thread(judged)

    async def pull(self, body: dict[str, Any]) -> None:
        """Begin to fetch the weights; progress and failure come as status events.

        Raises BadRequest for an unknown model and for one whose licence was not accepted, ModelsLocked.
        """
        supervisor, model, kind = self._supervisor, body.get("model"), body.get("format")
        name = _model_name(model) if model is not None else None
        if kind is not None and kind not in FORMATS:
            raise BadRequest(f"format is {kind!r}; it must be one of {', '.join(FORMATS)}.")
        try:
            entry = supervisor.store.wanted(name or supervisor.config.model)
        except UnknownModel as error:
            raise BadRequest(str(error), hint=error.hint, code="unknown-model") from error
        configured = supervisor.entry()  # also while nothing is loaded: what is locked is which model there shall be
        if name is not None and (configured is None or entry.id != configured.id):
            self._check_switching()
        if entry.needs_notice and body.get("accept_licence") is not True:
            raise BadRequest(
                f"{entry.label} is under a licence that must be accepted before it is downloaded: {entry.licence}.",
                hint=entry.needs_notice,
                code="licence",
            )
        self._in_background(supervisor.pull_model(entry.id, kind=cast("Format | None", kind)))
        # let the pull begin, so that the status that is answered says so
        await asyncio.sleep(0)

    def cancel_pull(self) -> None:
        """Stop the download; what was fetched stays."""
        self._supervisor.cancel_pull()

    async def switch(self, body: dict[str, Any]) -> None:
        """Make another model the one that answers, and begin to load it when it is here.

        Raises ModelsLocked, BadRequest, EngineRefused for a name that is unknown, DoesNotFit.
        """
        self._check_switching()
        engine, context = body.get("engine"), body.get("context_tokens")
        if engine is not None and engine not in SWITCHABLE_ENGINES:
            raise BadRequest(f"engine is {engine!r}; it must be one of {', '.join(SWITCHABLE_ENGINES)}.")
        if context is not None and (not isinstance(context, int) or isinstance(context, bool) or context < 0):
            raise BadRequest("context_tokens must be a whole number; 0 lets the machine's memory decide.")
        status = await self._supervisor.switch(
            _model_name(body.get("model")), engine=cast("EngineName | None", engine), context_tokens=context
        )
        if status.state == "unloaded" and not status.message:
            self._in_background(self._supervisor.load())
            await asyncio.sleep(0)

    def _check_switching(self) -> None:
        if not self.allow_switch:
            raise ModelsLocked("The administrator of this server has fixed which model it runs.")


def _model_name(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadRequest("model must be a name from the list of models, or a path.")
    name = value.strip()
    if any(len(part.encode("utf-8", "replace")) > 255 for part in name.split("/")) or len(name) > 4_000:
        raise BadRequest(f"model has {len(name):,} characters; no file and no model has such a name.")
    if not is_plain(name):
        raise BadRequest("model holds characters that no file's name can hold.")
    return name
