"""Server-sent events as OpenAI-style endpoints write them: one JSON object per `data:` line, `[DONE]` at the end."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from jupyter_qwen.engine.base import EngineUnavailable


async def events(lines: AsyncIterator[str]) -> AsyncGenerator[dict[str, Any], None]:
    """The JSON objects of a stream until `[DONE]`.

    llama.cpp also writes `error:` lines; they come out as ``{"error": …}``. Comment lines (keep-alives) are skipped.
    Raises EngineUnavailable when a line is not JSON: the connection broke inside it.
    """
    async for line in lines:
        field, _, value = line.partition(":")
        value = value.strip()
        if field not in ("data", "error") or not value:
            continue
        if value == "[DONE]":
            return
        try:
            decoded = json.loads(value)
        except ValueError as error:
            raise EngineUnavailable("The engine's answer broke off in the middle of a line.") from error
        if field == "error" and "error" not in decoded:
            decoded = {"error": decoded}
        yield decoded
