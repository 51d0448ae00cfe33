"""Values in the query that no row has, and ends of periods that cut the last day."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from jupyter_qwen.schema.quoting import quote_text

from ..mends import binds, changed
from ..model import ReceiptWarning
from ..nodes import own_columns, read_sql, sql_of
from ..parts import SelectPart
from ..probes import ProbeFailed, each
from ..wording import listed, rows

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NEAR = 3


def absent_values(part: SelectPart) -> list[ReceiptWarning]:
    """Comparisons with values that no row of the table has, with the nearest that there are. Raises NotYet."""
    return each(_compared(part), lambda pair: _absent(part, *pair))


def own_nodes(part: SelectPart, *kinds: type[exp.Expr]) -> Iterator[exp.Expr]:
    """The nodes of those kinds in this SELECT, none of a subquery's."""
    for name, value in part.select.args.items():
        if name in ("with_", "from_"):
            continue
        for item in value if isinstance(value, list) else [value]:
            root = item.args.get("on") if isinstance(item, exp.Join) else item
            if not isinstance(root, exp.Expr):
                continue
            for node in root.walk(prune=lambda found: isinstance(found, exp.Query)):
                if isinstance(node, kinds):
                    yield node


def _compared(part: SelectPart) -> list[tuple[exp.Expr, exp.Expr]]:
    """(what is compared, a constant) for each of ``=``, ``<>``, IN and LIKE."""
    found = []
    for node in own_nodes(part, exp.EQ, exp.NEQ, exp.In, exp.Like, exp.ILike):
        left = node.this
        values = node.expressions if isinstance(node, exp.In) else [node.expression]
        if isinstance(left, exp.Literal) and not isinstance(node, exp.In):
            left, values = node.expression, [node.this]
        if left.find(exp.AggFunc, exp.Window, exp.Query) or not list(own_columns(left)):
            continue
        for value in values:
            bare = value.this if isinstance(value, exp.Cast) else value
            if isinstance(bare, exp.Literal) and (bare.is_string or isinstance(node, (exp.EQ, exp.In))):
                found.append((left, value if not isinstance(node, (exp.Like, exp.ILike)) else node))
    return found


def _absent(part: SelectPart, left: exp.Expr, value: exp.Expr) -> list[ReceiptWarning]:
    owners = part.owners(left)
    if len(owners) != 1:
        return []
    like = isinstance(value, (exp.Like, exp.ILike))
    test = sql_of(value) if like else f"{sql_of(left)} = {sql_of(value)}"
    here, all_ = part.probes.row(f"{part.prefix}SELECT count(*) FILTER (WHERE {test}), count(*) FROM {owners[0].plain}")
    if here or not all_:
        return []
    column = next(own_columns(left))
    literal = value.expression if like else value.this if isinstance(value, exp.Cast) else value
    message = f"No row of {owners[0].table or owners[0].alias} has {test}."
    near = _near(part, column, literal.name) if literal.is_string and part.type_of(column) in ("VARCHAR",) else []
    mend = ""
    if near:
        message += f" Near values: {listed([repr(item) for item in near])}."
        if not like and isinstance(left, exp.Column):
            new = exp.Literal.string(near[0])
            mend = binds(part, changed(part, [(literal, new)]))
    elif isinstance(left, exp.Column) and part.probes.values:
        low, high = part.probes.row(
            f"{part.prefix}SELECT CAST(min({sql_of(left)}) AS VARCHAR), CAST(max({sql_of(left)}) AS "
            f"VARCHAR) FROM {owners[0].plain}"
        )
        message += f" Its values go from {low} to {high}."
    return [ReceiptWarning("absent-value", message, (sql_of(column),), mend, f"With {near[0]!r}:" if mend else "")]


def _near(part: SelectPart, column: exp.Column, wanted: str) -> list[str]:
    if not part.probes.values:
        return []
    owner, text, value = part.owner(column), sql_of(column), quote_text(wanted.replace("%", ""))
    if owner is None:
        return []
    likeness = (
        f"greatest(jaro_winkler_similarity(lower(trim(v)), lower(trim({value}))), CASE WHEN "
        f"contains(lower(v), lower({value})) THEN 1 ELSE 0 END)"
    )
    found = part.probes.rows(
        f"{part.prefix}SELECT v FROM (SELECT DISTINCT CAST({text} AS VARCHAR) AS v FROM "
        f"{owner.plain} WHERE {text} IS NOT NULL LIMIT 10000) "
        f"WHERE {likeness} >= 0.75 ORDER BY {likeness} DESC, v LIMIT {_NEAR}"
    )
    return [str(row[0]) for row in found]


def last_days(part: SelectPart) -> list[ReceiptWarning]:
    """A date as the end of a period of timestamps, which leaves out that day after midnight. Raises NotYet."""
    return each(list(own_nodes(part, exp.Between, exp.LTE, exp.GTE)), lambda node: _last_day(part, node))


def _last_day(part: SelectPart, node: exp.Expr) -> list[ReceiptWarning]:
    if isinstance(node, exp.Between):
        column, end = node.this, node.args["high"]
    elif isinstance(node, exp.LTE):
        column, end = node.this, node.expression
    else:
        column, end = node.expression, node.this
    literal = end.this if isinstance(end, exp.Cast) else end
    if not isinstance(column, exp.Column) or not isinstance(literal, exp.Literal) or not _DAY.fullmatch(literal.name):
        return []
    if not part.type_of(column).startswith("TIMESTAMP"):
        return []
    owner = part.owner(column)
    if owner is None:
        raise ProbeFailed(f"{column.name} is of none of the tables.")
    text, day = sql_of(column), f"CAST('{literal.name}' AS DATE)"
    lost = part.probes.number(
        f"{part.prefix}SELECT count(*) FROM {owner.plain} WHERE {text} > {day} AND {text} < {day} + INTERVAL 1 DAY"
    )
    if not lost:
        return []
    low = f"{text} >= {sql_of(node.args['low'])} AND " if isinstance(node, exp.Between) else ""
    new = read_sql(f"({low}{text} < {day} + INTERVAL 1 DAY)")
    mend = binds(part, changed(part, [(node, new)]))
    message = (
        f"{sql_of(node)} ends at midnight: {rows(lost)} of {owner.table or owner.alias} later on "
        f"{literal.name} {'is' if lost == 1 else 'are'} left out."
    )
    return [ReceiptWarning("last-day-cut", message, (text,), mend, "Up to the end of that day:" if mend else "")]
