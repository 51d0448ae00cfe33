"""What the worker does for `sql.elsewhere`: imported there by name, never by the server."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

from jupyter_qwen.schema.collector.interruption import interrupted_after
from jupyter_qwen.schema.patience import Patience

from ..schema.model import Schema
from . import trial
from .clone import clones
from .elsewhere import MISSING
from .files.reading import look
from .mend.pipeline import RULES, mend
from .packing import pack, pack_proof
from .validate import prove

_KEPT: Final = 8
_schemas: Final[OrderedDict[str, Schema]] = OrderedDict()


def _keep(digest: str, schema: Mapping[str, Any]) -> bool:
    _schemas[digest] = Schema.from_json(schema)
    while len(_schemas) > _KEPT:
        _schemas.popitem(last=False)
    return True


def _with_schema(job: Callable[..., Any]) -> Callable[..., Any]:
    def run(*, sql: str, schema: str, **arguments: Any) -> Any:
        known = _schemas.get(schema)
        if known is None:
            return MISSING
        _schemas.move_to_end(schema)
        return job(sql, known, **arguments)

    return run


def _prove(sql: str, schema: Schema, *, time_limit_s: float) -> dict[str, Any]:
    return pack_proof(prove(sql, schema, time_limit_s=time_limit_s))


def _mend(sql: str, schema: Schema, *, time_limit_s: float, rules: list[str] | None) -> dict[str, Any]:
    chosen = RULES if rules is None else tuple(rule for rule in RULES if rule.__name__ in rules)
    return pack_proof(mend(sql, schema, time_limit_s=time_limit_s, rules=chosen))


def _try(sql: str, schema: Schema, *, time_limit_s: float) -> dict[str, Any]:
    found = trial.run(sql, schema, time_limit_s=time_limit_s)
    return {
        **vars(found),
        "rows": [pack(list(row)) for row in found.rows],
        "diagnostic": asdict(found.diagnostic) if found.diagnostic else None,
    }


def _describe(sql: str, schema: Schema, *, time_limit_s: float) -> list[list[str]]:
    """Names and types of the columns that the query `sql` gives; it is planned on empty tables and does not run."""
    with clones.use(schema) as clone, interrupted_after(clone.connection, Patience(time_limit_s)):
        clone.admit(sql)
        return [[str(row[0]), str(row[1])] for row in clone.connection.execute(f"DESCRIBE {sql}").fetchall()]


JOBS: Final[dict[str, Callable[..., Any]]] = {
    "keep": _keep,
    "prove": _with_schema(_prove),
    "mend": _with_schema(_mend),
    "try": _with_schema(_try),
    "describe": _with_schema(_describe),
    "look": look,
}

# Whatever is slow when it is done first is done before anybody waits.
_WARMING: Final = Schema()
prove("SELECT list_sum([1])", _WARMING)
trial.run("SELECT 1", _WARMING)
