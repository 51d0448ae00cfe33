"""Literals that stand beside the wrong column: the data says which one holds them.

`region = 'Mexican'` where the kind of food is meant, `country = 'France'` where country is a number that points at the table
with the names. Such a comparison finds nothing or fails on the first row, so a change that the values support only helps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from jupyter_qwen.schema.keys import with_inferred_keys
from jupyter_qwen.schema.model import Column, Schema, Table
from jupyter_qwen.schema.privacy import is_secret
from jupyter_qwen.schema.words import stem, words
from jupyter_qwen.sql.habits.query_tree import Query, identifier, parsed, queries, written

_NUMBERS = ("INT", "DECIMAL", "DOUBLE", "FLOAT", "REAL", "NUMERIC")


@dataclass(frozen=True)
class _Place:
    """A column that holds a literal, with the data's own spelling of it."""

    column: Column
    value: str


def move_literals(sql: str, question: str, schema: Schema) -> tuple[str, str] | None:
    """The query with such literals compared with the column that holds them, and the reason; None when there are none.

    Certain only: the column at hand cannot hold the literal (all its values are known, or it is a number), and exactly one
    other column can: of a table in the query, or else of the table that the column's key points at, which is then joined.
    """
    tree = parsed(sql)
    if tree is None or schema.privacy not in ("values", "samples"):
        return None
    keyed = with_inferred_keys(schema.tables)
    reasons: list[str] = []
    for query in queries(tree, schema):
        for comparison in list(_comparisons(query.select)):
            reason = _move(query, comparison, keyed)
            if reason:
                reasons.append(reason)
    return (written(tree, sql), " ".join(reasons)) if reasons else None


@dataclass(frozen=True)
class _Comparison:
    column: exp.Column
    literals: tuple[exp.Literal, ...]


def _comparisons(select: exp.Select) -> Iterator[_Comparison]:
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


def _move(query: Query, comparison: _Comparison, keyed: tuple[Table, ...]) -> str | None:
    alias = query.owner(comparison.column)
    if alias is None:
        return None
    table = query.tables[alias]
    column = table.column(comparison.column.name)
    texts = [literal.this for literal in comparison.literals]
    if column is None or not _cannot_hold(table, column, texts):
        return None
    here = [
        (other, places)
        for other, candidate in query.tables.items()
        for places in _places(candidate, texts)
        if not (other == alias and places[0].column is column)
    ]
    own = [found for found in here if found[0] == alias]
    chosen = here if len(here) == 1 else own if len(own) == 1 else []
    if chosen:
        target, places = chosen[0]
        qualifier = query.qualifier(target)
        told = query.tables[target].name
    elif here:
        return None
    else:
        joined = _join_named(query, alias, column, keyed, texts)
        if joined is None:
            return None
        qualifier, places, told = joined
    before = f"{table.name}.{column.name}"
    comparison.column.replace(exp.Column(this=identifier(places[0].column.name), table=qualifier.copy()))
    for literal, place in zip(comparison.literals, places, strict=True):
        literal.replace(exp.Literal.string(place.value))
    return f"{before} holds no {texts[0]!r}; {told}.{places[0].column.name} does."


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
    query: Query, alias: str, column: Column, keyed: tuple[Table, ...], texts: list[str]
) -> tuple[exp.Identifier, list[_Place], str] | None:
    """Join the table that `column` points at, when exactly one column of it holds the texts."""
    table = query.tables[alias]
    own = next((t for t in keyed if t.reference == table.reference), table)
    for key in own.foreign_keys:
        if key.columns != (column.name,):
            continue
        name = key.table.rsplit(".", 1)[-1].casefold()
        target = next((t for t in keyed if t.name.casefold() == name), None)
        if target is None or target.name.casefold() in query.tables:
            return None
        places = _places(target, texts)
        if len(places) != 1:
            return None
        qualifier = identifier(target.name)
        condition = exp.EQ(
            this=exp.Column(this=identifier(column.name), table=query.qualifier(alias).copy()),
            expression=exp.Column(this=identifier(key.referenced_columns[0]), table=qualifier.copy()),
        )
        query.select.append("joins", exp.Join(this=exp.Table(this=qualifier.copy()), on=condition))
        _qualify_bare(query, target)
        return qualifier, places[0], target.name
    return None


def _qualify_bare(query: Query, joined: Table) -> None:
    """Bare columns that the joined table has too would be ambiguous from now on."""
    for column in query.select.find_all(exp.Column):
        if not column.table and joined.column(column.name) is not None:
            alias = query.owner(column)
            if alias is not None:
                column.set("table", query.qualifier(alias).copy())


def _folded(text: str) -> str:
    return " ".join(stem(word) for word in words(text)) or text.strip().casefold()
