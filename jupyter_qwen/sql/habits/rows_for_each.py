"""A row for each, where the query adds everything up: "monthly revenue", "average delivery days per carrier"."""

from __future__ import annotations

import re

from sqlglot import exp, parse_one

from jupyter_qwen.schema.periods import asked_period, period_column
from jupyter_qwen.schema.words import identifier_stems, stem, words

from ..demands.doubts import says_period
from ..scopes import ScopeView
from .bound import Bound


def group_by_period(bound: Bound) -> str | None:
    """A row for each period that the question names, by the one date that the query's tables have.

    Only for one SELECT of aggregates, without LIMIT, that says nothing of the period yet. A group by the date itself becomes one
    by the period.
    """
    period, tree = asked_period(bound.question), bound.tree
    if period is None or not isinstance(tree, exp.Select) or says_period(bound.sql, tree, period):
        return None
    view = next((found for found in bound.over_tables() if found.select is tree), None)
    if view is None or tree.args.get("limit") is not None or tree.find(exp.Window) is not None:
        return None
    dated = period_column(bound.question, [source.table for source in view.sources if source.table is not None])
    sources = [source for source in view.sources if dated is not None and source.table is dated[0]]
    if dated is None or len(sources) != 1:
        return None
    group, order = tree.args.get("group"), tree.args.get("order")
    keys = list(group.expressions) if group is not None else []
    outputs = [item.unalias() for item in tree.expressions]
    if not any(item.find(exp.AggFunc) for item in outputs) or (
        group is None and not all(i.find(exp.AggFunc) for i in outputs)
    ):
        return None
    if any(isinstance(key, exp.Literal) for key in (*keys, *(o.this for o in (order.expressions if order else ())))):
        return None  # positions would shift

    date = sources[0].written(dated[1].name)
    if len(view.sources) == 1:
        date.set("table", None)
    value = parse_one("year(x)" if period == "year" else f"date_trunc('{period}', x)", dialect="duckdb")
    for placeholder in list(value.find_all(exp.Column)):
        placeholder.replace(date)

    def is_date(node: exp.Expr) -> bool:
        if not isinstance(node, exp.Column) or node.name.casefold() != date.name.casefold():
            return False
        return view.owner(node) is sources[0]

    items = [item for item in tree.expressions if not is_date(item.unalias())]
    tree.set("expressions", [exp.alias_(value.copy(), period), *items])
    if group is None or not group.args.get("all"):
        tree.set("group", exp.Group(expressions=[value.copy(), *(key for key in keys if not is_date(key))]))
    sorting = [key for key in (order.expressions if order is not None else ()) if not is_date(key.this)]
    tree.set("order", exp.Order(expressions=[exp.Ordered(this=value.copy()), *sorting]))
    return f"The question asks for a row for each {period}; {dated[1].name} is the date."


_OF_EACH = re.compile(
    r"\b(?:per|for each|for every|of each|of every|in each|in every|by each)\s+(?P<noun>[a-z]\w*)(?!\w|,? and\b)",
    re.IGNORECASE,
)
_MEAN_OF_COUNTS = re.compile(r"\baverage (?:number|count|amount)\b|\bon average\b|\bmean number\b", re.IGNORECASE)


def group_by_each(bound: Bound) -> str | None:
    """The one column that "per …" names becomes the group where every output adds up all rows.

    "The average number of orders per customer" is one figure, and rates such as "per hour" name no column: both stay.
    """
    tree = bound.tree
    found = list(_OF_EACH.finditer(bound.question))
    if len(found) != 1 or _MEAN_OF_COUNTS.search(bound.question) or not isinstance(tree, exp.Select):
        return None
    if any(tree.args.get(part) is not None for part in ("group", "having", "qualify", "limit", "distinct")):
        return None
    outputs = [item.unalias() for item in tree.expressions]
    if not outputs or not all(item.find(exp.AggFunc) and not item.find(exp.Window, exp.Subquery) for item in outputs):
        return None
    view = next((each for each in bound.over_tables() if each.select is tree), None)
    column = named_column(view, found[0]["noun"]) if view is not None else None
    if column is None or column in [inner for item in outputs for inner in item.find_all(exp.Column)]:
        return None
    tree.set("expressions", [column.copy(), *tree.expressions])
    tree.set("group", exp.Group(expressions=[column]))
    return f"The question asks for one row for each {column.name}."


def named_column(view: ScopeView, noun: str, labels: frozenset[str] = frozenset()) -> exp.Column | None:
    """The column that `noun` names in full, or else the only one with `noun` in its name; None where that is not certain.

    Of several with `noun` in their names, the only one that ends in a word of `labels` is taken.
    """
    wanted = [stem(word) for word in words(noun)]
    whole, partly = [], []
    for source in view.sources:
        for name in source.columns.values():
            stems = identifier_stems(name)
            if list(stems) == wanted:
                whole.append(source.written(name))
            elif wanted and wanted[0] in stems:
                partly.append(source.written(name))
    found = whole or partly
    if len(found) > 1 and labels:
        found = [column for column in found if identifier_stems(column.name)[-1] in labels]
    if len(found) != 1:
        return None
    if len(view.sources) == 1:
        found[0].set("table", None)
    return found[0]


_GROUP = re.compile(r"\b(?:(?:for|of|in|by|per)\s+)?(?:each|every|per)\s+(?P<noun>\w+(?:\s+\w+)?)", re.IGNORECASE)


def group_noun(question: str) -> str | None:
    """The words behind "each", "every" or "per"."""
    found = _GROUP.search(question)
    return found["noun"] if found is not None else None


def group_column(bound: Bound, tree: exp.Select) -> exp.Column | None:
    """The one column of the result that the words behind "each" name, by itself or by its table."""
    named = group_noun(bound.question)
    if named is None:
        return None
    noun = {stem(word) for word in words(named)}
    owners = {node.alias_or_name.casefold(): node for node in tree.find_all(exp.Table)}
    best: list[tuple[int, exp.Column]] = []
    for item in tree.expressions:
        column = item.unalias()
        if not isinstance(column, exp.Column):
            continue
        owner = owners.get(column.table.casefold())
        said = 2 * len(noun & set(identifier_stems(column.name)))
        said += len(noun & set(identifier_stems(owner.name))) if owner is not None else 0
        if said:
            best.append((said, column))
    most = max((said for said, _ in best), default=0)
    leading = [column for said, column in best if said == most]
    return leading[0] if len(leading) == 1 else None
