"""Averages of averages, and divisions that cut or cannot be done."""

from __future__ import annotations

import re

from sqlglot import exp

from jupyter_qwen.schema.quoting import quote_identifier

from ..mends import binds, changed
from ..model import ReceiptWarning
from ..nodes import aggregates_in, own_columns, read_sql, sql_of, unaliased, within
from ..parts import SelectPart, prefix_of
from ..probes import each
from ..wording import figure, rows
from .compared_values import own_nodes

_AVERAGED = re.compile(r"(?:^|_)(?:avg|average|mean|rate|ratio|pct|percent)(?:_|$)|^avg|^mean")
_WEIGHT = re.compile(r"^n$|^n_|^num_|_count$|^count|_n$|^cnt|_cnt$")


def averages_of_averages(part: SelectPart) -> list[ReceiptWarning]:
    """AVG over a column that is an average itself, of groups of different sizes. Raises NotYet."""
    averages = [item for item in part.aggregates() if isinstance(item, exp.Avg) and isinstance(item.this, exp.Column)]
    return each(averages, lambda item: _again(part, item))


def _again(part: SelectPart, item: exp.Expr) -> list[ReceiptWarning]:
    column = item.this
    owner = part.owner(column)
    if owner is None or len(part.sources) > 1:
        return []
    inner = _definition(part, owner.node)
    if inner is None:
        return _stored(part, column, owner.plain, list(part.columns(owner)))
    named = next((e for e in inner.expressions if e.alias_or_name.casefold() == column.name.casefold()), None)
    if named is None or not inner.args.get("group"):
        return []
    below = aggregates_in(named)
    if not below or not all(isinstance(one, exp.Avg) for one in below) or isinstance(item.parent, exp.Filter):
        return []
    if (
        part.groups
        or len(below) != 1
        or (unaliased(named) is not below[0] and not isinstance(unaliased(named), exp.Round))
    ):
        message = f"{sql_of(item)} averages averages: each group counts the same, however many rows it has."
        return [ReceiptWarning("average-of-averages", message, (sql_of(column),))]
    copy = inner.copy()
    value = sql_of(below[0].this)
    for name in ("group", "order", "limit", "having", "with_"):
        copy.set(name, None)
    copy.set("expressions", [exp.Avg(this=below[0].this.copy())])
    text = sql_of(copy)
    prefix = prefix_of(inner)
    over = part.probes.row(f"{prefix}SELECT CAST(({text}) AS DOUBLE)")[0]
    said = part.probes.row(f"{part.prefix}SELECT CAST({sql_of(item)} AS DOUBLE) {part.from_sql()}")[0]
    if over is None or said is None or abs(over - said) <= 1e-9 * max(abs(over), abs(said)):
        return []
    message = (
        f"{sql_of(item)} averages averages, so each group counts the same however many rows it has: {figure(said)}; "
        f"the average of {value} over all rows is {figure(over)}."
    )
    mend = binds(part, f"{prefix}{text}") if part.top and len(part.select.expressions) == 1 else ""
    return [ReceiptWarning("average-of-averages", message, (sql_of(column),), mend, "Over all rows:" if mend else "")]


def _definition(part: SelectPart, node: exp.Expr) -> exp.Select | None:
    """The SELECT behind a source that is a subquery or a common table expression."""
    if isinstance(node, exp.Subquery):
        return node.this if isinstance(node.this, exp.Select) else None
    for cte in part.select.root().find_all(exp.CTE):
        if cte.alias.casefold() == node.name.casefold():
            return cte.this if isinstance(cte.this, exp.Select) else None
    return None


def _stored(part: SelectPart, column: exp.Column, source: str, columns: list[str]) -> list[ReceiptWarning]:
    if not _AVERAGED.search(column.name.casefold()):
        return []
    weight = next((name for name in columns if _WEIGHT.search(name)), "")
    if not weight:
        return []
    text, n = sql_of(column), quote_identifier(weight)
    said, weighted = part.probes.row(
        f"{part.prefix}SELECT CAST(avg({text}) AS DOUBLE), CAST(sum({text} * {n}) / sum({n}) "
        f"FILTER (WHERE {text} IS NOT NULL) AS DOUBLE) {part.from_sql()}"
    )
    if said is None or weighted is None or abs(said - weighted) <= 1e-9 * max(abs(said), abs(weighted)):
        return []
    message = f"avg({text}) averages averages: {figure(said)}; weighted by {weight} it is {figure(weighted)}."
    new = read_sql(f"(sum({text} * {n}) / sum({n}))")
    mend = binds(
        part, changed(part, [(f, new) for f in part.select.walk() if isinstance(f, exp.Avg) and f.this == column])
    )
    return [ReceiptWarning("average-of-averages", message, (text,), mend, f"Weighted by {weight}:" if mend else "")]


def divisions(part: SelectPart) -> list[ReceiptWarning]:
    """Divisions that cut the fraction off, and divisions by zero. Raises NotYet."""
    whole = [node for node in own_nodes(part, exp.IntDiv) if not isinstance(node.expression, exp.Literal)]
    plain = list(own_nodes(part, exp.Div))
    cast = [node for node in own_nodes(part, exp.Cast) if _is_whole_fraction(node)]
    found = each(whole, lambda node: _cut(part, node))
    found += each(cast, lambda node: _cut_by_cast(part, node))
    found += each(plain, lambda node: _by_zero(part, node))
    if plain and part.top and not part.probes.row("SELECT 1 / 2")[0]:
        message = f"{sql_of(plain[0])} divides whole numbers, and this session cuts the fraction off (integer_division is set)."
        found.append(ReceiptWarning("integer-division", message, tuple(map(sql_of, own_columns(plain[0])))))
    return list({(item.code, item.columns): item for item in found}.values())


def _is_whole_fraction(node: exp.Expr) -> bool:
    """Whether `node` casts a quotient of aggregates to a whole number."""
    whole = node.args["to"].is_type(*exp.DataType.INTEGER_TYPES)
    return whole and isinstance(within(node.this), exp.Div) and node.find(exp.AggFunc) is not None


def _cut(part: SelectPart, node: exp.Expr) -> list[ReceiptWarning]:
    new = exp.Div(this=node.this.copy(), expression=node.expression.copy())
    grouped = f" GROUP BY {', '.join(map(sql_of, part.groups))}" if aggregates_in(node) and part.groups else ""
    cut, all_, one = _differing(part, node, new, grouped)
    if not cut:
        return []
    mend = binds(part, changed(part, [(node, exp.Paren(this=new))]))
    message = (
        f"{sql_of(node)} is a division of whole numbers and cuts the fraction off in {figure(cut)} "
        f"of {rows(all_)} (with the fraction up to {figure(one)})."
    )
    return [_cuts_the_fraction(node, message, mend)]


def _cut_by_cast(part: SelectPart, node: exp.Expr) -> list[ReceiptWarning]:
    grouped = f" GROUP BY {', '.join(map(sql_of, part.groups))}" if part.groups else ""
    cut, all_, one = _differing(part, node, node.this, grouped)
    if not cut or one is None or one > 1:
        return []  # rounding larger numbers to whole ones is a way to show them
    mend = binds(part, changed(part, [(node, node.this)]))
    message = (
        f"{sql_of(node)} rounds a fraction to a whole number in {figure(cut)} of {rows(all_)} (at most {figure(one)})."
    )
    return [_cuts_the_fraction(node, message, mend)]


def _differing(part: SelectPart, one: exp.Expr, other: exp.Expr, grouped: str) -> tuple[int, int, float | None]:
    """In how many rows, or groups, the two differ, of how many, and the largest of `other`. Raises NotYet."""
    cut, all_, largest = part.probes.row(
        f"{part.prefix}SELECT count(*) FILTER (WHERE a <> b), count(*), max(b) FROM (SELECT "
        f"{sql_of(one)} AS a, {sql_of(other)} AS b {part.from_sql()}{grouped})"
    )
    return cut, all_, largest


def _cuts_the_fraction(node: exp.Expr, message: str, mend: str) -> ReceiptWarning:
    columns = tuple(map(sql_of, own_columns(node)))
    return ReceiptWarning("integer-division", message, columns, mend, "With the fraction:" if mend else "")


def _by_zero(part: SelectPart, node: exp.Expr) -> list[ReceiptWarning]:
    below = within(node.expression)
    if isinstance(below, (exp.Literal, exp.Nullif, exp.Count, exp.Query)) or not list(own_columns(below)):
        return []
    if below.find(exp.Nullif, exp.Window, exp.Subquery) or node.find_ancestor(exp.Case, exp.Window):
        return []
    if aggregates_in(below) or (part.groups and sql_of(below) in map(sql_of, part.groups)):
        grouped = f" GROUP BY {', '.join(map(sql_of, part.groups))}" if part.groups else ""
        asked = f"SELECT count(*) FILTER (WHERE d = 0), count(*) FROM (SELECT {sql_of(below)} AS d {part.from_sql()}{grouped})"
    elif node.find_ancestor(exp.AggFunc) or not part.aggregates():
        asked = f"SELECT count(*) FILTER (WHERE {sql_of(below)} = 0), count(*) {part.from_sql()}"
    else:
        return []
    zero, all_ = part.probes.row(part.prefix + asked)
    if not zero:
        return []
    new = exp.Nullif(this=below.copy(), expression=exp.Literal.number(0))
    mend = binds(part, changed(part, [(node.expression, new)]))
    message = f"{sql_of(below)} is 0 in {figure(zero)} of {rows(all_)}: {sql_of(node)} is infinite or NULL there."
    return [
        ReceiptWarning(
            "division-by-zero", message, tuple(map(sql_of, own_columns(below))), mend, "NULL there:" if mend else ""
        )
    ]
