"""JSON in, NDJSON out: the only place of the server that knows how values look on the wire."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from jupyter_qwen.assistant.events import Event, encode
from jupyter_qwen.assistant.question import BadRequest
from jupyter_qwen.server.garbage import without_collections

Decoded = TypeVar("Decoded")

NDJSON = "application/x-ndjson"

# A schema with sample rows is capped at about 2 MB by the collector; cells of a large notebook come on top.
MAX_BODY_BYTES = 32 * 1024 * 1024


def decode_body(body: bytes) -> dict[str, Any]:
    """The request's JSON object; an empty body is an empty object. Raises BadRequest."""
    if len(body) > MAX_BODY_BYTES:
        raise BadRequest(
            f"The request has {len(body):,} bytes; {MAX_BODY_BYTES:,} is the limit.",
            hint="Lower the privacy level to 'types' so that no sample rows are sent.",
            code="too-large",
        )
    if not body.strip():
        return {}
    try:
        with without_collections():
            data = json.loads(body)
    except ValueError as error:
        raise BadRequest(f"The request is not JSON: {error}.") from error
    if not isinstance(data, dict):
        raise BadRequest("The request must be a JSON object.")
    return data


def decode(read: Callable[[object], Decoded], data: object) -> Decoded:
    """`read` of a request's object, which may hold a schema of a thousand tables: for a thread. Raises what `read` raises."""
    with without_collections():
        return read(data)


def encode_line(event: Event) -> str:
    """One event as a line of NDJSON."""
    return json.dumps(encode(event), ensure_ascii=False, allow_nan=False) + "\n"
