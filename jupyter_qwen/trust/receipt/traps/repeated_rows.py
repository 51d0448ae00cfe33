"""Fan-out: a sum, an average or a count over rows that a join has repeated, and what it should have been."""

from __future__ import annotations

import re

from sqlglot import exp

from jupyter_qwen.schema.quoting import quote_identifier

from ..from_clause import JoinedSource
from ..mends import distinct_rows, key_names, summed_before
from ..model import ReceiptWarning
from ..nodes import sql_of
from ..parts import SelectPart
from ..probes import each
from ..wording import figure

#: What a catalogue says of one unit of a thing: adding it up once for each use is what a lookup is for.
_OF_ONE_UNIT = re.compile(
    r"price|cost|fee\b|fee_|rate|credit|point|weight|duration|minute|hour|length|size|distance|calorie|page|unit|kcal|kg|km"
)


def repeated_rows(part: SelectPart) -> list[ReceiptWarning]:
    """Aggregates over repeated rows. Raises NotYet."""
    if not part.steps or len(part.sources) > 6:
        return []
    aggregates = [item for item in part.aggregates() if isinstance(item, (exp.Sum, exp.Avg, exp.Count))]
    if not aggregates:
        return []
    repeated = repeated_sources(part)
    return each(aggregates, lambda item: _judged(part, item, repeated)) if repeated else []


def repeated_sources(part: SelectPart) -> list[JoinedSource]:
    """The sources whose rows occur several times in one group of the joined and filtered rows. Raises as `Probes.rows`."""
    groups = ", ".join(sql_of(item) for item in part.groups)
    inner = [f"{source.row} AS {source.row}" for source in part.sources]
    inner += [f"({groups}) AS qwen_group"] if groups else []
    asked = []
    for source in part.sources:
        key = f"({source.row}, qwen_group)" if groups else source.row
        known = f"FILTER (WHERE {source.row} IS NOT NULL)"
        asked.append(f"count(*) {known} > count(DISTINCT {key}) {known}")
    found = part.probes.row(
        f"{part.prefix}SELECT {', '.join(asked)} FROM (SELECT {', '.join(inner)} {part.from_sql(numbered=True)})"
    )
    return [source for source, several in zip(part.sources, found, strict=True) if several]


def _judged(part: SelectPart, item: exp.Expr, repeated: list[JoinedSource]) -> list[ReceiptWarning]:
    argument, distinct = _argument(item)
    owners = part.owners(argument) if argument is not None else []
    if not owners:
        if isinstance(item, exp.Count) and len(repeated) == len(part.sources) and argument is None:
            return _every_source_repeated(part, item)
        return []
    if any(owner not in repeated for owner in owners) or _is_lookup(part, item, owners):
        return []
    if isinstance(item, exp.Count) and distinct:
        return []
    said, ought, groups, wrong, one = _figures(part, item, argument, owners)
    if not wrong:
        return []
    if isinstance(item, exp.Count) and one:
        return []  # one row of that table in each group: what is counted is the rows that join it
    name = ", ".join(owner.table or owner.alias for owner in owners)
    columns = tuple(dict.fromkeys(sql_of(column) for column in (argument or item).find_all(exp.Column)))
    text = sql_of(item)
    others = [source for source in part.sources if source not in owners]
    both = [source for source in others if source in repeated]
    where = f"in {figure(wrong)} of {figure(groups)} groups" if part.groups else ""
    if distinct:
        message = (
            f"{text} leaves out rows of {name} that have equal values, to undo what the join repeats: "
            f"it gives {figure(said)}{' in all' if where else ''}, each row once gives {figure(ought)}."
        )
        code = "distinct-aggregate"
    elif both and _many_to_one(part, owners):
        code = "double-count"
        names = " and ".join(source.table or source.alias for source in [*owners, *both[:1]])
        message = (
            f"{names} are both joined to the same rows, so each repeats the other: {text} gives {figure(said)}"
            f"{' in all' if where else ''} where each row of {name} once gives {figure(ought)}{f' ({where})' if where else ''}."
        )
    else:
        code = "fan-out"
        message = (
            f"The join repeats rows of {name}, and {text} takes each of them several times: it gives {figure(said)}"
            f"{' in all' if where else ''}, each row once gives {figure(ought)}{f' ({where})' if where else ''}."
        )
    mend, says = distinct_rows(part, owners), f"Take each row of {name} once:"
    if not mend:
        mend, says = summed_before(part), "Add up each table before it is joined:"
    return [ReceiptWarning(code, message, columns, mend, says if mend else "")]


def _argument(item: exp.Expr) -> tuple[exp.Expr | None, bool]:
    """What `item` aggregates (None for ``count(*)``), and whether only distinct values."""
    inner = item.this
    if isinstance(inner, exp.Distinct):
        return (
            (inner.expressions[0], True)
            if len(inner.expressions) == 1
            else (exp.Tuple(expressions=inner.expressions), True)
        )
    if inner is None or isinstance(inner, exp.Star):
        kept = item.parent
        if isinstance(kept, exp.Filter):
            columns = list(kept.expression.find_all(exp.Column))
            return (kept.expression.this if columns else None), False
        return None, False
    return inner, False


def _figures(
    part: SelectPart, item: exp.Expr, argument: exp.Expr | None, owners: list[JoinedSource]
) -> tuple[object, object, int, int, bool]:
    """What the aggregate gives, what it gives over each row once, the groups, those where the two differ, and whether
    each group has one row of the owners."""
    holder = item.parent if isinstance(item.parent, exp.Filter) else None
    kept = f"AND ({sql_of(holder.expression.this)})" if holder is not None else ""
    value = "1" if item.this is None or isinstance(item.this, exp.Star) else sql_of(argument)
    inner = [f"{value} AS qwen_x", f"(TRUE {kept}) AS qwen_kept"]
    inner += [f"{owner.row} AS {owner.row}" for owner in owners]
    groups = [sql_of(group) for group in part.groups]
    inner += [f"{group} AS qwen_group_{i}" for i, group in enumerate(groups)]
    keys = [f"qwen_group_{i}" for i in range(len(groups))]
    copies = ", ".join([*keys, *(owner.row for owner in owners)])
    name = "sum" if isinstance(item, exp.Sum) else "avg" if isinstance(item, exp.Avg) else "count"
    said = f"{name}(DISTINCT qwen_x)" if isinstance(item.this, exp.Distinct) else f"{name}(qwen_x)"
    grouped = f"GROUP BY {', '.join(keys)}" if keys else ""
    total = "avg" if isinstance(item, exp.Avg) else "sum"
    rows = ", ".join(owner.row for owner in owners)
    sql = (
        f"{part.prefix}SELECT {total}(said), {total}(ought), count(*), "
        f"count(*) FILTER (WHERE abs(said - ought) > 1e-9 * greatest(abs(said), abs(ought))), bool_and(sources = 1) FROM ("
        f"SELECT CAST({said} FILTER (WHERE qwen_kept) AS DOUBLE) AS said, "
        f"CAST({name}(qwen_x) FILTER (WHERE qwen_kept AND qwen_copy = 1) AS DOUBLE) AS ought, "
        f"count(DISTINCT ({rows})) AS sources FROM ("
        f"SELECT *, row_number() OVER (PARTITION BY {copies}) AS qwen_copy FROM ("
        f"SELECT {', '.join(inner)} {part.from_sql(numbered=True)})) {grouped})"
    )
    row = part.probes.row(sql)
    return row[0], row[1], int(row[2] or 0), int(row[3] or 0), bool(row[4])


def _is_lookup(part: SelectPart, item: exp.Expr, owners: list[JoinedSource]) -> bool:
    """Whether a value of one unit (a price) is looked up, by its table's own key, for each row of another table."""
    if len(owners) != 1 or owners[0].number == 1 or isinstance(item, exp.Count):
        return False
    step = part.steps[owners[0].number - 2]
    names = key_names(owners[0], list(part.columns(owners[0])))
    keys = [right.name.casefold() for _, right in step.pairs] or [name.casefold() for name in step.using]
    if len(keys) != 1 or (keys[0] not in names and not part.probes.row(_is_unique(part, owners[0], keys[0]))[0]):
        return False
    return all(_OF_ONE_UNIT.search(column.name.casefold()) for column in item.find_all(exp.Column))


def _is_unique(part: SelectPart, source: JoinedSource, name: str) -> str:
    column = quote_identifier(name)
    return f"{part.prefix}SELECT count({column}) = count(DISTINCT {column}) FROM {source.plain}"


def _many_to_one(part: SelectPart, owners: list[JoinedSource]) -> bool:
    """Whether the owner and another repeated source are joined to one and the same source."""
    hubs: dict[str, set[int]] = {}
    for step in part.steps:
        for left, _ in step.pairs:
            hubs.setdefault(left.table.casefold(), set()).add(step.source.number)
    return any(owner.number in spokes and len(spokes) > 1 for spokes in hubs.values() for owner in owners)


def _every_source_repeated(part: SelectPart, item: exp.Expr) -> list[ReceiptWarning]:
    if any(step.kind == "cross" or not (step.pairs or step.using) for step in part.steps):
        return []
    rows = ", ".join(f"count(DISTINCT {source.row})" for source in part.sources)
    inner = ", ".join(f"{source.row} AS {source.row}" for source in part.sources)
    found = part.probes.row(
        f"{part.prefix}SELECT count(*), {rows} FROM (SELECT {inner} {part.from_sql(numbered=True)})"
    )
    counted = ", ".join(
        f"{figure(count)} of {source.table or source.alias}"
        for source, count in zip(part.sources, found[1:], strict=True)
    )
    message = (
        f"{sql_of(item)} counts combinations: the joins repeat the rows of every table. There are {figure(found[0])} "
        f"combinations of {counted}."
    )
    return [ReceiptWarning("double-count", message, tuple(sql_of(b) for step in part.steps for _, b in step.pairs))]
