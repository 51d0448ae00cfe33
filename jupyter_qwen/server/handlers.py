"""What every route shares: authentication, errors translated once, NDJSON streams that stop their work when left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from jupyter_server.base.handlers import APIHandler
from tornado import web
from tornado.iostream import StreamClosedError

if TYPE_CHECKING:
    from jupyter_qwen.assistant.events import Event
    from jupyter_qwen.server.runtime import Runtime

AUTH_RESOURCE = "jupyter_qwen"


class QwenHandler(APIHandler):
    """Base of all routes. Subclasses decorate their verbs with `web.authenticated`; a test walks them."""

    auth_resource = AUTH_RESOURCE
    _work: asyncio.Task[None] | None = None
    _flush: asyncio.Handle | None = None

    async def runtime(self) -> Runtime:
        """The services behind the routes; the first request imports them, in a thread, so that server start stays free."""
        runtime: Runtime = await self.settings["jupyter_qwen_runtime"]()
        return runtime

    def body(self) -> dict[str, Any]:
        from jupyter_qwen.server.wire import decode_body

        return decode_body(self.request.body)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Errors are JSON with message, hint and code; what is not expected is logged with its traceback."""
        from jupyter_qwen.assistant.failures import EXPECTED, describe
        from jupyter_qwen.assistant.question import BadRequest
        from jupyter_qwen.engine.base import DoesNotFit, EngineRefused
        from jupyter_qwen.schema.model import SchemaFormatError
        from jupyter_qwen.server.model_desk import ModelsLocked

        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, web.HTTPError):
            message, hint, code = error.log_message or error.reason or "", "", "http"
        elif isinstance(error, ModelsLocked):
            self.set_status(403)
            message, hint, code = str(error), "Ask them to set QwenExtension.allow_model_switch.", "locked"
        else:
            failed = describe(error) if error is not None else None
            message, hint, code = (failed.message, failed.hint, failed.code) if failed else ("", "", "internal")
            if isinstance(error, BadRequest | EngineRefused | SchemaFormatError):
                self.set_status(400)
            elif isinstance(error, DoesNotFit):
                self.set_status(409)
            elif isinstance(error, EXPECTED):
                self.set_status(503)
        self.set_header("Content-Type", "application/json")
        self.finish({"message": message or self._reason, "hint": hint, "code": code})

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        from jupyter_qwen.assistant.failures import EXPECTED
        from jupyter_qwen.server.model_desk import ModelsLocked

        if isinstance(value, (*EXPECTED, ModelsLocked)):
            self.log.info("jupyter_qwen: %s", value)
        else:
            super().log_exception(typ, value, tb)

    async def stream(self, events: AsyncIterator[Event]) -> None:
        """Write a stream of events as NDJSON; when the client leaves, the work is cancelled down to the engine."""
        from jupyter_qwen.server.wire import NDJSON

        self.set_header("Content-Type", NDJSON)
        self.set_header("Cache-Control", "no-store")
        # nginx in front of a hub would otherwise collect the answer before it passes it on
        self.set_header("X-Accel-Buffering", "no")
        self._work = asyncio.create_task(self._pump(events))
        try:
            await self._work
        except asyncio.CancelledError:
            self.log.debug("jupyter_qwen: the client left, the work was cancelled")
        finally:
            self._work = None
            if self._flush is not None:
                self._flush.cancel()

    async def _pump(self, events: AsyncIterator[Event]) -> None:
        from jupyter_qwen.assistant.failures import EXPECTED, describe
        from jupyter_qwen.server.wire import encode_line

        try:
            async with aclosing(events) as source:  # type: ignore[type-var]
                async for event in source:
                    self.write(encode_line(event))
                    self._flush_soon()
            await self._flush_now()
        except StreamClosedError:
            self.log.debug("jupyter_qwen: the client closed the stream")
        except EXPECTED as error:
            await self._write_failure(encode_line(describe(error)))
        except Exception as error:
            self.log.error("jupyter_qwen: an answer failed", exc_info=error)
            await self._write_failure(encode_line(describe(error)))

    def _flush_soon(self) -> None:
        """Send what was written, with whatever else is ready by then: a call to the system for each token of a hundred streams
        would take longer than all else about them."""
        if self._flush is None:
            self._flush = asyncio.get_running_loop().call_soon(self._send)

    def _send(self) -> None:
        self._flush = None
        sent = self.flush()
        sent.add_done_callback(lambda done: done.exception())  # a client that left is noticed by on_connection_close

    async def _flush_now(self) -> None:
        if self._flush is not None:
            self._flush.cancel()
            self._flush = None
        await self.flush()

    async def _write_failure(self, line: str) -> None:
        try:
            self.write(line)
            await self._flush_now()
        except StreamClosedError:
            self.log.debug("jupyter_qwen: the client closed the stream before its error arrived")

    def on_connection_close(self) -> None:
        super().on_connection_close()
        if self._work is not None:
            self._work.cancel()
