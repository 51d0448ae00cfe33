"""A query clause by clause, in the order in which the database works through it; from the tree alone, without a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlglot import exp

from jupyter_qwen.sql.read.parse import Statement, parse

_JOINS: Final = {
    "LEFT": "keeps every row so far, with NULL where nothing matches",
    "RIGHT": "keeps every row of it, with NULL where nothing matched",
    "FULL": "keeps every row of both sides",
    "CROSS": "meets every row so far with every row of it",
    "SEMI": "keeps rows that have a match in it",
    "ANTI": "keeps rows that have no match in it",
}
_SETS: Final = {
    "UNION": "The rows of both are put together",
    "EXCEPT": "The rows of the second are taken away from the first",
    "INTERSECT": "The rows that both have stay",
}


@dataclass(frozen=True)
class Clause:
    """One step: its keyword, its SQL, and a sentence. `depth` counts the subqueries around it."""

    name: str
    sql: str
    meaning: str
    depth: int = 0


def explain(sql: str) -> tuple[Clause, ...]:
    """The clauses of `sql`; empty when it is not one statement that sqlglot can read."""
    statement = parse(sql)
    if not isinstance(statement, Statement) or statement.tree is None:
        return ()
    return tuple(_query(statement.tree, 0))


def _query(tree: exp.Expr, depth: int) -> Iterator[Clause]:
    with_ = tree.args.get("with_") or tree.args.get("with")
    for cte in with_.expressions if with_ is not None else ():
        yield Clause("WITH", cte.alias, f"First, {cte.alias} is made:", depth)
        yield from _query(cte.this, depth + 1)
    if isinstance(tree, exp.Subquery):
        yield from _query(tree.this, depth)
    elif isinstance(tree, exp.SetOperation):
        yield from _query(tree.left, depth + 1)
        yield from _query(tree.right, depth + 1)
        word = type(tree).__name__.upper()
        distinct = bool(tree.args.get("distinct"))
        meaning = f"{_SETS.get(word, 'The rows are combined')}{', each once' if distinct else ', repeated ones too'}."
        yield Clause(word if distinct else f"{word} ALL", "", meaning, depth)
        yield from _ends(tree, depth)
    elif isinstance(tree, exp.Select):
        yield from _select(tree, depth)


def _select(select: exp.Select, depth: int) -> Iterator[Clause]:
    from_ = select.args.get("from_") or select.args.get("from")
    if from_ is not None:
        yield from _source("FROM", from_.this, "Rows come from {}.", depth)
    for join in select.args.get("joins") or []:
        side = str(join.args.get("side") or join.args.get("kind") or "").upper()
        name = " ".join(word for word in (side, "JOIN") if word and word != "INNER")
        on = join.args.get("on")
        using = ", ".join(column.name for column in join.args.get("using") or [])
        match = f" where {_sql(on)}" if on is not None else f" with the same {using}" if using else ""
        how = _JOINS.get(side, "keeps the pairs that match" if match else _JOINS["CROSS"])
        yield from _source(name, join.this, f"{{}} is joined{match}: it {how}.", depth)
    for key, name, sentence in (
        ("where", "WHERE", "Only rows with {} stay."),
        ("having", "HAVING", "Only groups with {} stay."),
        ("qualify", "QUALIFY", "Only rows whose window gives {} stay."),
    ):
        if key == "having":
            yield from _grouping(select, depth)
        clause = select.args.get(key)
        if clause is not None:
            yield Clause(name, _sql(clause.this), sentence.format(_sql(clause.this)), depth)
    items = ", ".join(_sql(item) for item in select.expressions)
    once = select.args.get("distinct") is not None
    outputs = "All columns are" if items == "*" else f"{items} {'is' if len(select.expressions) == 1 else 'are'}"
    meaning = f"{outputs} returned{', each combination once' if once else ''}."
    yield Clause("SELECT DISTINCT" if once else "SELECT", items, meaning, depth)
    yield from _ends(select, depth)


def _grouping(select: exp.Select, depth: int) -> Iterator[Clause]:
    group = select.args.get("group")
    if group is None:
        return
    if group.args.get("all"):
        keys = ", ".join(_sql(item.unalias()) for item in select.expressions if not item.find(exp.AggFunc))
        yield Clause("GROUP BY", "ALL", f"Rows are grouped by every output that is no aggregate: {keys}.", depth)
        return
    keys = ", ".join(_sql(_numbered(key, select)) for key in group.expressions)
    if keys:
        yield Clause("GROUP BY", keys, f"Rows with the same {keys} form one group.", depth)


def _ends(tree: exp.Expr, depth: int) -> Iterator[Clause]:
    order = tree.args.get("order")
    if order is not None:
        terms = ", ".join(
            f"{_sql(_numbered(term.this, tree))}, {'largest' if term.args.get('desc') else 'smallest'} first"
            for term in order.expressions
            if isinstance(term, exp.Ordered)
        )
        text = ", ".join(_sql(term) for term in order.expressions)
        yield Clause("ORDER BY", text, f"The result is sorted by {terms or text}.", depth)
    limit, offset = tree.args.get("limit"), tree.args.get("offset")
    if offset is not None:
        yield Clause("OFFSET", _sql(offset.expression), f"The first {_sql(offset.expression)} rows are skipped.", depth)
    if isinstance(limit, exp.Limit):
        yield Clause("LIMIT", _sql(limit.expression), f"At most {_sql(limit.expression)} rows are returned.", depth)


def _source(name: str, source: exp.Expr, sentence: str, depth: int) -> Iterator[Clause]:
    if isinstance(source, exp.Subquery):
        called = source.alias or "the subquery"
        yield Clause(name, called, sentence.format(f"{called}, a query of its own,"), depth)
        yield from _query(source.this, depth + 1)
        return
    yield Clause(name, _sql(source), sentence.format(_sql(source)), depth)


def _numbered(key: exp.Expr, tree: exp.Expr) -> exp.Expr:
    """The output that a number in GROUP BY or ORDER BY stands for."""
    if not isinstance(key, exp.Literal) or not key.is_int or not isinstance(tree, exp.Select):
        return key
    outputs: list[exp.Expr] = [item.unalias() for item in tree.expressions]
    number = int(key.this)
    return outputs[number - 1] if 0 < number <= len(outputs) else key


def _sql(node: exp.Expr) -> str:
    return node.sql(dialect="duckdb", comments=False)
