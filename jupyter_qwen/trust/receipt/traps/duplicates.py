"""Rows that are there twice, and different things of one name taken for one."""

from __future__ import annotations

from sqlglot import exp

from jupyter_qwen.schema.quoting import quote_identifier

from ..from_clause import JoinedSource
from ..mends import binds, changed, is_name, key_names
from ..model import ReceiptWarning
from ..nodes import own_columns, read_sql, sql_of, unaliased
from ..parts import SelectPart
from ..probes import each
from ..wording import figure, listed, rows
from .repeated_rows import repeated_sources


def duplicate_keys(part: SelectPart) -> list[ReceiptWarning]:
    """A table whose own key, by name, has duplicates. Raises NotYet."""
    if part.select.args.get("distinct"):
        return []
    return each([source for source in part.sources if source.table], lambda source: _doubled(part, source))


def _doubled(part: SelectPart, source: JoinedSource) -> list[ReceiptWarning]:
    columns = list(part.columns(source))
    table = source.table.casefold()
    for name in key_names(source, columns):
        if name not in ("id", f"{table}_id", f"{table.rstrip('s')}_id", f"{table.rstrip('s')}_no", f"{table}_no"):
            continue
        text = quote_identifier(name)
        everything = ", ".join(quote_identifier(column) for column in columns)
        all_, distinct, whole = part.probes.row(
            f"{part.prefix}SELECT count({text}), count(DISTINCT {text}), (SELECT count(*) FROM (SELECT "
            f"DISTINCT {everything} FROM {source.plain})) FROM {source.plain}"
        )
        extra = all_ - distinct
        if not extra or extra > 0.3 * all_:
            continue  # a column that repeats so often is no key of this table
        ids = [column for column in columns if column.endswith(("id", "_no", "_key", "_nr"))]
        if whole != distinct and len(ids) > 1 and _tells_apart(part, source, ids):
            continue  # a table of links, whose key is all of these
        same = " In every column alike: the rows were probably loaded twice." if whole == distinct else ""
        column = f"{quote_identifier(source.alias)}.{text}"
        message = (
            f"{column} is the key of {source.table} and is not unique: {rows(extra)} too many of {figure(all_)}.{same}"
        )
        mend = ""
        if whole == distinct:
            once = read_sql(
                f"SELECT * FROM (SELECT DISTINCT * FROM {_unaliased(source)}) AS {quote_identifier(source.alias)}"
            )
            mend = binds(part, changed(part, [(source.node, once.args["from_"].this)]))
        return [ReceiptWarning("duplicate-key", message, (column,), mend, "Each row once:" if mend else "")]
    return []


def _tells_apart(part: SelectPart, source: JoinedSource, columns: list[str]) -> bool:
    names = ", ".join(quote_identifier(column) for column in columns)
    return bool(part.probes.row(f"{part.prefix}SELECT count(*) = count(DISTINCT ({names})) FROM {source.plain}")[0])


def _unaliased(source: JoinedSource) -> str:
    node = source.node.copy()
    node.set("alias", None)
    return sql_of(node)


def grouped_by_name(part: SelectPart) -> list[ReceiptWarning]:
    """GROUP BY or DISTINCT over a name that several rows of a table share. Raises NotYet."""
    if part.groups:
        items = part.groups
        if not part.aggregates():
            return []
    elif part.select.args.get("distinct"):
        items = [unaliased(item) for item in part.select.expressions]
    else:
        return []
    names = [item for item in items if isinstance(item, exp.Column) and is_name(item)]
    return each(names, lambda item: _shared(part, item, items))


def _shared(part: SelectPart, column: exp.Column, items: list[exp.Expr]) -> list[ReceiptWarning]:
    owner = part.owner(column)
    if owner is None or not owner.table or part.type_of(column) != "VARCHAR":
        return []
    keys = [key for key in key_names(owner, list(part.columns(owner))) if key != column.name.casefold()]
    if not keys or any(
        isinstance(i, exp.Column) and part.owner(i) is owner and i.name.casefold() in keys for i in items
    ):
        return []
    joined = {sql_of(c) for step in part.steps for pair in step.pairs for c in pair}
    if any(sql_of(item) in joined for item in items):
        return []
    text, key = quote_identifier(column.name), quote_identifier(keys[0])
    grouped = [i for i in items if isinstance(i, exp.Column) and part.owner(i) is owner]
    others = ", ".join(quote_identifier(i.name) for i in grouped)
    all_, distinct, ids, groups = part.probes.row(
        f"{part.prefix}SELECT count({text}), count(DISTINCT {text}), count(DISTINCT {key}), "
        f"(SELECT count(*) FROM (SELECT DISTINCT {others} FROM {owner.plain})) FROM {owner.plain}"
    )
    if ids < all_ or distinct < 0.5 * all_ or groups == all_:
        return []
    alias = quote_identifier(owner.alias)
    merged = part.probes.rows(
        f"{part.prefix}SELECT CAST(n AS VARCHAR), k FROM (SELECT {sql_of(column)} AS n, "
        f"count(DISTINCT {alias}.{key}) AS k {part.from_sql()} GROUP BY "
        f"{', '.join(map(sql_of, [i for i in items if not i.find(exp.AggFunc)]))}) "
        f"WHERE k > 1 ORDER BY k DESC, n LIMIT 4"
    )
    if not merged:
        return []
    who = f" ({listed([str(row[0]) for row in merged])})" if part.probes.values else ""
    message = (
        f"{sql_of(column)} is no key: {len(merged)}{' or more' if len(merged) > 3 else ''} of its "
        f"values stand{'s' if len(merged) == 1 else ''} for several rows of {owner.table}{who}, "
        f"which are put together."
    )
    mend = ""
    group = part.select.args.get("group")
    if group is not None and not group.args.get("all"):
        new = group.copy()
        new.set(
            "expressions",
            [exp.column(keys[0], table=owner.alias, quoted=False), *(i.copy() for i in group.expressions)],
        )
        mend = binds(part, changed(part, [(group, new)]))
    return [ReceiptWarning("grouped-by-name", message, (sql_of(column),), mend, f"By {keys[0]} too:" if mend else "")]


def repeated_results(part: SelectPart) -> list[ReceiptWarning]:
    """The same row several times in the result, because a join that shows nothing repeats it. Raises NotYet."""
    select = part.select
    if not part.steps or part.groups or part.aggregates() or select.args.get("distinct") or not part.top:
        return []
    if (
        select.find(exp.Window)
        or select.args.get("limit")
        or any(item.is_star for item in select.expressions)
        or select.args.get("qualify")
    ):
        return []
    shown: set[int] = set()
    for item in select.expressions:
        if item.find(exp.Query):
            return []
        shown |= {owner.number for owner in part.owners(item)}
    silent = [source for source in part.sources if source.number not in shown]
    if not silent or not shown:
        return []
    repeated = {source.number for source in repeated_sources(part)}
    if not shown <= repeated:
        return []
    bare = select.copy()
    for name in ("limit", "order", "with_", "offset"):
        bare.set(name, None)
    once = bare.copy()
    once.set("distinct", exp.Distinct())
    all_, distinct = part.probes.row(
        f"{part.prefix}SELECT (SELECT count(*) FROM ({sql_of(bare)})), (SELECT count(*) FROM ({sql_of(once)}))"
    )
    if all_ == distinct:
        return []
    names = listed([source.table or source.alias for source in silent])
    message = (
        f"{rows(all_ - distinct)} of {figure(all_)} in the result repeat another one: the join "
        f"with {names}, of which nothing is shown, repeats them."
    )
    new = select.copy()
    new.set("distinct", exp.Distinct())
    mend = binds(part, changed(part, [(select, new)]))
    columns = tuple(dict.fromkeys(sql_of(c) for item in select.expressions for c in own_columns(item)))
    return [ReceiptWarning("repeated-result", message, columns, mend, "Each row once:" if mend else "")]
