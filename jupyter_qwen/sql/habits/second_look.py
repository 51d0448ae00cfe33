"""Habits of small models that bind and run and are wrong, put right mechanically and told as repairs.

They were counted in the failures of the development pack (docs/sql.md, "Accuracy"): a join with a table that neither the
question nor the rest of the query needs, groups by a name that several rows share, and lists counted from zero.
"""

from __future__ import annotations

import re
from dataclasses import replace

from sqlglot import exp

from jupyter_qwen.schema.model import Schema, Table
from jupyter_qwen.schema.words import identifier_stems, stem, words
from jupyter_qwen.sql.habits.literals import move_literals
from jupyter_qwen.sql.habits.periods import group_by_period
from jupyter_qwen.sql.habits.query_tree import Query, identifier, parsed, queries, written
from jupyter_qwen.sql.model import Proof, Repair
from jupyter_qwen.sql.validate import prove

_SHARED_STEM = (
    4  # letters two words must have in common at their beginning to be taken for forms of one (enrolled, enrolment)
)
_NAMES_A_ROW = 0.7  # share of distinct values from which on a text column is taken for the name of its row
_ROWS_AT_LEAST = 3


def look_again(proof: Proof, question: str, schema: Schema) -> Proof:
    """`proof`, or the proof of the query without the habits, with a `Repair` for each; only what binds is kept.

    Blocking; some milliseconds. Queries that are not bound reads come back as they are.
    """
    if proof.verdict != "bound" or proof.kind != "query" or proof.needs_consent:
        return proof
    for name, change in _HABITS:
        changed = change(proof.sql, question, schema)
        if changed is None:
            continue
        sql, reason = changed
        again = prove(sql, schema)
        if again.verdict == "bound":
            proof = replace(again, repairs=(*proof.repairs, Repair(name, reason, proof.sql, sql)))
    return proof


def drop_needless_joins(sql: str, question: str, schema: Schema) -> tuple[str, str] | None:
    """The query without inner joins whose table serves nothing but its own join condition and is not in the question.

    Such a join only repeats or loses rows. Returns the text and the reason, or None when there is nothing to change.
    """
    tree = parsed(sql)
    if tree is None:
        return None
    asked = {stem(word) for word in words(question)}
    dropped: list[str] = []
    for query in queries(tree, schema):
        while (name := _drop_one(query, asked)) is not None:
            dropped.append(name)
    if not dropped:
        return None
    reason = f"Nothing in the question or in the query needs {', '.join(dropped)}; the join only repeats rows."
    return written(tree, sql), reason


def one_row_once(sql: str, question: str, schema: Schema) -> tuple[str, str] | None:
    """The query with a table named once where two aliases of it stand for the same row: both keys equal one column.

    `a JOIN x ON a.id = x.a_id JOIN a AS b ON b.id = x.a_id` says a and b twice; what it returns stays the same.
    """
    tree = parsed(sql)
    if tree is None:
        return None
    merged: list[str] = []
    for query in queries(tree, schema):
        by_key: dict[tuple[object, ...], str] = {}
        for join in [None, *query.select.args.get("joins", ())]:
            for key, alias in _keyed_rows(query):
                first = by_key.setdefault(key, alias)
                if first == alias or join is None or query.nodes[alias] is not join.this or join.side:
                    continue
                for column in list(query.select.find_all(exp.Column)):
                    if column.table.casefold() == alias:
                        column.set("table", query.qualifier(first).copy())
                merged.append(query.tables[alias].name)
                join.pop()
                del query.tables[alias], query.nodes[alias]
                break
    if not merged:
        return None
    return written(tree, sql), f"Two aliases of {', '.join(merged)} stand for the same row."


def _keyed_rows(query: Query) -> list[tuple[tuple[object, ...], str]]:
    """((table, column that its key equals), alias) for every inner join condition `alias.key = other.column`."""
    found: list[tuple[tuple[object, ...], str]] = []
    for join in query.select.args.get("joins") or ():
        condition = join.args.get("on")
        if not isinstance(condition, exp.EQ) or join.side:
            continue
        pair = (condition.this, condition.expression)
        for side, other in (pair, pair[::-1]):
            if not (isinstance(side, exp.Column) and isinstance(other, exp.Column)):
                continue
            alias = query.owner(side)
            if alias is None or not side.table:
                continue
            if [side.name.casefold()] == [name.casefold() for name in query.tables[alias].primary_key]:
                key = (query.tables[alias].reference, other.table.casefold(), other.name.casefold())
                found.append((key, alias))
    return found


def group_by_key(sql: str, question: str, schema: Schema) -> tuple[str, str] | None:
    """The query with the key added where it groups rows of a joined table by a name that is not unique.

    "How many friends does each student have" means students, not their first names. Only for text columns that name nearly
    every row differently, in tables whose rows are all there and which have a key of one column.
    """
    tree = parsed(sql)
    if tree is None:
        return None
    named: list[str] = []
    for query in queries(tree, schema):
        group = query.select.args.get("group")
        if group is None or not query.select.args.get("joins"):
            continue
        grouped = [column for column in group.expressions if isinstance(column, exp.Column)]
        if not grouped or len(grouped) != len(group.expressions):
            continue
        for alias, table in query.tables.items():
            own = [column.name for column in grouped if query.owner(column) == alias]
            if own and _almost_names_rows(table, own):
                key = table.primary_key[0]
                group.append("expressions", exp.Column(this=identifier(key), table=query.qualifier(alias).copy()))
                named.append(f"{table.name}.{own[0]}")
    if not named:
        return None
    return written(tree, sql), f"Several rows share a value of {', '.join(named)}, so the key tells them apart."


def count_from_one(sql: str, question: str, schema: Schema) -> tuple[str, str] | None:
    """The query with element 1 in place of element 0 of a list: DuckDB's lists begin at 1, and element 0 is always NULL.

    https://duckdb.org/docs/stable/sql/data_types/list
    """
    tree = parsed(sql)
    if tree is None:
        return None
    found: list[str] = []
    for query in queries(tree, schema):
        for bracket in query.select.find_all(exp.Bracket):
            column = bracket.this
            if not isinstance(column, exp.Column) or bracket.expressions != [_ELEMENT_ZERO]:
                continue
            alias = query.owner(column)
            known = query.tables[alias].column(column.name) if alias else None
            if known is not None and known.type.endswith("]"):
                bracket.set("expressions", [exp.Literal.number(0)])
                found.append(known.name)
    if not found:
        return None
    return written(tree, sql), f"Lists begin at 1 in DuckDB, so {', '.join(found)}[0] is always NULL."


def only_the_ratio(sql: str, question: str, schema: Schema) -> tuple[str, str] | None:
    """The query with the ratio alone where the question asks for one ratio and the parts it is made of stand beside it."""
    if not _ONE_RATIO.search(question) or _MORE_THAN_ONE.search(question):
        return None
    tree = parsed(sql)
    if not isinstance(tree, exp.Select) or tree.args.get("group") is not None or len(tree.expressions) < 2:
        return None
    if not all(column.find(exp.AggFunc) for column in tree.expressions):
        return None
    ratios = [column for column in tree.expressions if column.find(exp.Div)]
    if len(ratios) != 1:
        return None
    tree.set("expressions", ratios)
    return written(tree, sql), "The question asks for the ratio alone."


def median_for_mean(sql: str, question: str, schema: Schema) -> tuple[str, str] | None:
    """The query with median() in place of avg() where the question asks for a median and for no mean."""
    if not _MEDIAN.search(question) or _MEAN.search(question):
        return None
    tree = parsed(sql)
    if tree is None or tree.find(exp.Median, exp.PercentileCont, exp.PercentileDisc, exp.Quantile) is not None:
        return None
    means = list(tree.find_all(exp.Avg))
    for mean in means:
        mean.replace(exp.Median(this=mean.this))
    return (written(tree, sql), "The question asks for the median, not for the mean.") if means else None


_MEDIAN = re.compile(r"\bmedians?\b", re.IGNORECASE)
_MEAN = re.compile(r"\b(?:mean|average|avg)s?\b", re.IGNORECASE)
_ONE_RATIO = re.compile(
    r"\b(?:what|which|compute|calculate|find|give|show|return)\b[\w ']{0,25}\b(?:ratio|percentage|proportion|share|fraction)\b",
    re.IGNORECASE,
)
_MORE_THAN_ONE = re.compile(
    r"\b(?:each|every|per|by|and|along|together|respectively|as well|also|ratios|percentages|shares)\b(?! (?:what|of)\b)",
    re.IGNORECASE,
)
_ELEMENT_ZERO = exp.Neg(this=exp.Literal.number(1))  # sqlglot keeps positions from zero, whatever the dialect
_HABITS = (
    ("value-elsewhere", move_literals),
    ("one-row-once", one_row_once),
    ("needless-join", drop_needless_joins),
    ("group-by-key", group_by_key),
    ("list-from-one", count_from_one),
    ("ratio-alone", only_the_ratio),
    ("median-for-mean", median_for_mean),
    ("by-period", group_by_period),
)


def _almost_names_rows(table: Table, columns: list[str]) -> bool:
    if len(table.primary_key) != 1 or not table.rows_complete or len(table.rows) < _ROWS_AT_LEAST:
        return False
    pointing = {name.casefold() for key in table.foreign_keys for name in key.columns}
    positions: list[int] = []
    for name in columns:
        column = table.column(name)
        if column is None or column.name == table.primary_key[0] or column.name.casefold() in pointing:
            return False
        if column.type != "VARCHAR":
            return False
        positions.append(table.columns.index(column))
    distinct = len({tuple(row[i] for i in positions) for row in table.rows})
    return _NAMES_A_ROW * len(table.rows) <= distinct < len(table.rows)


def _drop_one(query: Query, asked: set[str]) -> str | None:
    """Take one needless table out of `query.select` and `query.tables`; its name, or None when there is none."""
    select = query.select
    joins: list[exp.Join] = select.args.get("joins") or []
    start = select.args.get("from_") or select.args.get("from")
    if not joins or start is None or any(_is_star(column) for column in select.expressions):
        return None
    conditions = {id(c): join for join in joins if join.args.get("on") for c in join.args["on"].find_all(exp.Column)}
    columns = list(select.find_all(exp.Column))
    owners = {id(column): query.owner(column) for column in columns}
    if None in owners.values() or any(
        join.args.get("using") or join.side or join.kind in ("CROSS", "LEFT") for join in joins
    ):
        return None
    used = {owners[id(column)] for column in columns if id(column) not in conditions}
    for alias, table in query.tables.items():
        if alias in used or _in_question(table, [query.tables[a] for a in query.tables if a in used], asked):
            continue
        joining = {
            id(conditions[id(c)]): conditions[id(c)] for c in columns if id(c) in conditions and owners[id(c)] == alias
        }
        if len(joining) != 1:
            continue
        (join,) = joining.values()
        node = query.nodes[alias]
        if join.this is node:
            join.pop()
        elif start.this is node and isinstance(join.this, exp.Table):
            between = {owners[id(c)] for c in join.args["on"].find_all(exp.Column)}
            if len(between - {alias}) != 1 or (between - {alias}).pop() != join.this.alias_or_name.casefold():
                continue
            join.pop()
            start.set("this", join.this)
        else:
            continue
        del query.tables[alias], query.nodes[alias]
        return table.name
    return None


def _in_question(table: Table, others: list[Table], asked: set[str]) -> bool:
    """Whether a word of the table's name that the tables in use do not share is among the question's words."""
    shared = {part for other in others for part in identifier_stems(other.name)}
    own = {part for part in identifier_stems(table.name) if len(part) > 2} - shared
    return any(part[:_SHARED_STEM] == word[:_SHARED_STEM] for part in own for word in asked)


def _is_star(column: exp.Expression) -> bool:
    return isinstance(column, exp.Star) or (isinstance(column, exp.Column) and isinstance(column.this, exp.Star))
