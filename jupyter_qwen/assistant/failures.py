"""Every error a user can meet, in one sentence with a way out. The doors (server, command, magic) all use this."""

from __future__ import annotations

from jupyter_qwen.assistant.events import Failed
from jupyter_qwen.assistant.question import BadRequest
from jupyter_qwen.assistant.threads import ThreadFileError
from jupyter_qwen.engine.base import (
    ContextOverflow,
    DoesNotFit,
    EngineBusy,
    EngineError,
    EngineRefused,
    EngineUnavailable,
)
from jupyter_qwen.schema.model import SchemaFormatError

EXPECTED = (BadRequest, SchemaFormatError, EngineError, ThreadFileError)


def describe(error: BaseException) -> Failed:
    """The error event for an exception. Whatever is not EXPECTED is a bug: the caller logs it with its traceback."""
    if isinstance(error, BadRequest):
        return Failed(str(error), error.hint, error.code)
    if isinstance(error, SchemaFormatError):
        return Failed(
            f"The kernel's schema could not be read: {error}.",
            "Restart the kernel; if it stays, reload the page so that both sides have the same version.",
            "schema-format",
        )
    if isinstance(error, ContextOverflow):
        return Failed(
            str(error), error.hint or "Ask about fewer tables, or clear the conversation.", "context-overflow"
        )
    if isinstance(error, DoesNotFit):
        return Failed(str(error), error.hint, "does-not-fit")
    if isinstance(error, EngineUnavailable):
        return Failed(str(error), error.hint, "engine-unavailable")
    if isinstance(error, EngineBusy):
        return Failed(str(error), error.hint, "engine-busy")
    if isinstance(error, EngineRefused):
        return Failed(str(error), error.hint, "engine-refused")
    if isinstance(error, EngineError):
        return Failed(str(error), error.hint, "engine-error")
    if isinstance(error, ThreadFileError):
        return Failed(str(error), "Clear the conversation to start a new file.", "thread-file")
    return Failed(
        f"Something went wrong inside jupyter_qwen ({type(error).__name__}: {error}).",
        "Ask again; the details are in the Jupyter server's log.",
        "internal",
    )
