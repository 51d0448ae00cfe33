"""Rows that a join leaves out, or counts although they are not there."""

from __future__ import annotations

from sqlglot import exp

from ..counted_joins import counted_joins
from ..from_clause import JoinStep
from ..mends import binds, changed, is_name, key_names
from ..model import CountedJoin, ReceiptWarning
from ..nodes import conjuncts, own_columns, sql_of
from ..parts import SelectPart
from ..probes import each
from ..wording import figure, rows


def inner_joins(part: SelectPart) -> list[ReceiptWarning | str]:
    """Inner joins that drop rows of the side that refers to the other; the other side's losses are a note. Raises NotYet."""
    counted = counted_joins(part)
    pairs = [(step, join) for step, join in zip(part.steps, counted, strict=False) if step.kind in ("inner", "comma")]
    return each(pairs, lambda pair: _inner(part, *pair))


def _inner(part: SelectPart, step: JoinStep, join: CountedJoin) -> list[ReceiptWarning | str]:
    if not step.pairs or any(right.table.casefold() != step.source.alias.casefold() for _, right in step.pairs):
        return []
    found: list[ReceiptWarning | str] = []
    left = next(s for s in part.sources if s.alias.casefold() == step.pairs[0][0].table.casefold())
    left_name, right_name = left.table or left.alias, step.source.table or step.source.alias
    columns = tuple(sql_of(column) for pair in step.pairs for column in pair)
    right_is_one = (
        _is_key(part, step, left=False) if join.left_unique and join.right_unique else bool(join.right_unique)
    )
    left_is_one = _is_key(part, step, left=True) if join.left_unique and join.right_unique else bool(join.left_unique)
    both = [(join.left_unmatched, right_is_one and not left_is_one, left_name, right_name, "left")]
    both.append((join.right_unmatched, left_is_one and not right_is_one, right_name, left_name, "right"))
    for lost, refers, name, other, side in both:
        if not lost:
            continue
        nulls = ""
        if side == "left" and join.left_null_keys:
            nulls = f" ({figure(join.left_null_keys)} of them because {sql_of(step.pairs[0][0])} is NULL)"
        if refers and not (side == "left" and lost == join.left_null_keys and not _sums_up(part, step)):
            message = (
                f"{rows(lost)} of {name} {'has' if lost == 1 else 'have'} no partner in {other} and "
                f"{'is' if lost == 1 else 'are'} left out{nulls}."
            )
            alike = _alike(part, step) if side == "left" else 0
            if alike:
                message += f" {figure(alike)} of them would match without regard to case and spaces."
            mend = _outer(part, step, side)
            found.append(ReceiptWarning("rows-lost", message, columns, mend, "Keep them:" if mend else ""))
        else:
            found.append(
                f"{rows(lost)} of {name} {'has' if lost == 1 else 'have'} no partner in {other}, and the "
                f"inner join leaves {'it' if lost == 1 else 'them'} out."
            )
    return found


def _sums_up(part: SelectPart, step: JoinStep) -> bool:
    """Whether rows that refer to nothing belong into the result: into a sum or count, and not of each thing referred to."""
    if not any(isinstance(item, (exp.Sum, exp.Count)) for item in part.aggregates()):
        return False
    keys = [group for group in part.groups if isinstance(group, exp.Column) and part.owner(group) is step.source]
    names = key_names(step.source, list(part.columns(step.source)))
    return not any(group.name.casefold() in names or is_name(group) for group in keys)


def _is_key(part: SelectPart, step: JoinStep, *, left: bool) -> bool:
    """Whether the join's column is, by its name, the key of its own table."""
    column = step.pairs[0][0 if left else 1]
    owner = next(s for s in part.sources if s.alias.casefold() == column.table.casefold())
    return column.name.casefold() in key_names(owner, list(part.columns(owner)))


def _alike(part: SelectPart, step: JoinStep) -> int:
    """Rows that find a partner only when case and surrounding spaces do not count."""
    if len(step.pairs) != 1 or not all(part.type_of(column) == "VARCHAR" for column in step.pairs[0]):
        return 0
    left, right = step.pairs[0]
    index = part.steps.index(step)
    loose = f"lower(trim({sql_of(left)})) = lower(trim({sql_of(right)}))"
    return part.probes.number(
        f"{part.prefix}SELECT count(*) {part.from_sql(steps=index)} ANTI JOIN {step.source.plain} ON {sql_of(step.condition)} "
        f"SEMI JOIN {step.source.plain} ON {loose}"
        if not step.using
        else "SELECT 0"
    )


def _outer(part: SelectPart, step: JoinStep, side: str) -> str:
    join = _node(part, step)
    if join is None or step.kind != "inner" or (len(part.steps) > 1 and side == "right"):
        return ""
    new = join.copy()
    new.set("kind", None)
    new.set("side", side.upper())
    return binds(part, changed(part, [(join, new)]))


def _node(part: SelectPart, step: JoinStep) -> exp.Expr | None:
    return next((j for j in part.select.args.get("joins") or [] if j.this is step.source.node), None)


def left_joins(part: SelectPart) -> list[ReceiptWarning]:
    """LEFT JOINs that WHERE or a later inner join turns into inner ones, with rows lost by it. Raises NotYet."""
    return each([step for step in part.steps if step.kind == "left"], lambda step: _filtered(part, step))


def _filtered(part: SelectPart, step: JoinStep) -> list[ReceiptWarning]:
    against = [item for item in conjuncts(part.where) if _rejects_null(part, item, step)]
    if not against:
        return []
    others = [sql_of(item) for item in conjuncts(part.where) if item not in against]
    first = part.sources[0]
    tail = part.from_sql(numbered=True, where=False)
    without = f"{tail} WHERE {' AND '.join(others)}" if others else tail
    one = f"SELECT count(DISTINCT {first.row})"
    kept, all_ = part.probes.row(f"{part.prefix}SELECT ({one} {part.from_sql(numbered=True)}), ({one} {without})")
    if kept == all_:
        return []
    name = step.source.table or step.source.alias
    text = " AND ".join(sql_of(item) for item in against)
    message = (
        f"WHERE {text} also drops the rows that the LEFT JOIN keeps without a partner in {name}: "
        f"{figure(kept)} of {figure(all_)} rows of {first.table or first.alias} are left."
    )
    join = _node(part, step)
    mend = ""
    if join is not None and step.condition is not None:
        new_join = join.copy()
        new_join.set("on", exp.and_(step.condition.copy(), *(item.copy() for item in against)))
        where = part.select.args["where"]
        kept_conditions = [item.copy() for item in conjuncts(part.where) if item not in against]
        new_where = exp.Where(this=exp.and_(*kept_conditions)) if kept_conditions else exp.Where(this=exp.true())
        mend = binds(part, changed(part, [(join, new_join), (where, new_where)]))
    columns = tuple(dict.fromkeys(sql_of(column) for item in against for column in item.find_all(exp.Column)))
    return [
        ReceiptWarning(
            "left-join-filtered", message, columns, mend, "Move the condition into the join:" if mend else ""
        )
    ]


def _rejects_null(part: SelectPart, item: exp.Expr, step: JoinStep) -> bool:
    if item.find(exp.Is, exp.Coalesce, exp.Case, exp.Query, exp.Or, exp.NullSafeEQ, exp.NullSafeNEQ):
        return False
    return bool(list(own_columns(item))) and [o.number for o in part.owners(item)] == [step.source.number]


def counted_without_partner(part: SelectPart) -> list[ReceiptWarning]:
    """COUNT(*) behind a LEFT JOIN, which counts 1 where there is nothing to count. Raises NotYet."""
    counts = [item for item in part.aggregates() if isinstance(item, exp.Count)]
    steps = [step for step in part.steps if step.kind == "left"]
    if not counts or len(steps) != len(part.steps) or not part.groups:
        return []
    return each([(item, step) for item in counts for step in steps], lambda pair: _counts_one(part, *pair))


def _counts_one(part: SelectPart, item: exp.Expr, step: JoinStep) -> list[ReceiptWarning]:
    inner = item.this
    if isinstance(inner, exp.Distinct) or isinstance(item.parent, exp.Filter) or not step.pairs:
        return []
    if (
        inner is not None
        and not isinstance(inner, exp.Star)
        and (not list(own_columns(inner)) or step.source in part.owners(inner))
    ):
        return []
    if any(step.source in part.owners(group) for group in part.groups) or _is_key(part, step, left=False):
        return []
    if part.where is not None and step.source in part.owners(part.where):
        return []
    groups = [f"{sql_of(group)} AS g{i}" for i, group in enumerate(part.groups)]
    keys = ", ".join(f"g{i}" for i in range(len(groups)))
    none, all_ = part.probes.row(
        f"{part.prefix}SELECT count(*) FILTER (WHERE partners = 0), count(*) FROM (SELECT count(partner) AS partners FROM ("
        f"SELECT {', '.join(groups)}, {step.source.row} AS partner {part.from_sql(numbered=True)}) GROUP BY {keys})"
    )
    if not none:
        return []
    name, right = step.source.table or step.source.alias, step.pairs[0][1]
    new = exp.Count(this=right.copy(), big_int=True)
    mend = binds(part, changed(part, [(found, new) for found in part.select.walk() if found == item]))
    message = f"{sql_of(item)} counts 1 for {figure(none)} of {figure(all_)} groups that have no row in {name}."
    return [
        ReceiptWarning(
            "counts-missing-as-one", message, (sql_of(right),), mend, "Count the rows that are there:" if mend else ""
        )
    ]
