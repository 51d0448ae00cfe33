"""The condition whose share is asked for, once more in WHERE: then the share is always 1."""

from __future__ import annotations

from sqlglot import exp

from .bound import Bound
from .demands import shares_of_themselves


def share_of_all(bound: Bound) -> str | None:
    """`avg(c) … WHERE c` without that WHERE, where the question asks for a share."""
    found = shares_of_themselves(bound.question, bound.tree)
    for select, parts in found:
        where = select.args["where"]
        rest = [part for part in _parts(where) if not any(part is gone for gone in parts)]
        select.set("where", exp.Where(this=exp.and_(*rest, copy=False)) if rest else None)
    return "The share's own condition stood in WHERE, so that the share was always 1." if found else None


def _parts(where: exp.Where) -> list[exp.Expr]:
    return list(where.this.flatten()) if isinstance(where.this, exp.And) else [where.this]
