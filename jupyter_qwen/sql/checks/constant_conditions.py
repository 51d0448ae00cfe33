"""Conditions that are always the same: a comparison with NULL or with itself, two values at once, LIKE without a wildcard."""

from __future__ import annotations

from sqlglot import exp

from ..model import Diagnostic
from .examined import Examined


def equals_null(examined: Examined) -> tuple[Diagnostic, ...]:
    """``x = NULL`` is never true."""
    if examined.tree is None:
        return ()
    return tuple(
        examined.warn(
            "equals-null", f"{node.sql(dialect='duckdb')} is never true.", at=node, hint="Write IS NULL or IS NOT NULL."
        )
        for node in examined.tree.find_all(exp.EQ, exp.NEQ)
        if (isinstance(node.left, exp.Null) or isinstance(node.right, exp.Null))
        and node.find_ancestor(exp.Update) is None
    )


def equals_itself(examined: Examined) -> tuple[Diagnostic, ...]:
    """``T2.id = T2.id`` holds for every row: as the condition of a join it joins everything with everything."""
    if examined.tree is None:
        return ()
    return tuple(
        examined.warn("equals-itself", f"{node.sql(dialect='duckdb')} compares a column with itself.", at=node,
                     hint="Another table's column is probably meant on one side.")
        for node in examined.tree.find_all(exp.EQ)
        if isinstance(node.left, exp.Column) and node.left == node.right
    )  # fmt: skip


def two_values_at_once(examined: Examined) -> tuple[Diagnostic, ...]:
    """``name = 'Everest' AND name = 'Dhaulagiri'``, a condition and its opposite: no single row has both."""
    if examined.tree is None:
        return ()
    found = []
    for node in examined.tree.find_all(exp.And):
        if isinstance(node.parent, exp.And):
            continue
        parts = [part.unnest() for part in node.flatten()]
        demanded: dict[exp.Expr, exp.Expr] = {}
        for number, part in enumerate(parts):
            against = next((other for other in parts[:number] if _opposite(part) == other), None)
            if isinstance(part, exp.EQ) and isinstance(part.left, exp.Column) and isinstance(part.right, exp.Literal):
                first = demanded.setdefault(part.left, part.right)
                against = against or (exp.EQ(this=part.left, expression=first) if first != part.right else None)
            if against is not None:
                message = f"{against.sql(dialect='duckdb')} and {part.sql(dialect='duckdb')} cannot hold in one row."
                hint = "OR finds the rows with either; a group or INTERSECT finds what has both."
                found.append(examined.warn("two-values-at-once", message, at=part, hint=hint))
    return tuple(found)


def _opposite(condition: exp.Expr) -> exp.Expr | None:
    """What holds exactly where `condition` does not, in the form in which people write it."""
    if isinstance(condition, exp.Not):
        inner: exp.Expr = condition.this
        return inner.unnest()
    for kind, other in _OPPOSITES:
        if type(condition) is kind:
            return other(this=condition.this, expression=condition.expression)
    return exp.Not(this=condition)


_OPPOSITES: tuple[tuple[type[exp.Binary], type[exp.Binary]], ...] = (
    (exp.EQ, exp.NEQ), (exp.NEQ, exp.EQ), (exp.GT, exp.LTE), (exp.LTE, exp.GT), (exp.LT, exp.GTE), (exp.GTE, exp.LT),
)  # fmt: skip


def divides_by_itself(examined: Examined) -> tuple[Diagnostic, ...]:
    """``count(id) / count(id)`` is 1 whatever the rows are."""
    if examined.tree is None:
        return ()
    return tuple(
        examined.warn("divides-by-itself", f"{node.sql(dialect='duckdb')} is always 1.", at=node,
                     hint="One of the two probably needs a FILTER or a CASE.")
        for node in examined.tree.find_all(exp.Div)
        if node.left.unnest() == node.right.unnest() and node.left.find(exp.Column) is not None
    )  # fmt: skip


def found_in_itself(examined: Examined) -> tuple[Diagnostic, ...]:
    """``ride_id IN (SELECT ride_id FROM days)`` where days has no ride_id: it is the outer row's own, which holds always."""
    found = []
    for view in examined.views:
        standing = view.select.parent
        if view.parent is None or not isinstance(standing, exp.Subquery) or not isinstance(standing.parent, exp.In):
            continue
        outputs = [item.unalias() for item in view.select.expressions]
        tested = standing.parent.this
        if len(outputs) != 1 or not isinstance(outputs[0], exp.Column) or not isinstance(tested, exp.Column):
            continue
        if any(source.open or source.has(outputs[0].name) for source in view.sources) or outputs[0].name != tested.name:
            continue
        message = f"No table inside has {outputs[0].name}, so each row is compared with itself."
        hint = "A column of the inner tables is probably meant."
        found.append(examined.warn("found-in-itself", message, at=outputs[0], hint=hint))
    return tuple(found)


def like_without_wildcard(examined: Examined) -> tuple[Diagnostic, ...]:
    """``name LIKE 'Ann'`` finds equal texts only."""
    if examined.tree is None:
        return ()
    found = []
    for node in examined.tree.find_all(exp.Like, exp.ILike):
        pattern = node.expression
        if isinstance(pattern, exp.Literal) and pattern.is_string and not set(pattern.this) & set("%_"):
            message = f"{pattern.sql(dialect='duckdb')} has no % or _, so LIKE finds equal texts only."
            hint = f"Perhaps '%{pattern.this}%' is meant."
            found.append(examined.warn("like-without-wildcard", message, at=node, hint=hint))
    return tuple(found)


def empty_limit(examined: Examined) -> tuple[Diagnostic, ...]:
    """``LIMIT 0`` at the top gives no rows."""
    limit = examined.tree.args.get("limit") if examined.tree is not None else None
    if isinstance(limit, exp.Limit) and isinstance(limit.expression, exp.Literal) and limit.expression.this == "0":
        return (examined.warn("empty-limit", "LIMIT 0 gives no rows.", at=limit),)
    return ()
