"""A search for rows without a partner that asks the wrong side of the LEFT JOIN."""

from __future__ import annotations

from sqlglot import exp

from ..tree import conjuncts
from .bound import Bound


def missing_partner(bound: Bound) -> str | None:
    """`a LEFT JOIN b ON a.id = b.a_id WHERE a.id IS NULL` finds nothing: rows of b that are missing have `b.a_id IS NULL`."""
    swapped: list[str] = []
    for select in bound.tree.find_all(exp.Select):
        where = select.args.get("where")
        for join in select.args.get("joins") or ():
            condition = join.args.get("on")
            if where is None or join.side != "LEFT" or not isinstance(condition, exp.EQ):
                continue
            sides = [side for side in (condition.left, condition.right) if isinstance(side, exp.Column) and side.table]
            joined = join.this.alias_or_name.casefold()
            inner = [side for side in sides if side.table.casefold() == joined]
            outer = [side for side in sides if side.table.casefold() != joined]
            if len(inner) != 1 or len(outer) != 1:
                continue
            for test in conjuncts(where.this):
                if isinstance(test, exp.Is) and isinstance(test.expression, exp.Null) and test.this == outer[0]:
                    test.set("this", inner[0].copy())
                    swapped.append(joined)
    if not swapped:
        return None
    return (
        f"Rows without {', '.join(swapped)} have nothing on that side of the LEFT JOIN; the other side is never empty."
    )
