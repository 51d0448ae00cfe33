"""Numbers of things: groups that are counted one by one, things counted once for each row, counts that are counted."""

from __future__ import annotations

import re

from sqlglot import exp

from jupyter_qwen.schema.keys import edges_from, is_foreign_key, is_primary_key
from jupyter_qwen.schema.words import identifier_stems, stem, words

from ..scopes import ScopeView, column_of
from .bound import Bound

_HOW_MANY = re.compile(r"^\W*(?:how many|(?:the |what is the )?(?:number|count) of)\b", re.IGNORECASE)
_OF_GROUPS = re.compile(r"\b(?:each|every|per|by)\b", re.IGNORECASE)


def number_of_groups(bound: Bound) -> str | None:
    """One number where "how many orders contain more than two products" is asked and a count for each order comes out."""
    tree = bound.tree
    if not _HOW_MANY.search(bound.question) or _OF_GROUPS.search(bound.question) or not isinstance(tree, exp.Select):
        return None
    group = tree.args.get("group")
    if not isinstance(group, exp.Group) or tree.args.get("having") is None or len(tree.expressions) != 1:
        return None
    if not isinstance(tree.expressions[0].unalias(), exp.Count) or tree.args.get("limit") is not None:
        return None
    name = tree.expressions[0].alias or "number"
    inner = tree.copy()
    inner.set("expressions", [exp.Literal.number(1)])
    inner.set("order", None)
    for part in [part for part in tree.args if tree.args[part] is not None]:
        tree.set(part, None)
    tree.set("expressions", [exp.alias_(exp.Count(this=exp.Star()), name)])
    tree.set("from_", exp.From(this=exp.Subquery(this=inner, alias=exp.TableAlias(this=exp.to_identifier("found")))))
    return "The question asks for one number: how many groups there are, not how many rows each has."


_NUMBER_OF = re.compile(
    r"\b(?:how many|(?:total )?number of|count of)(?: different| distinct| unique)?(?P<things>(?: [a-z]+){1,3})", re.I
)
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")


def sum_of_counts(bound: Bound) -> str | None:
    """`sum(docks)` for `count(docks)` where the number of docks is asked for and a column of whole numbers holds it."""
    things = _things(bound.question)
    changed: list[str] = []
    for view in bound.over_tables():
        for count in list(view.select.find_all(exp.Count)):
            found = column_of(view, count.this) if isinstance(count.this, exp.Column) else None
            if found is None or found[1].type.upper() not in _WHOLE or identifier_stems(found[1].name) not in things:
                continue
            table, column = found
            if (
                is_primary_key(table, column.name)
                or is_foreign_key(table, column.name)
                or "id" in identifier_stems(column.name)
            ):
                continue
            count.replace(exp.Sum(this=count.this.copy()))
            changed.append(column.name)
    return f"{', '.join(changed)} holds numbers already; they are added up, not counted." if changed else None


def each_thing_once(bound: Bound) -> str | None:
    """`count(DISTINCT r.bike_id)` for `count(r.bike_id)` where the number of bikes is asked for and rows of rides are counted.

    Only for a count that is shown: what rows are sorted by is another matter.
    """
    things = {name[-1] for name in _things(bound.question)}
    changed: list[str] = []
    for view in bound.over_tables():
        for count in [node for item in view.select.expressions for node in item.find_all(exp.Count)]:
            if not isinstance(count.this, exp.Column):
                continue
            named = _named_by(view, count.this, bound)
            if count.this in (view.select.args.get("group") or exp.Group()).expressions:
                continue
            if named is None or named not in things:
                continue
            count.set("this", exp.Distinct(expressions=[count.this.copy()]))
            changed.append(count.this.expressions[0].name)
    return f"Each {', '.join(changed)} is counted once." if changed else None


def _named_by(view: ScopeView, column: exp.Column, bound: Bound) -> str | None:
    """The stem of the thing whose rows `column` names, where rows of something else are counted; None otherwise."""
    found = column_of(view, column)
    if found is None:
        return None
    table = found[0]
    for edge in edges_from(table, bound.schema):
        if edge.points and len(edge.on) == 1 and edge.on[0][0].casefold() == column.name.casefold():
            return identifier_stems(edge.right.name)[-1]
    return None


def _things(question: str) -> set[tuple[str, ...]]:
    """The nouns that may be what is counted, as stems: each beginning of the words behind "number of"."""
    found: set[tuple[str, ...]] = set()
    for match in _NUMBER_OF.finditer(question):
        stems = tuple(stem(word) for word in words(match["things"]))
        found |= {stems[:length] for length in range(1, len(stems) + 1)}
    return found
