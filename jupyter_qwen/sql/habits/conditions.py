"""Conditions that say something else than the question: a share's own condition in WHERE, a comparison turned round."""

from __future__ import annotations

import re

from sqlglot import exp

from jupyter_qwen.schema.keys import edges_from
from jupyter_qwen.schema.words import identifier_stems, stem, words

from ..demands.asked import shares_of_themselves
from ..scopes import column_of
from ..tree import conjuncts, identifier, table_as
from .bound import Bound


def share_of_all(bound: Bound) -> str | None:
    """`avg(c) … WHERE c` without that WHERE, where the question asks for a share."""
    found = shares_of_themselves(bound.question, bound.tree)
    for select, parts in found:
        where = select.args["where"]
        rest = [part for part in conjuncts(where.this) if not any(part is gone for gone in parts)]
        select.set("where", exp.Where(this=exp.and_(*rest, copy=False)) if rest else None)
    return "The share's own condition stood in WHERE, so that the share was always 1." if found else None


_BOTH = re.compile(r"\b(?:both|as well as|and also)\b", re.IGNORECASE)


def both_values(bound: Bound) -> str | None:
    """Rows with either value, grouped, where `genre = 'crime' AND genre = 'science'` is to find who has both.

    Only for one SELECT of columns, without aggregates and groups: no single row has two values.
    """
    tree = bound.tree
    where = tree.args.get("where")
    if not isinstance(tree, exp.Select) or where is None or not _BOTH.search(bound.question):
        return None
    outputs = [item.unalias() for item in tree.expressions]
    if tree.args.get("group") is not None or not all(isinstance(item, exp.Column) for item in outputs):
        return None
    if any(isinstance(item.this, exp.Star) for item in outputs) or tree.args.get("limit") is not None:
        return None
    wanted: dict[str, tuple[exp.Expr, list[exp.Expr]]] = {}
    rest: list[exp.Expr] = []
    for part in conjuncts(where.this):
        if isinstance(part, exp.EQ) and isinstance(part.left, exp.Column) and isinstance(part.right, exp.Literal):
            wanted.setdefault(part.left.sql(), (part.left, []))[1].append(part.right)
        else:
            rest.append(part)
    several = [(column, values) for column, values in wanted.values() if len(set(values)) > 1]
    if len(several) != 1:
        return None
    column, values = several[0]
    rest += [exp.EQ(this=c.copy(), expression=v[0].copy()) for c, v in wanted.values() if c is not column]
    either = exp.In(this=column.copy(), expressions=[value.copy() for value in values])
    tree.set("where", exp.Where(this=exp.and_(either, *rest, copy=False)))
    tree.set("distinct", None)
    tree.set("group", exp.Group(expressions=[item.copy() for item in outputs]))
    count = exp.Count(this=exp.Distinct(expressions=[column.copy()]))
    tree.set("having", exp.Having(this=exp.EQ(this=count, expression=exp.Literal.number(len(set(values))))))
    return f"No row has two values of {column.name}; who has both has a row of each."


_BUT_NOT = re.compile(r"\b(?:but|and|yet) (?:\w+ ){0,2}?(?:not|never|didn't|didn’t|nothing)\b", re.IGNORECASE)


def but_not(bound: Bound) -> str | None:
    """`customer_id NOT IN (… 2025)` for `year = 2024 AND year <> 2025`, where "in 2024 but not in 2025" is asked for.

    In one row the second condition says nothing beside the first. Only where the rows belong to another table by one key.
    """
    if not _BUT_NOT.search(bound.question):
        return None
    for view in bound.over_tables():
        where = view.select.args.get("where")
        parts = conjuncts(where.this) if where is not None else []
        for denied in parts:
            positive = _denied(denied)
            if positive is None:
                continue
            column, said = next(iter(positive.find_all(exp.Column)), None), positive.sql()
            alike = [
                p for p in parts if p is not denied and type(p) is type(positive) and _tested(p) == _tested(positive)
            ]
            owner = view.owner(column) if column is not None else None
            if len(alike) != 1 or alike[0].sql() == said or owner is None or owner.table is None:
                continue
            keys = [
                edge.on[0][0] for edge in edges_from(owner.table, bound.schema) if edge.points and len(edge.on) == 1
            ]
            used = [
                key
                for key in keys
                if any(c.name.casefold() == key.casefold() for c in view.select.find_all(exp.Column))
            ]
            if len(used) != 1:
                continue
            inner = exp.select(identifier(used[0])).from_(table_as(owner.table.reference, owner.table.name))
            bare = positive.copy()
            for each in bare.find_all(exp.Column):
                each.set("table", None)
            outside = owner.written(used[0])
            denied.replace(exp.Not(this=exp.In(this=outside, query=exp.Subquery(this=inner.where(bare)))))
            return f"A row that has the one never has the other; whoever has both is left out by {used[0]}."
    return None


def _denied(part: exp.Expr) -> exp.Expr | None:
    """What `part` denies: the BETWEEN of NOT BETWEEN, the = of <>, without the denial."""
    if isinstance(part, exp.Not) and isinstance(part.this.unnest(), exp.Between | exp.EQ):
        inner: exp.Expr = part.this.unnest()
        return inner.copy()
    return exp.EQ(this=part.left.copy(), expression=part.right.copy()) if isinstance(part, exp.NEQ) else None


def _tested(part: exp.Expr) -> str:
    return str(part.this.sql())


_FLAGS = (("0", "1"), ("n", "y"), ("no", "yes"), ("f", "t"), ("false", "true"))


def flag_spelled_otherwise(bound: Bound) -> str | None:
    """`discontinued = '0'` for `= 'N'` where the column has all its values told and they are 0 and 1."""
    changed: list[str] = []
    for view in bound.over_tables():
        for node in list(view.select.find_all(exp.EQ, exp.NEQ)):
            column, value = node.left, node.right
            if not (isinstance(column, exp.Column) and isinstance(value, exp.Literal) and value.is_string):
                continue
            found = column_of(view, column)
            if found is None or not found[1].values_complete:
                continue
            spelled = {text.casefold(): text for text in found[1].values}
            told = value.name.casefold()
            own = next((pair for pair in _FLAGS if spelled and set(spelled) <= set(pair)), None)
            side = next((pair.index(told) for pair in _FLAGS if told in pair), None)
            if own is None or side is None or told in own or own[side] not in spelled:
                continue
            value.replace(exp.Literal.string(spelled[own[side]]))
            changed.append(found[1].name)
    return f"{', '.join(changed)} spells yes and no otherwise." if changed else None


_MORE = r"later than|after|more than|greater than|higher than|larger than|above|longer than|newer than"
_LESS = r"earlier than|before|less than|fewer than|lower than|smaller than|below|shorter than|older than"
_COMPARED = re.compile(
    rf"(?P<left>\w+(?: \w+)?) (?:(?P<more>{_MORE})|(?P<less>{_LESS})) (?:the|its|their)?\s*(?P<right>\w+(?: \w+)?)",
    re.IGNORECASE,
)


def turned_comparison(bound: Bound) -> str | None:
    """`required < shipped` for `required > shipped` where the question says "shipped later than the required date".

    Only between two columns, one of which the words before "later than" name and the other the words behind it.
    """
    turned: list[str] = []
    for found in _COMPARED.finditer(bound.question):
        left = {stem(word) for word in words(found["left"])}
        right = {stem(word) for word in words(found["right"])}
        for node in list(bound.tree.find_all(exp.GT, exp.LT, exp.GTE, exp.LTE)):
            if not (isinstance(node.left, exp.Column) and isinstance(node.right, exp.Column)):
                continue
            first, second = set(identifier_stems(node.left.name)), set(identifier_stems(node.right.name))
            shared = first & second
            straight = bool((first - shared) & left and (second - shared) & right)
            crossed = bool((first - shared) & right and (second - shared) & left)
            more = isinstance(node, (exp.GT, exp.GTE))
            if straight != crossed and (more == bool(found["more"])) != straight:
                node.replace(_TURNED[type(node)](this=node.left.copy(), expression=node.right.copy()))
                turned.append(found[0])
    return f"The question says: {turned[0]}." if turned else None


_TURNED: dict[type[exp.Expr], type[exp.Binary]] = {exp.GT: exp.LT, exp.LT: exp.GT, exp.GTE: exp.LTE, exp.LTE: exp.GTE}


_NEGATES = re.compile(r"\b(?:not|never|without|no|none|neither|except|n't)\b|n't\b", re.IGNORECASE)


def turned_membership(bound: Bound) -> str | None:
    """`NOT IN (… HAVING count(*) >= 40)` for `NOT IN (… HAVING count(*) < 40)` where fewer than 40 are asked for.

    Those that have none at all are then among them. Only where nothing else in the question denies.
    """
    if _NEGATES.search(bound.question):
        return None
    turned: list[str] = []
    for node in bound.tree.find_all(exp.In):
        query, having = node.args.get("query"), None
        if isinstance(node.parent, exp.Not) and isinstance(query, exp.Subquery):
            having = query.this.args.get("having")
        compared = having.this if having is not None else None
        if not isinstance(compared, exp.GT | exp.LT | exp.GTE | exp.LTE) or not isinstance(compared.right, exp.Literal):
            continue
        less = isinstance(compared, exp.LT | exp.LTE)
        says = re.search(
            rf"\b(?:{_LESS if less else _MORE})(?: than)? {re.escape(compared.right.name)}\b", bound.question, re.I
        )
        if says is not None:
            compared.replace(_DENIED[type(compared)](this=compared.left.copy(), expression=compared.right.copy()))
            turned.append(says[0])
    return f"The question says {turned[0]!r}, and the query left out just those." if turned else None


_DENIED: dict[type[exp.Expr], type[exp.Binary]] = {exp.GT: exp.LTE, exp.LT: exp.GTE, exp.GTE: exp.LT, exp.LTE: exp.GT}
