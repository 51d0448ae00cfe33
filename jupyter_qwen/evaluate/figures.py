"""What an answer took: seconds and tokens, as every line of predictions says them."""

from __future__ import annotations

import time
from contextlib import aclosing
from typing import Any

from jupyter_qwen.engine.base import Delta, Engine, Finished, GenerationRequest, Usage


def figures(seconds: float, first: float | None, usage: Usage) -> dict[str, Any]:
    """`seconds` to the end and `first` to the first token (``None``: there was none), in milliseconds' precision."""
    return {
        "seconds": round(seconds, 3),
        "ttft_seconds": None if first is None else round(first, 3),
        "prompt_tokens": usage.prompt_tokens,
        "cached_tokens": usage.cached_tokens,
        "new_tokens": usage.new_tokens,
    }


async def generate_once(engine: Engine, request: GenerationRequest) -> tuple[str, dict[str, Any]]:
    """One generation as it comes: its text, and what it took."""
    started, first, text, usage = time.perf_counter(), None, "", Usage()
    async with aclosing(engine.generate(request)) as pieces:  # type: ignore[type-var]
        async for piece in pieces:
            if isinstance(piece, Finished):
                usage = piece.usage
            elif isinstance(piece, Delta):
                first = first or time.perf_counter() - started
                text += piece.text
    return text, figures(time.perf_counter() - started, first, usage)
