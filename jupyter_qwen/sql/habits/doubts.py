"""What a question asks for and a query that binds does not do: signs that another answer might be better.

Each sign is one that the query's form alone shows; none of them changes a query. Precision matters more than reach, because
every doubt costs the seconds of another answer.
"""

from __future__ import annotations

import re

from sqlglot import exp

from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.periods import asked_period, names_period, period_column
from jupyter_qwen.sql.habits.demands import unmet
from jupyter_qwen.sql.tree import syntax_tree

_FOR_EACH = re.compile(
    r"\b(?:per|for each|for every|in each|of each|by each)\s+(?!cent\b|capita\b|unit\b)\w+", re.IGNORECASE
)
_TELLS_TIME = re.compile(r"\b(?:strftime|time_bucket|extract|date_part|datepart)\b", re.IGNORECASE)


def unmet_demands(question: str, sql: str, schema: Schema) -> tuple[str, ...]:
    """The demands of `question` that `sql` does not meet, as words; empty when there is nothing to doubt."""
    tree = syntax_tree(sql)
    if tree is None:
        return ()
    found: list[str] = []
    period = asked_period(question)
    if period is not None and period_column(question, schema.tables) is not None and not says_period(sql, tree, period):
        found.append(f"no row for each {period}")
    if _FOR_EACH.search(question) and _single_row(tree):
        found.append("a single row where one for each is asked for")
    found.extend(unmet(question, tree))
    return tuple(found)


def says_period(sql: str, tree: exp.Expr, period: str) -> bool:
    """Whether the query says the period anywhere: as a function, as a part of a date, or in a column's name."""
    if _TELLS_TIME.search(sql) or re.search(rf"\b{period}s?\s*\(|'{period}s?'", sql, re.IGNORECASE):
        return True
    return any(names_period(column.name, period) for column in tree.find_all(exp.Column))


def _single_row(tree: exp.Expr) -> bool:
    """Whether every output is an aggregate over all rows, so that one row comes out whatever the data."""
    if not isinstance(tree, exp.Select) or tree.args.get("group") is not None:
        return False
    return bool(tree.expressions) and all(
        item.find(exp.AggFunc) is not None and item.find(exp.Window) is None for item in tree.expressions
    )
