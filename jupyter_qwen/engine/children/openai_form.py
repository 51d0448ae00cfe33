"""OpenAI's wire form, as the children that we write ourselves read and write it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jupyter_qwen.engine.children.tiny_http import HttpError

_REQUIRED = object()


def field(body: dict[str, Any], name: str, kind: Any, default: Any = _REQUIRED) -> Any:
    """A field of the request's body. Raises HttpError 400 when it is of another kind, or absent without a default."""
    value = body.get(name)
    if value is None and default is not _REQUIRED:
        return default
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        names = {str: "a text", int: "a whole number", list: "a list"}
        raise HttpError(400, f'"{name}" must be {names.get(kind, "a number")}', "invalid_request_error")
    return value


def stops(body: dict[str, Any]) -> tuple[str, ...]:
    """The stop strings of a request: one, several or none."""
    stop = body.get("stop") or ()
    return (stop,) if isinstance(stop, str) else tuple(str(item) for item in stop)


def choice(
    chat: bool,
    index: int,
    text: str,
    reason: str | None,
    *,
    whole: bool = False,
    logprobs: Sequence[float] | None = None,
) -> dict[str, Any]:
    """One element of `choices`: a piece of a stream, or the `whole` answer; `logprobs` as llama.cpp writes them, if asked for."""
    told = {} if logprobs is None else {"logprobs": {"content": [{"logprob": value} for value in logprobs]}}
    if not chat:
        return {"index": index, "text": text, "finish_reason": reason, **told}
    return {
        **told,
        "index": index,
        "message" if whole else "delta": {"role": "assistant", "content": text},
        "finish_reason": reason,
    }
