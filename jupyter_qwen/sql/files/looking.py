"""The server's side: a file's tables from the worker, remembered for as long as the file stays as it is."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final

from jupyter_qwen.schema.model import PrivacyLevel, Schema, SchemaFormatError
from jupyter_qwen.worker.process import WorkerFailed, WorkerStopped

from ..elsewhere import worker
from .place import FoundFile, NotRead

SECONDS: Final = 2.0
_KEPT: Final = 100
_lock: Final = threading.Lock()
_known: Final[OrderedDict[tuple[Any, ...], Schema | NotRead]] = OrderedDict()


def look_at(
    file: FoundFile,
    form: str,
    *,
    name: str,
    library: str,
    privacy: PrivacyLevel,
    options: Mapping[str, Any] | None = None,
) -> Schema:
    """What `file` holds, as `reading.look` tells it: at most about two seconds of the worker's time. Raises NotRead.

    A database is SQLite's where the file begins like one.
    """
    if form == "database" and file.is_sqlite():
        form = "sqlite"
    arguments = json.dumps(
        {
            "path": str(file.path),
            "form": form,
            "name": name,
            "library": library,
            "privacy": privacy,
            "options": options or {},
        }
    )
    key = (arguments, file.size, file.changed_ns)
    with _lock:
        known = _known.get(key)
        if known is not None:
            _known.move_to_end(key)
    if known is None:
        known = _read(file, arguments)
        with _lock:
            _known[key] = known
            while len(_known) > _KEPT:
                _known.popitem(last=False)
    if isinstance(known, NotRead):
        raise known
    return known


def _read(file: FoundFile, arguments: str) -> Schema | NotRead:
    try:
        return Schema.from_json(worker.call("look", arguments, SECONDS))
    except WorkerFailed as error:
        words = str(error).split(": ", 1)[-1].split("\n", 1)[0][:200]
        return NotRead(f"{file.shown} could not be read: {words}")
    except (WorkerStopped, SchemaFormatError) as error:
        return NotRead(f"{file.shown} could not be read: {error}")
