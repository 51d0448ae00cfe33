"""What goes wrong with an endpoint, as our errors: in its own words where it has any, with the way out."""

from __future__ import annotations

from typing import Any

import httpx

from jupyter_qwen.engine.base import ContextOverflow, EngineBusy, EngineError, EngineRefused, EngineUnavailable


def overflow(tokens: int, new: int, context: int) -> ContextOverflow:
    """The error for a prompt that does not fit, with its figures."""
    return ContextOverflow(
        f"The prompt has {tokens:,} tokens and the answer may take {new:,}; the context holds {context:,}.",
        "Ask about fewer cells or tables, or raise the context length in the settings.",
    )


def refusal(response: httpx.Response) -> EngineError:
    """An HTTP error as one of our errors, in the endpoint's own words."""
    try:
        data = response.json()
    except ValueError:
        data = {"error": {"message": response.text[:300]}}
    return refusal_of(
        data if isinstance(data, dict) else {"error": {"message": str(data)[:300]}}, status=response.status_code
    )


def refusal_of(data: dict[str, Any], *, status: int) -> EngineError:
    """The error object of an endpoint (an object, a text, or vLLM's flat form) as one of our errors."""
    error = data.get("error", data)
    fields = error if isinstance(error, dict) else {"message": str(error)}
    message = str(fields.get("message") or fields.get("detail") or f"HTTP status {status}")
    folded = message.casefold()
    if fields.get("type") == "exceed_context_size_error" or "context length" in folded or "context size" in folded:
        return ContextOverflow(message, "Ask about fewer cells or tables, or raise the context length in the settings.")
    if status in (401, 403):
        return EngineRefused("The engine refused the key.", "Check the key in the settings of the openai engine.")
    if status == 429:
        return EngineBusy(f"The endpoint takes no more requests now: {message}", "Wait a moment, then ask again.")
    if status == 503:
        return EngineUnavailable(f"The engine is not ready: {message}", "Try again in a moment.")
    return EngineRefused(f"The engine refused the request: {message}")


def unreachable(error: httpx.TransportError) -> EngineUnavailable:
    if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout)):
        return EngineUnavailable("The engine cannot be reached.", "Check that it runs and that its address is right.")
    return EngineUnavailable("The connection to the engine was lost.")
