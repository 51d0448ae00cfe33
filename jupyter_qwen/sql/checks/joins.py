"""Joins that multiply rows, and joins on columns that are no keys where a key is declared."""

from __future__ import annotations

from sqlglot import exp

from jupyter_qwen.schema.keys import edges_from

from ..model import Diagnostic
from ..scopes import ScopeView, column_of
from ..tree import conjuncts
from .examined import Examined


def cross_join(examined: Examined) -> tuple[Diagnostic, ...]:
    """Tables that no condition connects: every row of one meets every row of the other."""
    found = []
    for view in examined.views:
        joins = view.select.args.get("joins") or []
        if len(view.sources) < 2 or any(_says_how(join) for join in joins):
            continue
        if any(source.table is None for source in view.sources):
            continue
        groups = _connected(view)
        if len(groups) > 1:
            first, second = groups[0][0], groups[1][0]
            message = f"No condition connects {first} and {second}: every row of one meets every row of the other."
            hint = "Add the join condition, or write CROSS JOIN to say that it is meant."
            found.append(examined.warn("cross-join", message, at=joins[0], hint=hint))
    return tuple(found)


def join_beside_key(examined: Examined) -> tuple[Diagnostic, ...]:
    """Two tables joined on columns that are not the key declared between them."""
    found = []
    for view in examined.views:
        for join in view.select.args.get("joins") or []:
            condition = join.args.get("on")
            if not isinstance(condition, exp.EQ):
                continue
            left, right = condition.left, condition.right
            if not isinstance(left, exp.Column) or not isinstance(right, exp.Column):
                continue
            a, b = column_of(view, left), column_of(view, right)
            if (
                a is None
                or b is None
                or a[0].reference == b[0].reference
                or a[1].name.casefold() == b[1].name.casefold()
            ):
                continue
            if (a[1].type == "VARCHAR") != (b[1].type == "VARCHAR"):
                continue  # said already: text beside a number
            keys = [e for e in edges_from(a[0], examined.schema) if e.declared and e.right.reference == b[0].reference]
            used = (a[1].name.casefold(), b[1].name.casefold())
            if keys and not any((x.casefold(), y.casefold()) == used for key in keys for x, y in key.on):
                pair = " AND ".join(f"{a[0].name}.{x} = {b[0].name}.{y}" for x, y in keys[0].on)
                text = condition.sql(dialect="duckdb")
                message = f"{text} is not the key between {a[0].name} and {b[0].name}."
                hint = f"The key is {pair}."
                found.append(examined.warn("join-beside-key", message, at=condition, hint=hint, candidates=(pair,)))
    return tuple(found)


def _says_how(join: exp.Join) -> bool:
    """CROSS, NATURAL, ASOF, POSITIONAL, or USING: the author has said how rows meet."""
    return bool(
        join.args.get("using") or join.args.get("method") or str(join.args.get("kind") or "").upper() == "CROSS"
    )


def _connected(view: ScopeView) -> list[list[str]]:
    """The sources in groups that some condition connects."""
    groups = [{source.alias.casefold()} for source in view.sources]
    names = {source.alias.casefold(): source.alias for source in view.sources}
    conditions = [join.args["on"] for join in view.select.args.get("joins") or [] if join.args.get("on") is not None]
    where = view.select.args.get("where")
    if where is not None:
        conditions.append(where.this)
    for condition in conditions:
        for part in conjuncts(condition):
            used: set[str] = set()
            for column in part.find_all(exp.Column):
                holders = [column.table] if column.table else [s.alias for s in view.holders(column.name)]
                used |= {alias.casefold() for alias in holders}
            merged = {alias for group in groups if group & used for alias in group}
            if merged:
                groups = [group for group in groups if not group & used] + [merged]
    return [sorted(names[alias] for alias in group) for group in groups]
