"""JSON in, NDJSON out: the only place of the server that knows how values look on the wire."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, TypeVar

from jupyter_qwen.assistant.events import Event, encode
from jupyter_qwen.assistant.question import BadRequest

Decoded = TypeVar("Decoded")

NDJSON = "application/x-ndjson"

# A schema with sample rows is capped at about 2 MB by the collector; cells of a large notebook come on top.
MAX_BODY_BYTES = 32 * 1024 * 1024

# Halves of surrogate pairs come as escapes only: from a cell with half an emoji, or from somebody who tries things.
_ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NAMES = frozenset(("thread", "model", "from", "to"))  # of files: a changed name would be another one's


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
        data = json.loads(body)
        if _ESCAPED_SURROGATE.search(body):
            data = _whole_characters(data)
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        raise BadRequest(f"The request is not JSON: {error}.") from error
    if not isinstance(data, dict):
        raise BadRequest("The request must be a JSON object.")
    return data


def _whole_characters(value: Any, key: str = "") -> Any:
    """`value` with U+FFFD for each half of a surrogate pair, which UTF-8 cannot hold. Raises BadRequest for one in a name."""
    if isinstance(value, str):
        if key in _NAMES and _SURROGATE.search(value):
            raise BadRequest(f"{key} holds half of a character, which no name can hold.")
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole_characters(item) for item in value]
    if isinstance(value, dict):
        return {_SURROGATE.sub("\ufffd", name): _whole_characters(item, name) for name, item in value.items()}
    return value


def decode(read: Callable[[object], Decoded], data: object) -> Decoded:
    """`read` of a request's object, which may hold a schema of a thousand tables: for a thread. Raises what `read` raises."""
    try:
        return read(data)
    except RecursionError as error:
        raise _too_deep() from error


def _too_deep() -> BadRequest:
    return BadRequest("The request is nested too deeply.", hint="Schemas, cells and settings need a few levels.")


def encode_line(event: Event) -> str:
    """One event as a line of NDJSON."""
    return json.dumps(encode(event), ensure_ascii=False, allow_nan=False) + "\n"
