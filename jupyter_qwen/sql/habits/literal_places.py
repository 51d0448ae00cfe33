"""Literals that stand beside the wrong column: the data says which one holds them.

`region = 'Mexican'` where the kind of food is meant, `country = 'France'` where country is a number that points at the table
with the names. Such a comparison finds nothing or fails on the first row, so a change that the values support only helps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from jupyter_qwen.schema.keys import edges_from
from jupyter_qwen.schema.model import Column, Schema, Table
from jupyter_qwen.schema.privacy import is_secret
from jupyter_qwen.schema.words import stem, words

from ..scopes import FromItem, ScopeView
from ..tree import identifier
from .bound import Bound

_NUMBERS = ("INT", "DECIMAL", "DOUBLE", "FLOAT", "REAL", "NUMERIC")


@dataclass(frozen=True)
class _Place:
    """A column that holds a literal, with the data's own spelling of it."""

    column: Column
    value: str


def move_literals(bound: Bound) -> str | None:
    """Compare such literals with the column that holds them.

    Certain only: the column at hand cannot hold the literal (all its values are known, or it is a number), and exactly one
    other column can: of a table in the query, or else of the table that the column's key points at, which is then joined.
    """
    if bound.schema.privacy not in ("values", "samples"):
        return None
    reasons: list[str] = []
    for view in bound.over_tables():
        for comparison in list(_comparisons(view.select)):
            reason = _move(view, comparison, bound.schema)
            if reason:
                reasons.append(reason)
    return " ".join(reasons) or None


@dataclass(frozen=True)
class _Comparison:
    column: exp.Column
    literals: tuple[exp.Literal, ...]


def _comparisons(select: exp.Expr) -> Iterator[_Comparison]:
    """`column = 'text'` and `column IN ('text', …)` of one SELECT, those of its subqueries left to them."""
    for node in select.find_all(exp.EQ, exp.In):
        if node.find_ancestor(exp.Select) is not select:
            continue
        if isinstance(node, exp.EQ):
            pair = (node.this, node.expression)
            column = next((side for side in pair if isinstance(side, exp.Column)), None)
            literals = tuple(side for side in pair if isinstance(side, exp.Literal) and side.is_string)
        else:
            column = node.this if isinstance(node.this, exp.Column) else None
            literals = tuple(item for item in node.expressions if isinstance(item, exp.Literal) and item.is_string)
            if len(literals) != len(node.expressions):
                continue
        if column is not None and literals:
            yield _Comparison(column, literals)


def _move(view: ScopeView, comparison: _Comparison, schema: Schema) -> str | None:
    owner = view.owner(comparison.column)
    if owner is None or owner.table is None:
        return None
    column = owner.table.column(comparison.column.name)
    texts = [literal.this for literal in comparison.literals]
    if column is None or not _cannot_hold(owner.table, column, texts):
        return None
    here = [
        (source, places)
        for source in view.sources
        for places in (_places(source.table, texts) if source.table is not None else ())
        if not (source is owner and places[0].column is column)
    ]
    own = [found for found in here if found[0] is owner]
    chosen = here if len(here) == 1 else own if len(own) == 1 else []
    if here and not chosen:
        return None
    found = chosen[0] if chosen else _join_named(view, owner, column, schema, texts)
    if found is None:
        return None
    source, places = found
    comparison.column.replace(source.written(places[0].column.name))
    for literal, place in zip(comparison.literals, places, strict=True):
        literal.replace(exp.Literal.string(place.value))
    name = source.table.name if source.table is not None else source.alias
    return f"{owner.table.name}.{column.name} holds no {texts[0]!r}; {name}.{places[0].column.name} does."


def _cannot_hold(table: Table, column: Column, texts: list[str]) -> bool:
    if column.type.upper().startswith(_NUMBERS) or column.type.upper().endswith("INT"):
        return not any(text.strip().lstrip("-").replace(".", "", 1).isdigit() for text in texts)
    if not column.values_complete:
        return False
    known = {_folded(value) for value in column.values}
    return not any(_folded(text) in known for text in texts)


def _places(table: Table, texts: list[str]) -> list[list[_Place]]:
    """For each column that holds all of `texts`: where, in order."""
    found: list[list[_Place]] = []
    for position, column in enumerate(table.columns):
        if is_secret(column.name):
            continue
        values = [*column.values, *(row[position] for row in table.rows if isinstance(row[position], str))]
        spelled = {_folded(value): value for value in reversed(values)}
        places = [_Place(column, spelled[_folded(text)]) for text in texts if _folded(text) in spelled]
        if len(places) == len(texts):
            found.append(places)
    return found


def _join_named(
    view: ScopeView, owner: FromItem, column: Column, schema: Schema, texts: list[str]
) -> tuple[FromItem, list[_Place]] | None:
    """Join the table that `column` points at, when exactly one column of it holds the texts."""
    for edge in edges_from(owner.table, schema) if owner.table is not None else ():
        if not edge.points or [name for name, _ in edge.on] != [column.name]:
            continue
        target = edge.right
        if view.source(target.name) is not None:
            return None
        places = _places(target, texts)
        if len(places) != 1:
            return None
        node = exp.Table(this=identifier(target.name))
        joined = FromItem(target.name, {c.name.casefold(): c.name for c in target.columns}, node, target)
        condition = exp.EQ(this=owner.written(column.name), expression=joined.written(edge.on[0][1]))
        _qualify_bare(view, target)
        view.select.append("joins", exp.Join(this=node, on=condition))
        return joined, places[0]
    return None


def _qualify_bare(view: ScopeView, joined: Table) -> None:
    """Bare columns that the joined table has too would be ambiguous from now on."""
    for column in view.select.find_all(exp.Column):
        if not column.table and joined.column(column.name) is not None:
            owner = view.owner(column)
            if owner is not None:
                column.set("table", owner.written(column.name).args["table"])


def _folded(text: str) -> str:
    return " ".join(stem(word) for word in words(text)) or text.strip().casefold()
