"""Queries that do otherwise: each is the user's query with one thing changed, or ``""`` where that cannot be written safely."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlglot import exp

from jupyter_qwen.schema.quoting import quote_identifier

from .from_clause import JoinedSource
from .nodes import aggregates_in, own_columns, read_sql, sql_of
from .parts import SelectPart
from .probes import NotYet, ProbeFailed


def changed(part: SelectPart, replace: Iterable[tuple[exp.Expr, exp.Expr]]) -> str:
    """The whole query with nodes of `part` replaced. Nodes are found by identity."""
    pairs = list(replace)
    root = part.select.root()
    wanted = {id(old): new for old, new in pairs}

    order = [node for node in root.walk() if id(node) in wanted]
    positions = {id(node): index for index, node in enumerate(root.walk())}
    copy = root.copy()
    nodes = list(copy.walk())
    result = copy
    for node in order:
        target = nodes[positions[id(node)]]
        new = wanted[id(node)].copy()
        if target is copy:
            result = new
        else:
            target.replace(new)
    return result.sql(dialect="duckdb", pretty=True)


def binds(part: SelectPart, mend: str) -> str:
    """`mend` when DuckDB resolves every name and type of it, else ``""``. Raises NotYet."""
    if not mend:
        return ""
    try:
        part.probes.rows(f"SELECT column_name, column_type FROM (DESCRIBE {mend})")
    except NotYet:
        raise
    except ProbeFailed:
        return ""
    return mend


def distinct_rows(part: SelectPart, owners: list[JoinedSource]) -> str:
    """The query over each row of one owner once: what it groups by and the owner's columns are made distinct first."""
    select = part.select
    if len(owners) != 1 or select.args.get("having") or select.args.get("qualify") or select.args.get("distinct"):
        return ""
    owner = owners[0]
    used: dict[str, str] = {}
    for item in select.expressions:
        for aggregate in aggregates_in(item):
            if isinstance(aggregate.parent, exp.Filter) or isinstance(aggregate.this, (exp.Star, exp.Distinct)):
                return ""
            if part.owners(aggregate) != [owner]:
                return ""
            for column in own_columns(aggregate):
                used[column.name.casefold()] = sql_of(column)
    key = unique_key(part, owner)
    if not key or not used:
        return ""
    alias = quote_identifier(owner.alias)
    inner = [f"{alias}.{quote_identifier(key)} AS {quote_identifier('row_of_' + owner.alias)}"]
    inner += [f"{text} AS {quote_identifier(name)}" for name, text in used.items()]
    groups = {sql_of(group): f"group_{i + 1}" for i, group in enumerate(part.groups)}
    inner += [f"{text} AS {name}" for text, name in groups.items()]
    outer = []
    for item in select.expressions:
        new = _rewritten(item, groups)
        if new is None:
            return ""
        outer.append(new)
    body = f"{part.prefix}SELECT {', '.join(outer)} FROM (SELECT DISTINCT {', '.join(inner)} {part.from_sql()})"
    if groups:
        body += f" GROUP BY {', '.join(groups.values())}"
    if not part.top or part.prefix:
        return ""
    for name in ("order", "limit", "offset"):
        if select.args.get(name) is not None:
            text = _tail(select.args[name], groups)
            if text is None:
                return ""
            body += f" {text}"
    return binds(part, _pretty(body))


def _rewritten(item: exp.Expr, groups: dict[str, str]) -> str | None:
    bare = item.this if isinstance(item, exp.Alias) else item
    name = f" AS {quote_identifier(item.alias_or_name)}" if item.alias_or_name else ""
    if sql_of(bare) in groups:
        return groups[sql_of(bare)] + name
    if not aggregates_in(bare):
        return None
    copy = bare.copy()
    for column in list(own_columns(copy)):
        column.set("table", None)
    return sql_of(copy) + name


def _tail(clause: exp.Expr, groups: dict[str, str]) -> str | None:
    text = sql_of(clause)
    for column in own_columns(clause):
        if column.table:
            return None
    return text.strip()


def unique_key(part: SelectPart, source: JoinedSource) -> str:
    """A column of `source` that is unique and never NULL, an identifier by name; ``""`` for none. Raises as `Probes.rows`."""
    columns = part.columns(source)
    for name in key_names(source, list(columns)):
        text = quote_identifier(name)
        one = part.probes.row(f"{part.prefix}SELECT count(*) = count(DISTINCT {text}) FROM {source.plain}")
        if one[0]:
            return name
    return ""


def key_names(source: JoinedSource, columns: list[str]) -> list[str]:
    """The columns that, by their names, tell the rows of `source` apart; the likeliest first."""
    table = (source.table or source.alias).casefold()
    stems = {
        table,
        table.rstrip("s"),
        table[:-3] + "y" if table.endswith("ies") else table,
        table[:-2] if table.endswith("es") else table,
    }
    own = [
        name
        for name in columns
        if name == "id"
        or any(
            name in (f"{s}_id", f"{s}id", f"{s}_no", f"{s}_key", f"{s}_nr", f"{s}_code", f"id_{s}", f"{s}_number")
            for s in stems
        )
    ]
    if not own and columns and columns[0].endswith(("id", "_no", "_key", "_nr", "code", "number")):
        own = [columns[0]]
    return own


_NAME = re.compile(r"^(?:full_?|first_?|last_?|sur|display_?)?(?:name|title|label)$|_(?:name|title)$")


def is_name(column: exp.Column) -> bool:
    """Whether `column` holds what people call the rows of its table, by its own name."""
    return _NAME.search(column.name.casefold()) is not None


def summed_before(part: SelectPart) -> str:
    """The query with every many-side table added up by its key before it is joined; ``""`` where a column is used otherwise."""
    if not part.top or part.prefix or part.select.args.get("having"):
        return ""
    inside: dict[int, list[exp.Expr]] = {}
    for item in part.aggregates():
        owners = part.owners(item)
        if (
            len(owners) != 1
            or not isinstance(item, (exp.Sum, exp.Count))
            or isinstance(item.this, (exp.Distinct, exp.Star))
        ):
            return ""
        if isinstance(item.parent, exp.Filter) or owners[0].number == 1:
            return ""
        inside.setdefault(owners[0].number, []).append(item)
    replace: list[tuple[exp.Expr, exp.Expr]] = []
    for step in part.steps:
        items = inside.get(step.source.number)
        if not items:
            continue
        if (
            step.using
            or not step.pairs
            or len(step.pairs)
            != len(list(step.condition.flatten() if isinstance(step.condition, exp.And) else [step.condition]))
        ):
            return ""
        keys = list(dict.fromkeys(sql_of(right) for _, right in step.pairs))
        summed = [f"{sql_of(item)} AS added_{i + 1}" for i, item in enumerate(items)]
        body = (
            f"(SELECT {', '.join([*keys, *summed])} FROM {step.source.plain} GROUP BY "
            f"{', '.join(keys)}) AS {quote_identifier(step.source.alias)}"
        )
        subquery = read_sql(f"SELECT * FROM {body}").args["from_"].this
        replace.append((step.source.node, subquery))
        for i, item in enumerate(items):
            new = f"sum({quote_identifier(step.source.alias)}.added_{i + 1})"
            if isinstance(item, exp.Count):
                new = f"coalesce({new}, 0)"
            parsed = read_sql(new)
            replace += [(found, parsed) for found in part.select.walk() if found == item]
    if part.where is not None and any(source.number in inside for source in part.owners(part.where)):
        return ""
    return binds(part, changed(part, replace)) if replace else ""


def _pretty(sql: str) -> str:
    return read_sql(sql).sql(dialect="duckdb", pretty=True)
