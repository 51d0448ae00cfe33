"""What the collector finds, as it arrives on the other side of the wire."""

from __future__ import annotations

import json
from typing import Any

from jupyter_qwen.schema.collect import collect
from jupyter_qwen.schema.model import Schema


def schema_of(namespace: dict[str, Any], **options: Any) -> Schema:
    return Schema.from_json(json.loads(json.dumps(collect(namespace, **options), allow_nan=False)))
