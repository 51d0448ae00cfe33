"""Rows in and out of every join, and how unique its key is on both sides."""

from __future__ import annotations

from jupyter_qwen.schema.quoting import quote_identifier

from .from_clause import JoinStep
from .model import CountedJoin
from .nodes import conjuncts, sql_of
from .parts import SelectPart
from .probes import each


def counted_joins(part: SelectPart) -> list[CountedJoin]:
    """One entry for each join of `part`, in its order. Raises NotYet."""
    return each(range(len(part.steps)), lambda index: [_counted(part, index)])


def _counted(part: SelectPart, index: int) -> CountedJoin:
    step = part.steps[index]
    asked = [
        f"(SELECT count(*) {part.from_sql(steps=index)})",
        f"(SELECT count(*) FROM {step.source.plain})",
        f"(SELECT count(*) {part.from_sql(steps=index + 1)})",
    ]
    if step.condition is not None or step.using:
        asked += [unmatched_left(part, index), unmatched_right(part, index)]
    else:
        asked += ["NULL", "NULL"]
    left = _one_source(part, step)
    if left is not None:
        alias, keys = left
        source = next(item for item in part.sources if item.alias.casefold() == alias.casefold())
        asked += [f"(SELECT {_repeats(keys)} FROM {source.plain})", f"(SELECT {_nulls(keys)} FROM {source.plain})"]
    else:
        asked += ["NULL", "NULL"]
    right = [sql_of(pair[1]) for pair in step.pairs] or [
        f"{quote_identifier(step.source.alias)}.{quote_identifier(name)}" for name in step.using
    ]
    asked.append(f"(SELECT {_repeats(right)} FROM {step.source.plain})" if right else "NULL")
    row = part.probes.row(f"{part.prefix}SELECT {', '.join(asked)}")
    return CountedJoin(
        step.text, step.kind, int(row[0]), int(row[1]), int(row[2]),
        left_unmatched=row[3], right_unmatched=row[4],
        left_unique=None if row[5] is None else not row[5], left_null_keys=row[6],
        right_unique=None if row[7] is None else not row[7],
    )  # fmt: skip


def unmatched_left(part: SelectPart, index: int) -> str:
    """SQL for the number of rows before join `index` that find no partner in it."""
    step = part.steps[index]
    tail = _only(step, "ANTI", step.source.plain)
    return f"(SELECT count(*) {part.from_sql(steps=index)} {tail})"


def unmatched_right(part: SelectPart, index: int) -> str:
    """SQL for the number of rows of the joined source that find no partner; ``NULL`` where it cannot be written plainly."""
    step = part.steps[index]
    if step.using or len(part.sources[: index + 1]) > 1:
        keys = list(step.pairs)
        if not keys or len(keys) != len(_conditions(step)):
            return "NULL"
        left = ", ".join(f"{sql_of(a)} AS k{i}" for i, (a, _) in enumerate(keys))
        same = " AND ".join(f"{sql_of(b)} = qwen_left.k{i}" for i, (_, b) in enumerate(keys))
        return (
            f"(SELECT count(*) FROM {step.source.plain} ANTI JOIN "
            f"(SELECT {left} {part.from_sql(steps=index)}) AS qwen_left ON {same})"
        )
    return f"(SELECT count(*) FROM {step.source.plain} ANTI JOIN {part.sources[0].plain} ON {sql_of(step.condition)})"


def _conditions(step: JoinStep) -> list[object]:
    return list(conjuncts(step.condition)) if step.condition is not None else list(step.using)


def _only(step: JoinStep, kind: str, source: str) -> str:
    if step.using:
        return f"{kind} JOIN {source} USING ({', '.join(map(quote_identifier, step.using))})"
    return f"{kind} JOIN {source} ON {sql_of(step.condition)}"


def _one_source(part: SelectPart, step: JoinStep) -> tuple[str, list[str]] | None:
    """The alias of the one source that the left side of the key comes from, and its columns."""
    aliases = {left.table.casefold() for left, _ in step.pairs}
    if len(aliases) != 1:
        return None
    return aliases.pop(), [sql_of(left) for left, _ in step.pairs]


def _repeats(keys: list[str]) -> str:
    key = keys[0] if len(keys) == 1 else f"({', '.join(keys)})"
    known = " AND ".join(f"{item} IS NOT NULL" for item in keys)
    return f"count(*) FILTER (WHERE {known}) > count(DISTINCT {key}) FILTER (WHERE {known})"


def _nulls(keys: list[str]) -> str:
    return f"count(*) FILTER (WHERE {' OR '.join(f'{item} IS NULL' for item in keys)})"
