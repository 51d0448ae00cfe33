"""The server's side of proofs, repairs and trials: each is a job of the worker, where hanging and memory hurt nobody.

A schema is sent once and kept over there by its digest. A job that had to be stopped raises `WorkerStopped`; the callers
turn it into *unchecked* with its words.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections import OrderedDict
from typing import Any, Final

from jupyter_qwen.worker.child import is_child
from jupyter_qwen.worker.keeper import Keeper
from jupyter_qwen.worker.process import WorkerFailed, WorkerStopped

from ..schema.model import SCHEMA_VERSION, Schema
from .model import Diagnostic, Proof
from .packing import unpack_proof

__all__ = ["GRACE_SECONDS", "WorkerFailed", "WorkerStopped", "is_child", "proof_of", "result_of", "worker"]

#: What a job has beyond its own limit before its process is killed: DuckDB hears an interrupt between two vectors only.
GRACE_SECONDS: Final = 0.4
#: What a job answers whose schema the worker does not have, or has no more.
MISSING: Final = "schema missing"
_SEND_SECONDS: Final = 30.0
_TEXTS_KEPT: Final = 4

worker: Final = Keeper("jupyter_qwen.sql.jobs")
_log: Final = logging.getLogger(__name__)
_lock: Final = threading.Lock()
_texts: Final[OrderedDict[int, tuple[Schema, str, str]]] = OrderedDict()


def result_of(job: str, sql: str, schema: Schema, *, seconds: float, **arguments: Any) -> Any:
    """What `job` of `sql.jobs` returns. Raises WorkerStopped when it took longer than `seconds`, or its process ended."""
    digest, text = _written(schema)
    body = json.dumps({"sql": sql, "schema": digest, **arguments})
    for _ in range(3):  # another thread's job may end the worker, and its schemas, in between
        answer = worker.call(job, body, seconds + GRACE_SECONDS)
        if answer != MISSING:
            return answer
        worker.call("keep", f'{{"digest": "{digest}", "schema": {text}}}', _SEND_SECONDS)
    raise WorkerStopped("The checking process lost its tables again and again.")


def proof_of(job: str, sql: str, schema: Schema, *, seconds: float, **arguments: Any) -> Proof:
    """The proof that `job` gives; *unchecked*, with the reason, when it had to be stopped or failed by itself."""
    try:
        return unpack_proof(result_of(job, sql, schema, seconds=seconds, **arguments))
    except (WorkerStopped, WorkerFailed) as error:
        if isinstance(error, WorkerFailed):
            _log.warning("A proof failed with an error of its own: %s", error)
        found = Diagnostic("not-finished", "warning", f"The query was not checked to its end. {error}")
        return Proof(sql.strip(), "unchecked", "other", (found,), needs_consent=True)


def _written(schema: Schema) -> tuple[str, str]:
    """`schema` as JSON, and the digest of that. Written once for each object that is in use."""
    with _lock:
        kept = _texts.get(id(schema))
        if kept is not None and kept[0] is schema:
            _texts.move_to_end(id(schema))
            return kept[1:]
    text = json.dumps({"version": SCHEMA_VERSION, **vars(schema)}, default=_fields)
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    with _lock:
        _texts[id(schema)] = (schema, digest, text)
        while len(_texts) > _TEXTS_KEPT:
            _texts.popitem(last=False)
    return digest, text


def _fields(value: Any) -> Any:
    """The fields of a table or column, as `Schema.to_json` has them; a value that JSON lacks as its text."""
    return vars(value) if hasattr(value, "__dataclass_fields__") else str(value)
